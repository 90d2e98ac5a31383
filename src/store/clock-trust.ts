// Whether the clock of the day may be believed when things are thrown away because they are old. A clock that is set far ahead, as
// by a bad battery or a hand that slipped, would make everything old at once.
import type { Clock } from '../base/clock.js'

const DAY_MS = 86_400_000

/**
 * Watches the clock from now on. The returned question is answered with false for a day of running after the clock ran ahead
 * of the other one by more than a day, unless it was set back. A machine that slept so long is believed a day later, too.
 */
export function watchClock(clock: Clock): () => boolean {
  let offset = clock.now() - clock.monotonic()
  let doubtUntil = Number.NEGATIVE_INFINITY
  return () => {
    const monotonic = clock.monotonic()
    const jump = clock.now() - monotonic - offset
    if (Math.abs(jump) > DAY_MS) {
      offset += jump
      doubtUntil = jump > 0 ? monotonic + DAY_MS : Number.NEGATIVE_INFINITY
    }
    return monotonic >= doubtUntil
  }
}
