// Chance with a seed, so that a run can be repeated.

export type Chance = {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number
  /** True once in `count` times. */
  once(count: number): boolean
  pick<T>(from: readonly T[]): T | undefined
}

/** Mulberry32: small, and good enough to wander with. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (bound: number) => Math.floor(next() * bound)
  return { below, once: (count) => below(count) === 0, pick: (from) => from[below(from.length)] }
}
