// Who is asked when: never more than the interval says, whatever is restarted, and never against a provider's word.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBook } from '../../src/quota/book.js'
import { createScheduler, type PollTarget, type Scheduler } from '../../src/quota/scheduler.js'
import { sourceFor } from '../../src/quota/sources/registry.js'
import type { Turn } from '../../src/quota/turn.js'
import { openUpstreamClient } from '../../src/upstream/client.js'
import { type AskedServer, startAskedServer } from './asked-server.js'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const START = Date.parse('2026-11-20T00:00:00Z')
const BALANCE = { is_available: true, balance_infos: [{ currency: 'USD', total_balance: '5' }] }
const upstream = openUpstreamClient()
let server: AskedServer

beforeAll(async () => {
  server = await startAskedServer()
})
beforeEach(() => {
  server.asked.length = 0
  server.answer = { body: BALANCE }
})
afterAll(async () => {
  await upstream.close()
  await server.close()
})

type World = { now: number; readonly keys: string[]; intervalMs: number | undefined }

/** A machine with a clock, the keys of its channels, and what its store remembers. */
function machine(keys: readonly string[] = ['key-a'], intervalMs = 20 * MINUTE) {
  const turns = new Map<string, Turn>()
  const world: World = { now: START, keys: [...keys], intervalMs }
  const targets = (): PollTarget[] =>
    world.keys.map((key) => {
      const source = sourceFor('deepseek')
      if (source === undefined) throw new Error('no source')
      return {
        channel: 'deepseek',
        source,
        base: new URL(server.url),
        credential: async () => ({ token: key }),
      }
    })
  const book = openBook({ stored: [], changed: () => undefined })
  const start = (): Scheduler =>
    createScheduler({
      upstream,
      userAgent: 'axonhub/1.0.0',
      now: () => world.now,
      random: () => 0.5,
      book,
      targets,
      intervalMs: () => world.intervalMs,
      stored: [...turns.values()],
      keep: async (turn) => {
        turns.set(`${turn.channel} ${turn.account}`, turn)
      },
      failed: (error) => {
        throw error
      },
    })
  return { world, book, start }
}

