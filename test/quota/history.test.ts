// What meters said over time: thinned out in the store, with a gap from a reset to the next figure.
import { describe, expect, it } from 'vitest'
import { quotaHistoryReply } from '../../src/control/quota-history.js'
import type { QuotaRow } from '../../src/quota/book.js'
import { seriesOf } from '../../src/quota/history.js'
import { addQuota, type StoredQuota } from '../../src/store/quota.js'
import { quotaHistory } from '../../src/store/quota-history.js'
import { startTestHub } from '../support/hub.js'
import { testStore } from '../support/test-store.js'
import { startAskedServer } from './asked-server.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const row = (at: number, usedPercent: number | undefined, more: Partial<QuotaRow> = {}): QuotaRow => ({
  channel: 'codex',
  account: 'a',
  id: '5h',
  meter: { id: '5h', kind: 'window', usedPercent, resetsAt: NOW + HOUR },
  plan: null,
  origin: 'header',
  observedAt: at,
  ...more,
})

describe('the line of a meter', () => {
  const used = (rows: readonly QuotaRow[], until = NOW) =>
    seriesOf(rows, until).map(({ points }) => points.map(({ at, usedPercent }) => [at - NOW, usedPercent]))

  it('has a point for each word and a gap after a reset', () => {
    const before = row(NOW, 90)
    const after = row(NOW + 2 * HOUR, 3, {
      meter: { id: '5h', kind: 'window', usedPercent: 3, resetsAt: NOW + 6 * HOUR },
    })
    expect(used([before, after], NOW + 3 * HOUR)).toEqual([
      [
        [0, 90],
        [HOUR, null],
        [2 * HOUR, 3],
      ],
    ])
  })

  it('ends in a gap when nothing was told since the reset', () => {
    expect(used([row(NOW, 90)], NOW + 2 * HOUR)).toEqual([
      [
        [0, 90],
        [HOUR, null],
      ],
    ])
  })

  it('is broken where the meter is no more, and full where the provider only said used up', () => {
    const gone = row(NOW + MINUTE, 0, { meter: null })
    const refused = row(NOW, undefined, { meter: { id: '5h', kind: 'window', told: 'exhausted' } })
    expect(used([refused, gone])).toEqual([
      [
        [0, 100],
        [MINUTE, null],
      ],
    ])
  })

  it('keeps meters and accounts apart', () => {
    const rows = [row(NOW, 1), row(NOW, 2, { account: 'b' }), row(NOW, 3, { id: '7d' })]
    expect(seriesOf(rows, NOW).map(({ account, name }) => [account, name])).toEqual([
      ['a', '5h'],
      ['b', '5h'],
      ['a', '7d'],
    ])
  })
})

describe('the stored history', () => {
  const stored = (takenAt: number, usedPercent: number, account = 'a'): StoredQuota => ({
    channel: 'codex',
    account,
    name: '5h',
    windowMs: null,
    usedPercent,
    used: null,
    allowed: null,
    resetsAt: null,
    plan: null,
    origin: 'header',
    takenAt,
    detail: null,
  })

  it('is thinned out to some hundred points, each the last word of its step, with the one that held before', () => {
    const { database } = testStore()
    const every = 30_000
    const count = (25 * HOUR) / every
    const rows = Array.from({ length: count }, (_, index) => stored(NOW - 25 * HOUR + index * every, index))
    addQuota(database, rows)
    const told = quotaHistory(database, { since: NOW - 24 * HOUR, until: NOW })
    expect(told.length).toBeGreaterThan(280)
    expect(told.length).toBeLessThanOrEqual(290)
    expect(told[0]?.takenAt).toBe(NOW - 24 * HOUR - every)
    expect(told.at(-1)?.usedPercent).toBe(count - 1)
    expect(told.every(({ takenAt }, index) => index === 0 || takenAt > (told[index - 1]?.takenAt ?? 0))).toBe(
      true,
    )
  })

  it('answers for one account alone', () => {
    const { database } = testStore()
    addQuota(database, [stored(NOW, 1), stored(NOW, 2, 'b')])
    const told = quotaHistory(database, { account: 'b', since: 0, until: NOW })
    expect(told.map(({ usedPercent }) => usedPercent)).toEqual([2])
  })
})

it('is told on the control socket', async () => {
  const provider = await startAskedServer()
  provider.answer = {
    body: { is_available: true, balance_infos: [{ currency: 'USD', total_balance: '5' }] },
  }
  const hub = await startTestHub({
    config: `channels:\n  - { name: ds, provider: deepseek, api_key: sk-mine, endpoints: { openai-chat: "${provider.url}" } }\n`,
  })
  try {
    await hub.control('/quota/refresh', {})
    const told = quotaHistoryReply.parse(await hub.control('/quota/history?channel=ds'))
    expect(told.series).toMatchObject([{ channel: 'ds', name: 'balance/USD', points: [{ left: 5 }] }])
    expect(told.until - told.since).toBe(24 * HOUR)
    expect(await hub.control('/quota/history?channel=other')).toMatchObject({ series: [] })
    expect(await hub.control('/quota/history?since=soon')).toMatchObject({ error: { code: 'usage' } })
  } finally {
    await hub.stop()
    await provider.close()
  }
})
