// Notices that the process stood still: a machine that slept, a debugger, a loop that was held up. What was waiting meanwhile
// (kept connections above all) is then no longer what it seems.

import type { Clock } from '../base/clock.js'

const LOOK_EVERY_MS = 1000
/** Later than this a look is not only late. */
const STALL_MS = 2000

/**
 * Calls `onStall` with how long the process stood still, ms. Told by the clock of the day too, since the other one stops while
 * some systems sleep. Returns the end of watching.
 */
export function watchStalls(
  clock: Clock,
  onStall: (ms: number) => void,
  everyMs = LOOK_EVERY_MS,
): () => void {
  let last = { now: clock.now(), monotonic: clock.monotonic() }
  const timer = setInterval(() => {
    const here = { now: clock.now(), monotonic: clock.monotonic() }
    const late = Math.max(here.now - last.now, here.monotonic - last.monotonic) - everyMs
    last = here
    if (late > STALL_MS) onStall(Math.round(late))
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
