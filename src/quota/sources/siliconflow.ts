// SiliconFlow's balance: GET /v1/user/info; amounts as text, yuan at the Chinese address, dollars at the other.

import { object } from '../../base/json.js'
import { figureIn } from '../figures.js'
import { bearer, type QuotaSource, read, strange } from './source.js'

export const siliconflowSource: QuotaSource = {
  id: 'siliconflow',
  providers: ['siliconflow', 'siliconflow-cn'],
  leastMs: 30_000,
  ask: (base, { token }) => ({ url: new URL('/v1/user/info', base.origin), headers: bearer(token) }),
  read(body, _now, base) {
    const data = object(body, 'data')
    const left = data && (figureIn(data, 'totalBalance') ?? figureIn(data, 'balance'))
    if (left === undefined) return strange('The balance of SiliconFlow came in a form that is not known.')
    const unit = base.hostname.endsWith('.cn') ? 'CNY' : 'USD'
    return read([{ id: `balance/${unit}`, kind: 'balance', left, unit }])
  },
}
