// A clock that jumps: nothing that waits for a time may wait for ever, and nothing is thrown away because it seems old.
import { describe, expect, it } from 'vitest'
import { watchStalls } from '../../src/daemon/stall.js'
import { freshTurn, isDue } from '../../src/quota/turn.js'
import { availability, HEALTHY, type HealthEvent, nextHealth, restsOf } from '../../src/routing/health.js'

const T = Date.UTC(2026, 10, 20)
const DAY = 86_400_000
const settings = {
  breaker: { failures: 1, openForMs: 30_000, maxOpenForMs: 300_000 },
  cooldownCapMs: 1_800_000,
}
const limited: HealthEvent = {
  type: 'limited',
  channel: 'a',
  model: 'm',
  reason: 'slow down',
  freeAt: T + 600_000,
}
const failed: HealthEvent = { type: 'failed', channel: 'a', model: 'm', reason: 'HTTP 500' }

describe('a clock that is set back', () => {
  it.each([
    ['a channel at its limit', limited],
    ['an open breaker', failed],
  ])('ends the rest of %s instead of making it a day long', (_what, event) => {
    const health = nextHealth(HEALTHY, event, T, settings)
    expect(availability(health, 'a', 'm', T + 1000)).toMatchObject({ type: 'paused' })
    expect(availability(health, 'a', 'm', T - DAY)).toMatchObject({ type: 'probe' })
    expect(restsOf(health, 'a', T - DAY)).toEqual([])
  })

  it('does not stop the questions about quota', () => {
    const turn = { ...freshTurn({ channel: 'a', account: 'b' }), lastAt: T, nextAt: T + 1_200_000 }
    expect(isDue(turn, T + 60_000, 1_200_000, 'key')).toBe(false)
    expect(isDue(turn, T - DAY, 1_200_000, 'key')).toBe(true)
  })
})

describe('a clock that is set forward', () => {
  it('ends a rest by one probe, and a later failure begins a new one', () => {
    const health = nextHealth(HEALTHY, limited, T, settings)
    expect(availability(health, 'a', 'm', T + DAY)).toMatchObject({ type: 'probe' })
    const again = nextHealth(health, failed, T + DAY, settings)
    expect(availability(again, 'a', 'm', T + DAY + 1)).toMatchObject({ type: 'paused' })
  })
})

describe('a process that stood still', () => {
  /** Looks three times; the clocks go by what is given before the second look. */
  function told(wall: number, monotonic: number): Promise<number[]> {
    const stalls: number[] = []
    let looks = 0
    const at = { now: T, monotonic: 0 }
    return new Promise((resolve) => {
      const clock = {
        now: () => at.now,
        monotonic: () => {
          looks += 1
          at.now += looks === 2 ? wall : 20
          const value = at.monotonic
          at.monotonic += looks === 2 ? monotonic : 20
          if (looks === 5) {
            stop()
            resolve(stalls)
          }
          return value
        },
      }
      const stop = watchStalls(clock, (ms) => stalls.push(ms), 20)
    })
  }

  it.each([
    ['both clocks say so', 30_000, 30_000, 1],
    ['only the clock of the day says so, as after a sleep', 3_600_000, 20, 1],
    ['it was only late', 1500, 1500, 0],
    ['the clock was set back', -3_600_000, 20, 0],
  ])('is noticed when %s', async (_when, wall, monotonic, count) => {
    expect(await told(wall, monotonic)).toHaveLength(count)
  })
})
