// The times of a stream's chunks: bounded, in order, and near the truth.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkTimes } from '../../src/daemon/chunk-times.js'

describe('chunk times', () => {
  it('tell each chunk, counted from the start', () => {
    const times = chunkTimes()
    times.note(10, 105)
    times.note(5, 120.4)
    expect(times.since(100)).toEqual([10, 5, 15, 20])
  })

  it('stay bounded, in order, and end with all bytes, whatever passes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2_000), fc.double({ min: 0, max: 50, noNaN: true })), { maxLength: 200 }),
        fc.integer({ min: 1, max: 60 }),
        (chunks, repeats) => {
          const times = chunkTimes()
          let at = 0
          let bytes = 0
          for (let round = 0; round < repeats; round++)
            for (const [size, wait] of chunks) {
              at += wait
              bytes += size
              times.note(size, at)
            }
          const pairs = times.since(0)
          const offsets = pairs.filter((_, index) => index % 2 === 0)
          const stamps = pairs.filter((_, index) => index % 2 === 1)
          expect(pairs.length).toBeLessThanOrEqual(8_192)
          expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
          expect(stamps).toEqual(stamps.toSorted((a, b) => a - b))
          expect(offsets.at(-1) ?? 0).toBe(bytes)
        },
      ),
      { numRuns: 50 },
    )
  })
})
