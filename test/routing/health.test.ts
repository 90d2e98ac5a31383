// When a channel is left alone, and how it comes back.
import { describe, expect, it } from 'vitest'
import { availability, HEALTHY, type Health, type HealthEvent, nextHealth } from '../../src/routing/health.js'

const settings = {
  breaker: { failures: 3, openForMs: 30_000, maxOpenForMs: 300_000 },
  cooldownCapMs: 1_800_000,
}
const T = 1_000_000
const failed: HealthEvent = { type: 'failed', channel: 'a', model: 'm', reason: 'HTTP 500' }
const succeeded: HealthEvent = { type: 'succeeded', channel: 'a', model: 'm' }
const probed: HealthEvent = { type: 'probed', channel: 'a', model: 'm' }

function history(events: readonly (readonly [HealthEvent, number])[]): Health {
  return events.reduce((health, [event, at]) => nextHealth(health, event, at, settings), HEALTHY)
}
const state = (health: Health, at: number, model = 'm') => availability(health, 'a', model, at)

describe('the breaker', () => {
  it('opens after three failures in a row, for that model only', () => {
    const twice = history([
      [failed, T],
      [failed, T],
    ])
    expect(state(twice, T)).toEqual({ type: 'ready' })
    const thrice = nextHealth(twice, failed, T, settings)
    expect(state(thrice, T)).toMatchObject({
      type: 'paused',
      until: T + 30_000,
      reason: '3 failures in a row, the last: HTTP 500',
    })
    expect(state(thrice, T, 'other')).toEqual({ type: 'ready' })
  })

  it('forgets failures after a success in between', () => {
    expect(
      state(
        history([
          [failed, T],
          [failed, T],
          [succeeded, T],
          [failed, T],
        ]),
        T,
      ),
    ).toEqual({ type: 'ready' })
  })

  it('lets one probe through after 30 s, and no second one while that runs', () => {
    const open = history([
      [failed, T],
      [failed, T],
      [failed, T],
    ])
    expect(state(open, T + 29_999).type).toBe('paused')
    expect(state(open, T + 30_000).type).toBe('probe')
    expect(state(nextHealth(open, probed, T + 30_000, settings), T + 31_000).type).toBe('paused')
  })

  it('closes when the probe succeeds', () => {
    const health = history([
      [failed, T],
      [failed, T],
      [failed, T],
      [probed, T + 30_000],
      [succeeded, T + 30_500],
    ])
    expect(state(health, T + 30_500)).toEqual({ type: 'ready' })
  })

  it('stays open twice as long each time a probe fails, at most five minutes', () => {
    let health = history([
      [failed, T],
      [failed, T],
      [failed, T],
    ])
    let at = T
    const lengths: number[] = []
    for (let round = 0; round < 6; round += 1) {
      const open = state(health, at)
      const until = open.type === 'paused' ? open.until : Number.NaN
      lengths.push(until - at)
      at = until
      health = nextHealth(nextHealth(health, probed, at, settings), failed, at, settings)
    }
    expect(lengths).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000])
  })

  it('offers the probe again when the request that probed told nothing', () => {
    const health = history([
      [failed, T],
      [failed, T],
      [failed, T],
      [probed, T + 30_000],
      [{ ...probed, type: 'probe-ended' }, T + 30_100],
    ])
    expect(state(health, T + 30_100).type).toBe('probe')
  })

  it('does nothing when it is switched off', () => {
    const off = { ...settings, breaker: undefined }
    let health: Health = HEALTHY
    for (let count = 0; count < 9; count += 1) health = nextHealth(health, failed, T, off)
    expect(state(health, T)).toEqual({ type: 'ready' })
  })
})

describe('a cooldown', () => {
  const limited = (freeAt?: number): HealthEvent => ({
    type: 'limited',
    channel: 'a',
    model: 'm',
    reason: 'rate limited',
    ...(freeAt === undefined ? {} : { freeAt }),
  })

  it('holds for every model of the channel until the time the provider gave', () => {
    const health = history([[limited(T + 5000), T]])
    expect(state(health, T + 4999, 'any')).toMatchObject({
      type: 'paused',
      until: T + 5000,
      reason: 'rate limited',
    })
    expect(state(health, T + 5000).type).toBe('probe')
  })

  it('believes a hint of days for half an hour only, then asks again', () => {
    const days = T + 18 * 86_400_000
    const health = history([[limited(days), T]])
    expect(state(health, T + 1_800_000).type).toBe('probe')
  })

  it('is renewed when the probe is told to wait again, and gone with any success', () => {
    const again = history([
      [limited(T + 5000), T],
      [probed, T + 5000],
      [limited(T + 9000), T + 5100],
    ])
    expect(state(again, T + 6000)).toMatchObject({ type: 'paused', until: T + 9000 })
    expect(state(nextHealth(again, succeeded, T + 6000, settings), T + 6000)).toEqual({ type: 'ready' })
  })

  it('lasts 20 s when the provider named no time', () => {
    expect(state(history([[limited(), T]]), T)).toMatchObject({ until: T + 20_000 })
  })

  it('is cleared, like the breakers, when a person says so', () => {
    const health = history([
      [limited(T + 5000), T],
      [failed, T],
      [failed, T],
      [failed, T],
      [{ type: 'cleared', channel: 'a' }, T],
    ])
    expect(state(health, T)).toEqual({ type: 'ready' })
  })
})
