// The book of accounts: the newest word counts, accounts stay apart, and only what changed is written down.
import { describe, expect, it } from 'vitest'
import { quotaStanding } from '../../src/daemon/quota-standing.js'
import { fingerprintOf } from '../../src/quota/account.js'
import { type Book, leftOf, openBook, type QuotaRow } from '../../src/quota/book.js'
import { shared, spread } from '../../src/quota/merge.js'
import type { Meter, Reading } from '../../src/quota/meter.js'
import { viewAccounts } from '../../src/quota/view.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

function open(stored: readonly QuotaRow[] = []) {
  const rows: QuotaRow[] = []
  const world = { now: NOW }
  const book = openBook({ stored, changed: (changed) => rows.push(...changed) })
  const left = (channel: string) => leftOf(book.accounts(), channel, world.now)
  return { book, rows, world, left }
}

const window = (id: string, usedPercent: number, more: Partial<Meter> = {}): Meter => ({
  id,
  kind: 'window',
  usedPercent,
  resetsAt: NOW + HOUR,
  ...more,
})

type Told = Partial<Omit<Reading, 'meters'>> & { at?: number; channel?: string; account?: string }

function tell(
  book: Book,
  meters: readonly Meter[],
  { at = NOW, channel = 'codex', account = 'a', ...more }: Told = {},
) {
  book.observe({
    channel,
    account,
    origin: 'header',
    observedAt: at,
    reading: { meters, replaces: 'nothing', ...more },
  })
}

const ids = (book: Book) => book.accounts().map(({ meters }) => meters.map(({ meter }) => meter.id))

describe('the book', () => {
  it('gives the very same accounts until something is known anew, and then all that is known', () => {
    const { book } = open()
    tell(book, [window('5h', 10)])
    const before = book.accounts()
    book.answered({ channel: 'codex', account: 'a' }, NOW)
    book.throttled({ channel: 'codex', account: 'a' }, [])
    expect(book.accounts()).toBe(before)
    tell(book, [window('week', 20)])
    expect(ids(book)).toEqual([['5h', 'week']])
    book.expire(NOW + 2 * HOUR)
    expect(book.accounts()[0]?.meters.map(({ meter }) => meter.usedPercent)).toEqual([undefined, undefined])
  })

  it('keeps the newest word, whatever comes later', () => {
    const { book, left } = open()
    tell(book, [window('5h', 30)], { at: NOW })
    tell(book, [window('5h', 20)], { at: NOW - 1 })
    expect(left('codex')).toBe(70)
  })

  it('lets a plan change its windows, but not those of another scope', () => {
    const { book } = open()
    const spark = window('spark/5h', 1, { scope: 'spark' })
    tell(book, [window('5h', 30), window('7d', 10), spark])
    tell(book, [window('30d', 5)], { replaces: 'windows' })
    expect(ids(book)).toEqual([['spark/5h', '30d']])
    tell(book, [window('7d', 5)], { replaces: 'all' })
    expect(ids(book)).toEqual([['7d']])
  })

  it('writes down only what changed, and a figure that stands still now and then', () => {
    const { book, rows } = open()
    for (let minute = 0; minute < 30; minute++) tell(book, [window('5h', 30)], { at: NOW + minute * MINUTE })
    expect(rows.map(({ observedAt }) => (observedAt - NOW) / MINUTE)).toEqual([0, 10, 20])
    tell(book, [window('5h', 31)], { at: NOW + 30 * MINUTE })
    expect(rows).toHaveLength(4)
  })

  it('is the same when it is opened from what it wrote', () => {
    const { book, rows } = open()
    tell(book, [window('5h', 30), window('7d', 10)], { plan: 'plus' })
    tell(book, [window('30d', 5)], { replaces: 'windows', at: NOW + 1 })
    const newest = new Map(rows.map((row) => [row.id, row]))
    expect(open([...newest.values()]).book.accounts()).toEqual(book.accounts())
  })

  it('counts for a channel the best account, and of it the worst window', () => {
    const { book, left } = open()
    tell(book, [window('5h', 30), window('7d', 95)], { account: 'a' })
    tell(book, [window('5h', 60), window('7d', 50)], { account: 'b' })
    tell(book, [window('5h', 0)], { channel: 'other' })
    expect(left('codex')).toBe(40)
    expect(left('nobody')).toBeUndefined()
  })

  it('knows nothing of a channel whose windows were all reset since', () => {
    const { book, world, left } = open()
    tell(book, [window('5h', 100)])
    expect(left('codex')).toBe(0)
    world.now = NOW + HOUR
    expect(left('codex')).toBeUndefined()
  })
})

describe('one key in two channels', () => {
  const key = { account: 'key-1' }
  const told = (provider: (channel: string) => string) => {
    const { book } = open()
    tell(book, [window('5h', 10)], { channel: 'a', ...key })
    tell(book, [window('5h', 100)], { channel: 'b', at: NOW + 1, ...key })
    const accounts = () => spread(shared(book.accounts(), provider))
    const standing = quotaStanding({ accounts, now: () => NOW + 2, believedMs: () => HOUR })
    return { accounts: accounts(), standing }
  }

  it('is one account: what the one was told last holds for the other, for rules and for routing', () => {
    const { accounts, standing } = told(() => 'same')
    expect(leftOf(accounts, 'a', NOW + 2)).toBe(0)
    expect(standing.exhausted({ channel: 'a' })?.reason).toBe('its window 5h is used up')
  })

  it('at two providers is two', () => {
    const { accounts, standing } = told((channel) => channel)
    expect(leftOf(accounts, 'a', NOW + 2)).toBe(90)
    expect(standing.exhausted({ channel: 'a' })).toBeUndefined()
  })
})

describe('the view', () => {
  const viewed = (book: Book, now: number) => viewAccounts(book.accounts(), { now, intervalMs: 20 * MINUTE })

  it('marks old figures as stale and never as used up', () => {
    const { book } = open()
    tell(book, [window('7d', 98, { resetsAt: NOW + 100 * HOUR })])
    expect(viewed(book, NOW + 61 * MINUTE)).toMatchObject([
      { state: 'warning', meters: [{ stale: true, leftPercent: 2 }] },
    ])
    expect(viewed(book, NOW + 59 * MINUTE)).toMatchObject([{ meters: [{ stale: false }] }])
  })

  it('shows a window that was reset since as one of which nothing is known', () => {
    const { book } = open()
    tell(book, [window('5h', 98)])
    expect(viewed(book, NOW + 2 * HOUR)).toMatchObject([
      {
        state: 'unknown',
        leftPercent: null,
        meters: [{ past: true, usedPercent: null, leftPercent: null, charge: 'unknown' }],
      },
    ])
  })

  it('puts the neediest account and its worst window first', () => {
    const { book } = open()
    tell(book, [window('5h', 10)], { channel: 'fine' })
    tell(book, [window('5h', 10), window('7d', 85)], { channel: 'low' })
    tell(book, [window('5h', 100)], { channel: 'out' })
    const order = viewed(book, NOW)
    expect(order.map(({ channel }) => channel)).toEqual(['out', 'low', 'fine'])
    expect(order[1]?.meters.map(({ name }) => name)).toEqual(['7d', '5h'])
  })
})

it('names accounts by fingerprints that give nothing away', () => {
  expect(fingerprintOf('key', 'sk-1')).toMatch(/^key-[0-9a-f]{8}$/)
  expect(fingerprintOf('key', 'sk-1')).not.toBe(fingerprintOf('key', 'sk-2'))
})