describe('the scheduler', () => {
  it('asks three accounts at most once an interval over a day with 50 restarts', async () => {
    const { world, start } = machine(['key-a', 'key-b', 'key-c'])
    let scheduler = start()
    for (let minute = 0; minute < 24 * 60; minute += 2) {
      world.now = START + minute * MINUTE
      if (minute % 28 === 0) scheduler = start()
      await scheduler.tick()
    }
    const each = (key: string) =>
      server.asked.filter(({ headers }) => headers['authorization'] === `Bearer ${key}`)
    for (const key of world.keys) {
      expect(each(key).length).toBeLessThanOrEqual(DAY / (20 * MINUTE))
      expect(each(key).length).toBeGreaterThan(50)
    }
  })

  it('asks at the start, and once for many callers', async () => {
    const { start } = machine()
    const scheduler = start()
    await Promise.all([scheduler.tick(), scheduler.tick(), scheduler.refresh(), scheduler.tick()])
    expect(server.asked).toHaveLength(1)
  })

  it('asks nobody by itself when it is off, but does when a person asks', async () => {
    const { world, start } = machine()
    world.intervalMs = undefined
    const scheduler = start()
    await scheduler.tick()
    expect(server.asked).toHaveLength(0)
    await scheduler.refresh()
    expect(server.asked).toHaveLength(1)
    await scheduler.refresh()
    expect(server.asked).toHaveLength(1)
  })

  it('believes a request to wait, also over a restart and against a person', async () => {
    const { world, start } = machine()
    server.answer = { status: 429, headers: { 'retry-after': '7200' }, body: {} }
    await start().tick()
    const again = start()
    for (world.now = START; world.now < START + 119 * MINUTE; world.now += 10 * MINUTE) {
      await again.tick()
      await again.refresh()
    }
    expect(server.asked).toHaveLength(1)
    expect([...again.troubles().values()]).toMatchObject([{ state: 'waiting', until: START + 7_200_000 }])
    world.now = START + 121 * MINUTE
    server.answer = { body: BALANCE }
    await again.tick()
    expect(server.asked).toHaveLength(2)
    expect(again.troubles().size).toBe(0)
  })

  it('lets a person ask again once the wait of the provider is over, before the next turn', async () => {
    const { world, start } = machine()
    server.answer = { status: 429, headers: { 'retry-after': '300' }, body: {} }
    const scheduler = start()
    await scheduler.tick()
    world.now += 6 * MINUTE
    await scheduler.tick()
    expect(server.asked).toHaveLength(1)
    await scheduler.refresh()
    expect(server.asked).toHaveLength(2)
  })

  it('waits longer each time when the provider does not say how long', async () => {
    const { world, start } = machine(['key-a'], MINUTE)
    server.answer = { status: 429, headers: { 'retry-after': '0' }, body: {} }
    const scheduler = start()
    const times: number[] = []
    for (; world.now < START + 240 * MINUTE; world.now += MINUTE) {
      const before = server.asked.length
      await scheduler.tick()
      if (server.asked.length > before) times.push((world.now - START) / MINUTE)
    }
    expect(times.slice(0, 5)).toEqual([0, 5, 15, 35, 75])
  })

  it('stops at a refusal until the key is another', async () => {
    const { world, start } = machine()
    server.answer = { status: 401, body: {} }
    await start().tick()
    const again = start()
    for (; world.now < START + 3 * DAY; world.now += 60 * MINUTE) await again.tick()
    expect(server.asked).toHaveLength(1)
    expect([...again.troubles().values()]).toMatchObject([{ state: 'refused' }])
    world.keys[0] = 'key-new'
    server.answer = { body: BALANCE }
    await again.tick()
    expect(server.asked).toHaveLength(2)
  })

  it('keeps the last figures when a later question fails', async () => {
    const { world, book, start } = machine()
    const scheduler = start()
    await scheduler.tick()
    world.now += 60 * MINUTE
    server.answer = { status: 503, body: 'down' }
    await scheduler.tick()
    expect(book.accounts()).toMatchObject([{ meters: [{ meter: { left: 5 }, observedAt: START }] }])
    expect([...scheduler.troubles().values()]).toMatchObject([{ state: 'failing' }])
  })

  it('asks less and less where the answer cannot be read', async () => {
    const { world, start } = machine()
    server.answer = { body: '<html>' }
    const scheduler = start()
    for (; world.now < START + DAY; world.now += 5 * MINUTE) await scheduler.tick()
    expect(server.asked.length).toBeLessThan(8)
  })

  it('asks nothing while answers tell it for free', async () => {
    const { world, book, start } = machine()
    const scheduler = start()
    await scheduler.tick()
    const [place] = book.accounts()
    if (place === undefined) throw new Error('no account')
    for (; world.now < START + DAY; world.now += 5 * MINUTE) {
      book.observe({
        channel: place.channel,
        account: place.account,
        reading: { meters: [{ id: '5h', kind: 'window', usedPercent: 1 }], replaces: 'nothing' },
        origin: 'header',
        observedAt: world.now,
      })
      await scheduler.tick()
    }
    expect(server.asked).toHaveLength(1)
  })

  it('tells of a login that cannot be read, and asks nothing', async () => {
    const { world, start } = machine()
    const scheduler = createScheduler({
      upstream,
      userAgent: 'x',
      now: () => world.now,
      random: () => 0,
      book: openBook({ stored: [], changed: () => undefined }),
      targets: () => {
        const source = sourceFor('codex')
        return source === undefined
          ? []
          : [
              {
                channel: 'codex',
                source,
                base: new URL(server.url),
                credential: () => Promise.reject(new Error('The login file is empty.')),
              },
            ]
      },
      intervalMs: () => world.intervalMs,
      stored: [],
      keep: async () => undefined,
      failed: () => undefined,
    })
    await scheduler.tick()
    expect([...scheduler.troubles()]).toEqual([
      ['codex\nlogin', { state: 'unreadable', message: 'The login file is empty.', until: null }],
    ])
    expect(server.asked).toHaveLength(0)
    expect(start().troubles().size).toBe(0)
  })
})
