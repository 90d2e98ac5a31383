// Notices: once for each crossing, also when figures sway, several windows say the same, or the hub was restarted.
import { describe, expect, it } from 'vitest'
import { noticeOf } from '../../src/daemon/quota-notice.js'
import { openBook, type QuotaRow } from '../../src/quota/book.js'
import { shared } from '../../src/quota/merge.js'
import type { Meter } from '../../src/quota/meter.js'
import { openNotices } from '../../src/quota/notices.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A machine whose store survives a restart. */
function machine() {
  const rows = new Map<string, QuotaRow>()
  const world = { now: NOW }
  const start = () => {
    const book = openBook({
      stored: [...rows.values()],
      changed: (changed) => {
        for (const row of changed) rows.set(`${row.channel} ${row.account} ${row.id}`, row)
      },
    })
    const accounts = () => shared(book.accounts(), (channel) => channel.split('-')[0])
    const notices = openNotices(accounts())
    return { book, review: () => notices.review(accounts(), world.now) }
  }
  let hub = start()
  const review = () => hub.review().map(({ crossing, meter }) => `${crossing} ${meter.id}`)
  return {
    world,
    restart: () => {
      hub = start()
    },
    review,
    expire: () => hub.book.expire(world.now),
    answered: () => hub.book.answered({ channel: 'codex', account: 'account-1' }, world.now),
    /** Hears the meters and tells what was crossed. */
    hear: (meters: readonly Meter[], channel = 'codex', account = 'account-1') => {
      hub.book.observe({
        channel,
        account,
        origin: 'header',
        observedAt: world.now,
        reading: { meters, replaces: 'nothing', plan: 'plus' },
      })
      return review()
    },
  }
}

const window = (usedPercent: number, more: Partial<Meter> = {}): Meter => ({
  id: '5h',
  kind: 'window',
  windowSeconds: 18_000,
  usedPercent,
  resetsAt: NOW + HOUR,
  ...more,
})

describe('a notice', () => {
  it('is given at 80 percent, when it is used up, and when it is free again, once each', () => {
    const { hear, world, review } = machine()
    const told = [10, 79.9, 80, 85, 99, 100, 100].map((percent) => {
      world.now += MINUTE
      return hear([window(percent)])
    })
    expect(told).toEqual([[], [], ['warning 5h'], [], [], ['exhausted 5h'], []])
    world.now = NOW + HOUR
    expect([review(), review()]).toEqual([['recovered 5h'], []])
    expect(hear([window(3, { resetsAt: NOW + 6 * HOUR })])).toEqual([])
    expect(hear([window(100, { resetsAt: NOW + 6 * HOUR })])).toEqual(['exhausted 5h'])
  })

  it('is given once for figures that sway around the limit', () => {
    const { hear, world } = machine()
    const told = [80, 79, 81, 79.5, 80.2, 76].flatMap((percent) => {
      world.now += MINUTE
      return hear([window(percent)])
    })
    expect(told).toEqual(['warning 5h'])
  })

  it('is not repeated over restarts, and not forgotten when the reset came meanwhile', () => {
    const { hear, world, restart, review, expire } = machine()
    expect(hear([window(90)])).toEqual(['warning 5h'])
    restart()
    expect(review()).toEqual([])
    expect(hear([window(91)])).toEqual([])
    world.now = NOW + 2 * HOUR
    restart()
    expect(review()).toEqual(['recovered 5h'])
    expire()
    restart()
    expect(review()).toEqual([])
  })

  it('of a refusal is given once, beside a window that tells the same not at all', () => {
    const { hear, world, answered, review } = machine()
    const refusal: Meter = { id: 'limit', kind: 'window', told: 'exhausted', resetsAt: NOW + HOUR }
    expect(hear([refusal])).toEqual(['exhausted limit'])
    expect(hear([window(100)])).toEqual([])
    world.now += MINUTE
    answered()
    expect(review()).toEqual(['recovered limit'])
  })

  it('is given for the window of one model as well', () => {
    const { hear } = machine()
    expect(hear([window(20), window(95, { id: 'opus/7d', scope: 'opus' })])).toEqual(['warning opus/7d'])
  })

  it('is given once for an account that pays for two channels, and twice for two accounts', () => {
    const { hear } = machine()
    expect(hear([window(90)], 'codex-a')).toEqual(['warning 5h'])
    expect(hear([window(91)], 'codex-b')).toEqual([])
    expect(hear([window(90)], 'codex-a', 'account-2')).toEqual(['warning 5h'])
  })

  it('of a balance says that it is empty and that it was filled', () => {
    const { hear, world } = machine()
    const balance = (left: number): Meter => ({ id: 'balance/USD', kind: 'balance', left, unit: 'USD' })
    const told = [5, 0, -0.1, 20].flatMap((left) => {
      world.now += MINUTE
      return hear([balance(left)])
    })
    expect(told).toEqual(['exhausted balance/USD', 'recovered balance/USD'])
  })

  it('says in one sentence what happened, without naming the account', () => {
    const meter = window(83.4)
    const account = { channel: 'codex', channels: ['codex', 'codex-2'], account: 'account-1', plan: 'plus' }
    const texts = (['warning', 'exhausted', 'recovered'] as const).map(
      (crossing) => noticeOf({ crossing, at: NOW, account, meter }).text,
    )
    expect(texts).toEqual([
      'codex, codex-2 (plus): window 5h: 83 % used, resets in 60 min.',
      'codex, codex-2 (plus): window 5h is used up, free again in 60 min.',
      'codex, codex-2 (plus): window 5h is free again.',
    ])
  })
})
