// DeepSeek's balance: GET /user/balance. One balance per currency, amounts as text.

import { flag, objects, text } from '../../base/json.js'
import { figureIn } from '../figures.js'
import { bearer, type QuotaSource, read, strange } from './source.js'

export const deepseekSource: QuotaSource = {
  id: 'deepseek',
  providers: ['deepseek'],
  leastMs: 30_000,
  ask: (base, { token }) => ({ url: new URL('/user/balance', base.origin), headers: bearer(token) }),
  read(body) {
    const isAvailable = flag(body, 'is_available')
    const balances = objects(body, 'balance_infos').flatMap((info) => {
      const left = figureIn(info, 'total_balance')
      const unit = text(info, 'currency') ?? 'CNY'
      return left === undefined ? [] : [{ id: `balance/${unit}`, kind: 'balance' as const, left, unit }]
    })
    if (balances.length === 0)
      return isAvailable === undefined
        ? strange('The balance of DeepSeek came in a form that is not known.')
        : read([{ id: 'balance', kind: 'balance', told: isAvailable ? 'available' : 'exhausted' }])
    // One currency that is empty is no matter while another pays.
    const isPaid = isAvailable ?? balances.some(({ left }) => left > 0)
    return read(
      balances
        .filter(({ left }) => left > 0 || !isPaid)
        .map((meter) => (isPaid ? meter : { ...meter, told: 'exhausted' as const })),
    )
  },
}
