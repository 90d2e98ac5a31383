// The Kimi coding plan: GET /coding/v1/usages. Counts come as text, times with nine digits of a second; `usage` is the week,
// `limits` are windows of a told length.

import { type JsonObject, object, objects, text } from '../../base/json.js'
import { figureIn, moment, percent } from '../figures.js'
import type { Meter } from '../meter.js'
import { distinct, windowId } from '../window.js'
import { bearer, type QuotaSource, read, strange } from './source.js'

const WEEK = 7 * 86_400
const UNITS: Readonly<Record<string, number>> = {
  TIME_UNIT_SECOND: 1,
  TIME_UNIT_MINUTE: 60,
  TIME_UNIT_HOUR: 3600,
  TIME_UNIT_DAY: 86_400,
}

function meterOf(detail: JsonObject, seconds: number | undefined): Meter[] {
  const limit = figureIn(detail, 'limit')
  const left = figureIn(detail, 'remaining')
  const told = figureIn(detail, 'used')
  const used = told ?? (limit === undefined || left === undefined ? undefined : limit - left)
  if (limit === undefined || limit <= 0 || used === undefined) return []
  return [
    {
      id: windowId(undefined, seconds, 'limit'),
      kind: 'window',
      windowSeconds: seconds,
      used,
      limit,
      left: left ?? Math.max(0, limit - used),
      unit: 'requests',
      usedPercent: percent((used / limit) * 100),
      resetsAt: moment(detail['resetTime'] ?? detail['reset_time']),
    },
  ]
}

function windowOf(limit: JsonObject): Meter[] {
  const window = object(limit, 'window')
  const count = window === undefined ? undefined : figureIn(window, 'duration')
  const unit = window === undefined ? undefined : UNITS[text(window, 'timeUnit') ?? '']
  const seconds = count === undefined || unit === undefined ? undefined : count * unit
  const detail = object(limit, 'detail')
  return detail === undefined ? [] : meterOf(detail, seconds)
}

export const kimiSource: QuotaSource = {
  id: 'kimi',
  providers: ['kimi-coding'],
  leastMs: 60_000,
  ask: (base, { token }) => ({ url: new URL('/coding/v1/usages', base.origin), headers: bearer(token) }),
  read(body) {
    const usage = object(body, 'usage')
    const week = usage === undefined ? [] : meterOf(usage, WEEK)
    const meters = distinct([...objects(body, 'limits').flatMap(windowOf), ...week])
    return meters.length === 0 ? strange('The usage of Kimi came in a form that is not known.') : read(meters)
  },
}
