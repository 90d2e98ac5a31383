// What a window is worth: logged cost by the share used, told only where it can be an honest estimate.
import { describe, expect, it } from 'vitest'
import type { Channel } from '../../src/config/channels.js'
import { resolveChannels } from '../../src/config/channels.js'
import { checkConfig } from '../../src/config/check.js'
import { loadPresets } from '../../src/config/presets.js'
import { type QuotaReply, quotaReply } from '../../src/control/quota-schema.js'
import { addWorth, type CostSource, keptCosts } from '../../src/daemon/quota-worth.js'
import { openBook } from '../../src/quota/book.js'
import type { Meter } from '../../src/quota/meter.js'
import { viewAccounts } from '../../src/quota/view.js'
import { windowCost } from '../../src/store/window-cost.js'
import { finished, started } from '../support/records.js'
import { testStore } from '../support/test-store.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const HOUR = 3_600_000

function channelsOf(text: string): Channel[] {
  const { config } = checkConfig(`channels:\n${text}`, 'config.yml', loadPresets())
  return config === undefined ? [] : resolveChannels(config, loadPresets())
}
const CHANNELS = channelsOf('  - { name: codex, provider: codex }\n')

function replyOf(meters: readonly Meter[], accounts = ['a']): QuotaReply {
  const book = openBook({ stored: [], changed: () => undefined })
  for (const account of accounts)
    book.observe({
      channel: 'codex',
      account,
      origin: 'header',
      observedAt: NOW,
      reading: { meters, replaces: 'all' },
    })
  return quotaReply.parse({
    at: '',
    intervalMs: null,
    accounts: viewAccounts(book.accounts(), { now: NOW, intervalMs: undefined }),
  })
}

const window = (more: Partial<Meter> = {}): Meter => ({
  id: '5h',
  kind: 'window',
  windowSeconds: 18_000,
  usedPercent: 40,
  resetsAt: NOW + 2 * HOUR,
  ...more,
})

function costing(dollars: number, unpriced = 0) {
  const asked: Parameters<CostSource>[0][] = []
  const costs: CostSource = async (question) => {
    asked.push(question)
    return question.spans.map(() => ({ dollars, priced: 3, unpriced }))
  }
  return { costs, asked }
}

describe('the worth of a window', () => {
  it('is what was logged since it began, divided by the share used', async () => {
    const { costs, asked } = costing(12)
    const { accounts } = await addWorth(replyOf([window()]), CHANNELS, costs)
    expect(accounts[0]?.meters[0]?.worth).toEqual({
      loggedDollars: 12,
      estimateDollars: 30,
      requests: 3,
      unpriced: 0,
    })
    expect(asked).toEqual([
      { channels: ['codex'], provider: 'codex', spans: [{ from: NOW - 3 * HOUR, until: NOW }] },
    ])
  })

  it.each([
    ['whose length is not known', window({ windowSeconds: undefined })],
    ['whose reset is not known', window({ resetsAt: undefined })],
    ['that was reset since', window({ resetsAt: NOW - 1 })],
    ['of one model', window({ scope: 'spark' })],
    ['of which hardly anything is used', window({ usedPercent: 1 })],
    ['that is a balance', window({ kind: 'balance', left: 5 })],
  ])('is not told of one %s', async (_, meter) => {
    const { costs, asked } = costing(12)
    const { accounts } = await addWorth(replyOf([meter]), CHANNELS, costs)
    expect(accounts[0]?.meters[0]?.worth).toBeNull()
    expect(asked).toEqual([])
  })

  it('is not told when nothing was logged, or when two accounts share the channel', async () => {
    const none = await addWorth(replyOf([window()]), CHANNELS, costing(0).costs)
    const two = await addWorth(replyOf([window()], ['a', 'b']), CHANNELS, costing(12).costs)
    const worths = [...none.accounts, ...two.accounts].map(({ meters }) => meters[0]?.worth)
    expect(worths).toEqual([null, null, null])
  })

  it('is worked out once a minute for many who ask', async () => {
    const world = { now: NOW }
    const { costs, asked } = costing(1)
    const kept = keptCosts(costs, () => world.now)
    for (; world.now < NOW + 3 * 60_000; world.now += 1000)
      await kept({ channels: ['codex'], provider: 'codex', spans: [{ from: NOW - HOUR, until: world.now }] })
    expect(asked).toHaveLength(3)
  })
})

describe('the logged cost', () => {
  const usage = {
    inputFresh: 1_000_000,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 0,
    reasoning: 0,
  }
  const one = (id: string, at: number, modelUsed: string, channel = 'codex') => [
    started({ requestId: id, traceId: id, startedAt: at }),
    finished({ requestId: id, finishedAt: at, durationMs: 0, channel, modelUsed, usage }),
  ]

  it('counts each span by the list price of the plan’s maker, and what has no price apart', () => {
    const { database, write } = testStore()
    write(
      ...one('a', NOW - 6 * HOUR, 'gpt-5'),
      ...one('b', NOW - HOUR, 'gpt-5'),
      ...one('c', NOW - HOUR, 'a-model-of-nobody'),
      ...one('d', NOW - HOUR, 'gpt-5', 'other'),
      ...one('e', NOW + HOUR, 'gpt-5'),
    )
    const spans = [
      { from: NOW - 5 * HOUR, until: NOW },
      { from: NOW - 7 * HOUR, until: NOW },
      { from: NOW + 2 * HOUR, until: NOW + 3 * HOUR },
    ]
    const told = windowCost(database, { channels: ['codex'], provider: 'codex', spans })
    expect(told.map(({ priced, unpriced }) => [priced, unpriced])).toEqual([
      [1, 1],
      [2, 1],
      [0, 0],
    ])
    expect(told[0]?.dollars).toBeCloseTo(1.25)
    expect(told[1]?.dollars).toBeCloseTo(2.5)
    const unknown = windowCost(database, { channels: ['codex'], provider: undefined, spans })
    expect(unknown[0]).toEqual({ dollars: 0, priced: 0, unpriced: 2 })
  })
})
