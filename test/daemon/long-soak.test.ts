// Mixed load on a hub in a process of its own. Here for some seconds, to see that nothing goes wrong; `npm run soak -- --minutes N`
// runs it long, prints the figures and demands that memory and handles stay flat.
import { expect, it } from 'vitest'
import { longSoak, SPARE_HANDLES } from '../support/long-soak.js'

const minutes = Number(process.env['AXONHUB_SOAK_MINUTES'] ?? '0')
const isFull = minutes > 0
const seconds = isFull ? minutes * 60 : 2
const MOST_GROWTH_MB = 40
/** The program, V8's heaps, SQLite, and a queue of 64 MB that is full; what malloc keeps of all that at its worst. */
const MOST_MB = 550

it.skipIf(process.platform !== 'linux')(
  'a hub under mixed load of three protocols answers all that can be answered and holds no more than before (on Linux)',
  async () => {
    const figures = await longSoak({ seconds, atOnce: isFull ? 12 : 6, pauseMs: 20 })
    if (isFull) process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`)
    expect(figures.wrong).toEqual([])
    expect(figures.completed).toBeGreaterThan(10)
    expect(figures.refused).toBeLessThanOrEqual(figures.requests / 500)
    expect(figures.handles.after).toBeLessThanOrEqual(figures.handles.before + SPARE_HANDLES)
    // The first half is the warming up of V8 and SQLite; seconds tell nothing.
    const [, , third = 0, fourth = 0] = figures.memoryMb.resident
    expect(isFull ? fourth - third : 0).toBeLessThan(MOST_GROWTH_MB)
    expect(Math.max(...figures.memoryMb.resident)).toBeLessThan(MOST_MB)
    expect(figures.starved).toBeLessThanOrEqual(figures.requests / 100)
  },
  seconds * 1000 + 120_000,
)
