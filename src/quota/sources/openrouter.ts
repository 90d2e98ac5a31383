// OpenRouter's key: GET /api/v1/key. A key may have a spending limit of its own; without one there is nothing to run out of
// here. Amounts are dollars.

import { object, text } from '../../base/json.js'
import { figureIn, percent } from '../figures.js'
import { bearer, type QuotaSource, read, strange } from './source.js'

export const openrouterSource: QuotaSource = {
  id: 'openrouter',
  providers: ['openrouter'],
  leastMs: 60_000,
  ask: (base, { token }) => ({ url: new URL('/api/v1/key', base.origin), headers: bearer(token) }),
  read(body) {
    const data = object(body, 'data')
    if (data === undefined) return strange('The key of OpenRouter came in a form that is not known.')
    const used = figureIn(data, 'usage')
    const limit = figureIn(data, 'limit')
    const left = figureIn(data, 'limit_remaining')
    const plan = data['is_free_tier'] === true ? 'free' : undefined
    if (limit === undefined)
      return read([{ id: 'spend', kind: 'spend', used, unit: 'USD', told: 'available' }], plan)
    // What was used counts since the last reset, so the share is of what remains, never of all that was ever used.
    const usedPercent = left === undefined || limit <= 0 ? undefined : percent(100 - (left / limit) * 100)
    const spent = left === undefined ? used : Math.max(0, limit - left)
    const period = text(data, 'limit_reset')
    return read(
      [
        {
          id: period === undefined ? 'spend' : `spend ${period}`,
          kind: 'spend',
          used: spent,
          limit,
          left,
          unit: 'USD',
          usedPercent: limit <= 0 ? 100 : usedPercent,
        },
      ],
      plan,
    )
  },
}
