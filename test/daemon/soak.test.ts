// A fault soak: while one of three channels is killed, stalled, limited, cut and revived at random, every request is answered
// by one of the others, once and whole. `npm run soak` runs it at full length and prints the figures.
import { expect, it } from 'vitest'
import { soak } from '../support/soak.js'

const requests = Number(process.env['AXONHUB_SOAK'] ?? '180')
const isFull = process.env['AXONHUB_SOAK'] !== undefined

it(
  'one sick channel of three makes no request fail, says nothing twice, and leaves nothing behind',
  async () => {
    const figures = await soak({ requests, atOnce: isFull ? 50 : 30, pauseMs: isFull ? 60 : 20 })
    if (isFull) process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`)
    expect(figures.wrong).toEqual([])
    expect(figures.completed + figures.hurt + figures.refused).toBe(requests)
    expect(figures.refused).toBeLessThanOrEqual(requests / 500)
    expect(figures.sicknesses).toBeGreaterThan(isFull ? 20 : 0)
    expect(figures.left).toEqual({})
    // Too few requests tell nothing of a slope.
    expect(isFull ? figures.bytesPerRequest : 0).toBeLessThan(4096)
  },
  isFull ? 600_000 : 30_000,
)
