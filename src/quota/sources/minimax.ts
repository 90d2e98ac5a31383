// MiniMax's plan: GET /v1/token_plan/remains. It tells what remains in percent; an error comes with status 200 and a code in
// base_resp. A boosted window holds more than 100 percent of a usual one.

import { type JsonObject, object, objects, text } from '../../base/json.js'
import { figureIn, moment, percent } from '../figures.js'
import type { Meter } from '../meter.js'
import { bearer, type QuotaSource, read, strange } from './source.js'

const NOT_LOGGED_IN = 1004
const HAS_WEEK = 1
const HOUR = 3600

function remains(seconds: number, id: string, left: number | undefined, end: unknown): Meter[] {
  if (left === undefined) return []
  return [
    {
      id,
      kind: 'window',
      windowSeconds: seconds,
      usedPercent: percent(100 - left),
      resetsAt: moment(end),
    },
  ]
}

function metersOf(model: JsonObject): Meter[] {
  const week =
    figureIn(model, 'current_weekly_status') === HAS_WEEK
      ? remains(
          7 * 24 * HOUR,
          '7d',
          figureIn(model, 'current_weekly_remaining_percent'),
          model['weekly_end_time'],
        )
      : []
  const left = figureIn(model, 'current_interval_remaining_percent')
  return [...remains(5 * HOUR, '5h', left, model['end_time']), ...week]
}

export const minimaxSource: QuotaSource = {
  id: 'minimax',
  providers: ['minimax', 'minimax-cn'],
  leastMs: 60_000,
  ask: (base, { token }) => ({ url: new URL('/v1/token_plan/remains', base.origin), headers: bearer(token) }),
  read(body) {
    const result = object(body, 'base_resp')
    const code = result === undefined ? undefined : figureIn(result, 'status_code')
    if (result !== undefined && code !== undefined && code !== 0) {
      const message = `MiniMax refused: ${text(result, 'status_msg') ?? `code ${code}`}`
      return code === NOT_LOGGED_IN ? { type: 'refused', message } : strange(message)
    }
    const models = objects(body, 'model_remains')
    const general =
      models.find((model) => text(model, 'model_name') === 'general') ??
      (models.length === 1 ? models[0] : undefined)
    const meters = general === undefined ? [] : metersOf(general)
    return meters.length === 0
      ? strange('The usage of MiniMax came in a form that is not known.')
      : read(meters)
  },
}
