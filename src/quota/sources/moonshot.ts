// Moonshot's balance: GET /v1/users/me/balance; dollars at the international address, yuan at the Chinese one. Cash may be
// below zero while vouchers pay, so only what is available counts.

import { object } from '../../base/json.js'
import { figureIn } from '../figures.js'
import { bearer, type QuotaSource, read, strange } from './source.js'

export const moonshotSource: QuotaSource = {
  id: 'moonshot',
  providers: ['moonshot', 'moonshot-cn'],
  leastMs: 30_000,
  ask: (base, { token }) => ({ url: new URL('/v1/users/me/balance', base.origin), headers: bearer(token) }),
  read(body, _now, base) {
    const data = object(body, 'data')
    const left = data === undefined ? undefined : figureIn(data, 'available_balance')
    if (left === undefined) return strange('The balance of Moonshot came in a form that is not known.')
    const unit = base.hostname.endsWith('.cn') ? 'CNY' : 'USD'
    return read([{ id: `balance/${unit}`, kind: 'balance', left, unit }])
  },
}
