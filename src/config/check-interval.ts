// How often accounts are asked for their quota. Intervals are those that divide an hour, or whole hours; others are rounded
// down to the next of them, and a warning says so.

import { type JsonObject, object } from '../base/json.js'
import { kind } from './kinds.js'
import type { Issue } from './problem.js'
import { parseDuration } from './units.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const MINUTES = [30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1] as const

const ALLOWED = `${MINUTES.toReversed()
  .map((count) => `${count}m`)
  .join(', ')}, whole hours (1h, 2h …) or off`

/** Rounded down, ms; undefined under a minute. */
function rounded(milliseconds: number): number | undefined {
  if (milliseconds >= HOUR) return Math.floor(milliseconds / HOUR) * HOUR
  const minutes = MINUTES.find((count) => count * MINUTE <= milliseconds)
  return minutes === undefined ? undefined : minutes * MINUTE
}

function words(milliseconds: number): string {
  return milliseconds >= HOUR ? `${milliseconds / HOUR}h` : `${milliseconds / MINUTE}m`
}

/** Read as milliseconds, or `off`. */
export const checkInterval = kind<number | 'off'>(ALLOWED, (value) => {
  if (value === 'off') return 'off'
  const told = parseDuration(value)
  return told === undefined ? undefined : rounded(told)
})

/** A warning when the interval of the values is rounded. */
export function roundedInterval(values: JsonObject): Issue[] {
  const told = parseDuration(object(values, 'provider_quota')?.['check_interval'])
  const used = told === undefined ? undefined : rounded(told)
  if (told === undefined || used === undefined || used === told) return []
  const message = `is rounded down to ${words(used)}; allowed without rounding: ${ALLOWED}`
  return [{ path: ['provider_quota', 'check_interval'], at: 'value', message }]
}
