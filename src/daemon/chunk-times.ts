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
  return new NotedTimes()
}

/** A class, and no lists before the first chunk: each request has one, and few are asked. */
class NotedTimes implements ChunkTimes {
  private offsets: number[] | undefined
  private times: number[] | undefined
  private passed = 0
  private step = FINEST_MS

  note(bytes: number, at: number): void {
    this.passed += bytes
    this.offsets ??= []
    this.times ??= []
    const { offsets, times, passed } = this
    const last = times.length - 1
    const before = times[last]
    if (before !== undefined && at - before < this.step && last > 0) {
      offsets[last] = passed
      return
    }
    offsets.push(passed)
    times.push(at)
    if (offsets.length >= MOST_PAIRS) this.thin()
  }

  since(start: number): number[] {
    const { offsets = [], times = [] } = this
    return offsets.flatMap((offset, index) => [offset, Math.round((times[index] ?? start) - start)])
  }

  /** Every second pair goes: the later one of two tells when both had passed. */
  private thin(): void {
    this.offsets = this.offsets?.filter((_, index) => index % 2 === 1)
    this.times = this.times?.filter((_, index) => index % 2 === 1)
    this.step *= 2
  }
}
