// Time and fresh ids are dependencies, so that everything pure stays pure.

export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds of a clock that never jumps; for durations. */
  monotonic(): number
}
