// Whether a window is used faster than its clock runs, and when it would run out at this rate. Pure.

import type { Meter } from './meter.js'
import { isPast } from './standing.js'

export type Pace = {
  /** Used minus what the clock would allow, in points of a hundred: above zero is ahead of the clock. */
  readonly delta: number
  readonly verdict: 'ahead' | 'on-pace' | 'behind'
  /** When it is used up at this rate, ms since the epoch; undefined when it lasts until the reset. */
  readonly runsOutAt: number | undefined
}

/** So near to the clock is on pace. */
const ON_PACE = 2
/** Earlier in a window a rate says nothing: a fiftieth of it would be too hasty in five hours, not in a week. */
const LEAST_SHARE = 0.03
const LEAST_SHARE_LONG = 0.01
const LONG_SECONDS = 7 * 86_400

/** Undefined where it cannot be told: no length, no reset, no figure, or the window has only begun. */
export function paceOf(meter: Meter, now: number): Pace | undefined {
  const { usedPercent, windowSeconds, resetsAt } = meter
  if (usedPercent === undefined || windowSeconds === undefined || resetsAt === undefined) return undefined
  if (isPast(meter, now)) return undefined
  const length = windowSeconds * 1000
  const elapsed = length - (resetsAt - now)
  const share = elapsed / length
  if (share < (windowSeconds >= LONG_SECONDS ? LEAST_SHARE_LONG : LEAST_SHARE) || share > 1) return undefined
  const delta = usedPercent - share * 100
  const rest = usedPercent === 0 ? Number.POSITIVE_INFINITY : ((100 - usedPercent) / usedPercent) * elapsed
  const runsOutAt = usedPercent < 100 && now + rest < resetsAt ? Math.round(now + rest) : undefined
  const verdict = Math.abs(delta) <= ON_PACE ? 'on-pace' : delta > 0 ? 'ahead' : 'behind'
  return { delta, verdict, runsOutAt }
}
