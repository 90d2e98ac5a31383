// The coding plans of Z.ai and Zhipu: GET /api/monitor/usage/quota/limit. `percentage` is what is used, times are ms; a window
// is told by its unit and number, never by which resets first. A wrong key is told with status 200 and success: false.

import { flag, type JsonObject, object, objects, text } from '../../base/json.js'
import { figureIn, moment, percent } from '../figures.js'
import type { Meter } from '../meter.js'
import { distinct, windowId } from '../window.js'
import { type QuotaSource, read, strange } from './source.js'

const HOUR = 3600
/** Seconds of a unit, by the number that stands for it. */
const UNITS = new Map([
  [3, HOUR],
  [6, 7 * 24 * HOUR],
])

function limitMeter(limit: JsonObject): Meter[] {
  const usedPercent = percent(figureIn(limit, 'percentage'))
  if (usedPercent === undefined) return []
  const resetsAt = moment(limit['nextResetTime'])
  if (text(limit, 'type') === 'TIME_LIMIT')
    return [
      {
        id: 'tools/month',
        kind: 'window',
        scope: 'tools',
        usedPercent,
        used: figureIn(limit, 'currentValue'),
        limit: figureIn(limit, 'usage'),
        left: figureIn(limit, 'remaining'),
        unit: 'calls',
        resetsAt,
      },
    ]
  const unit = UNITS.get(figureIn(limit, 'unit') ?? 0)
  const seconds = unit === undefined ? undefined : unit * (figureIn(limit, 'number') ?? 1)
  return [
    {
      id: windowId(undefined, seconds, 'limit'),
      kind: 'window',
      windowSeconds: seconds,
      usedPercent,
      resetsAt,
    },
  ]
}

export const zaiSource: QuotaSource = {
  id: 'zai',
  providers: ['zai-coding', 'zhipu-coding'],
  leastMs: 60_000,
  ask: (base, { token }) => ({
    url: new URL('/api/monitor/usage/quota/limit', base.origin),
    headers: { authorization: token, 'accept-language': 'en-US,en' },
  }),
  read(body) {
    const code = figureIn(body, 'code')
    if (flag(body, 'success') === false) {
      const message = `Z.ai refused: ${text(body, 'msg') ?? `code ${code ?? 'unknown'}`}`
      return code === 401 || code === 1000 || code === 1001 ? { type: 'refused', message } : strange(message)
    }
    const data = object(body, 'data')
    if (data === undefined) return strange('The usage of Z.ai came in a form that is not known.')
    const meters = distinct(objects(data, 'limits').flatMap(limitMeter))
    if (meters.length === 0)
      return strange('Z.ai told no limits: the key may belong to a team, or to no coding plan.')
    return read(meters, text(data, 'level') ?? text(data, 'planName'))
  },
}
