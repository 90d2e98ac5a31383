// Which seat is tried when: keys in turn, what rests last.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { waitText } from '../../src/base/wait-text.js'
import type { Place } from '../../src/routing/affinity.js'
import { HEALTHY, type Health, type HealthEvent, nextHealth } from '../../src/routing/health.js'
import { rotated, seatName, seatTargets } from '../../src/routing/order.js'
import type { Target } from '../../src/routing/select.js'

const T = 1_000_000
const settings = {
  breaker: { failures: 3, openForMs: 30_000, maxOpenForMs: 300_000 },
  cooldownCapMs: 1_800_000,
}
const target = (channel: string): Target => ({ channel, protocol: 'openai-chat', mode: 'relay', model: 'm' })
const having = (...events: HealthEvent[]): Health =>
  events.reduce((health, event) => nextHealth(health, event, T, settings), HEALTHY)
const limited = (channel: string, key: number | undefined, seconds: number): HealthEvent => ({
  type: 'limited',
  channel,
  key,
  model: 'm',
  reason: 'slow down',
  freeAt: T + seconds * 1000,
})

type Options = { health?: Health; turn?: number; place?: Place; now?: number; keys?: Record<string, number> }
const order = (channels: string[], options: Options = {}) =>
  seatTargets({
    targets: channels.map(target),
    health: options.health ?? HEALTHY,
    now: options.now ?? T,
    keysOf: (name) => options.keys?.[name] ?? 1,
    turnOf: () => options.turn ?? 1,
    place: options.place,
  })
const names = (...input: Parameters<typeof order>) => order(...input).seats.map(seatName)

describe('the keys of a channel', () => {
  const keys = { a: 3 }

  it('begin with the one whose turn it is, and all come before the next channel', () => {
    expect(names(['a', 'b'], { keys })).toEqual(['a, key 1', 'a, key 2', 'a, key 3', 'b'])
    expect(names(['a', 'b'], { keys, turn: 3 })).toEqual(['a, key 3', 'a, key 1', 'a, key 2', 'b'])
  })

  it('begin with the one that the conversation is on', () => {
    expect(names(['a'], { keys, turn: 3, place: { channel: 'a', key: 2 } })).toEqual([
      'a, key 2',
      'a, key 3',
      'a, key 1',
    ])
    expect(names(['a'], { keys, turn: 3, place: { channel: 'a', key: 9 } })[0]).toBe('a, key 3')
    expect(names(['a'], { keys, turn: 3, place: { channel: 'b', key: 2 } })[0]).toBe('a, key 3')
  })

  it('rest apart, and come last while they do', () => {
    const health = having(limited('a', 1, 60), limited('a', 3, 30))
    const { seats, reasons } = order(['a', 'b'], { keys, health })
    expect(seats.map(seatName)).toEqual(['a, key 2', 'b', 'a, key 3', 'a, key 1'])
    expect(reasons.at(-1)).toMatch(
      /^channel a, key 1: rests 60 s more, until .*Z, and comes last: slow down$/,
    )
  })

  it('that were refused rest for minutes, and are probed then', () => {
    const refused: HealthEvent = { type: 'refused', channel: 'a', key: 1, model: 'm', reason: 'bad key' }
    const health = having(refused)
    expect(names(['a'], { keys, health })).toEqual(['a, key 2', 'a, key 3', 'a, key 1'])
    const later = order(['a'], { keys, health, now: T + 300_000 })
    expect(later.seats[0]).toMatchObject({ key: 1, probe: true })
    expect(later.reasons).toContain('channel a, key 1: its rest is over, this request finds out (bad key)')
  })

  it('rest with their channel when that is at fault, and are free again with any success', () => {
    const failed: HealthEvent = { type: 'failed', channel: 'a', key: 1, model: 'm', reason: 'HTTP 500' }
    const broken = having(failed, failed, failed)
    expect(names(['a', 'b'], { keys, health: broken })[0]).toBe('b')
    const well = nextHealth(broken, { type: 'succeeded', channel: 'a', key: 2, model: 'm' }, T, settings)
    expect(names(['a', 'b'], { keys, health: well })[0]).toBe('a, key 1')
    const cleared = nextHealth(having(limited('a', 2, 60)), { type: 'cleared', channel: 'a' }, T, settings)
    expect(cleared).toEqual(HEALTHY)
  })

  it('are each named once, whatever happened before', () => {
    const seat = fc.record({ channel: fc.constantFrom('a', 'b'), key: fc.integer({ min: 1, max: 3 }) })
    const event = fc.tuple(seat, fc.constantFrom('limited', 'refused', 'failed', 'succeeded', 'probed'))
    fc.assert(
      fc.property(fc.array(event), fc.integer({ min: 1, max: 3 }), (events, turn) => {
        const health = having(...events.map(([at, type]) => ({ ...at, type, model: 'm', reason: 'r' })))
        const seats = names(['a', 'b', 'c'], { keys: { a: 3, b: 3 }, health, turn, now: T + 25_000 })
        expect(seats.toSorted()).toEqual([
          'a, key 1',
          'a, key 2',
          'a, key 3',
          'b, key 1',
          'b, key 2',
          'b, key 3',
          'c',
        ])
      }),
    )
  })
})

describe('a probe that meets a limit', () => {
  it('leaves nothing behind that keeps the channel at rest for ever', () => {
    const failed: HealthEvent = { type: 'failed', channel: 'a', model: 'm', reason: 'HTTP 500' }
    let health = having(failed, failed, failed)
    health = nextHealth(health, { type: 'probed', channel: 'a', model: 'm' }, T + 30_000, settings)
    health = nextHealth(health, { ...limited('a', undefined, 35) } as const, T + 30_100, settings)
    expect(order(['a'], { health, now: T + 36_000 }).seats[0]).toMatchObject({ probe: true })
  })
})

describe('turns and words', () => {
  it('go round', () => {
    expect(rotated(3, 2)).toEqual([2, 3, 1])
    expect(rotated(2, 5)).toEqual([1, 2])
  })

  it('say a wait so that nobody comes too early', () => {
    expect([0, 41_001, 119_000, 119_001, 3_600_000, 7_260_001, 7_200_000, 200_000_000].map(waitText)).toEqual(
      ['1 s', '42 s', '119 s', '2 min', '60 min', '2 h 2 min', '2 h', '3 days'],
    )
  })
})
