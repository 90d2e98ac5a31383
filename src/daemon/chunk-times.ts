// When the bytes of a stream passed, noted beside it: two numbers for each chunk. Law: constant work and bounded memory,
// whatever a stream does; what would be too much is told in coarser steps.

/** Pairs: an offset in bytes, and the ms of the monotonic clock when all bytes before it had passed. */
export type ChunkTimes = {
  note(bytes: number, at: number): void
  /** Pairs of offset and ms after `start`, whole ms, one after the other. */
  since(start: number): number[]
}

/** Chunks closer together than this are one, ms. */
const FINEST_MS = 1
const MOST_PAIRS = 4096

export function chunkTimes(): ChunkTimes {
  let offsets: number[] = []
  let times: number[] = []
  let passed = 0
  let step = FINEST_MS
  /** Every second pair goes: the later one of two tells when both had passed. */
  const thin = () => {
    offsets = offsets.filter((_, index) => index % 2 === 1)
    times = times.filter((_, index) => index % 2 === 1)
    step *= 2
  }
  return {
    note(bytes, at) {
      passed += bytes
      const last = times.length - 1
      const before = times[last]
      if (before !== undefined && at - before < step && last > 0) {
        offsets[last] = passed
        return
      }
      offsets.push(passed)
      times.push(at)
      if (offsets.length >= MOST_PAIRS) thin()
    },
    since: (start) =>
      offsets.flatMap((offset, index) => [offset, Math.round((times[index] ?? start) - start)]),
  }
}
