// What people see: the table of accounts, and the line under Claude Code.

import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasPictures } from '../../src/cli/battery.js'
import { createOutput } from '../../src/cli/output.js'
import { quotaLines, shortSpan } from '../../src/cli/quota-view.js'
import { statusLine } from '../../src/cli/status-line.js'
import { widthOf } from '../../src/cli/table.js'
import type { RouteReply } from '../../src/control/quota-schema.js'
import { openBook } from '../../src/quota/book.js'
import type { Meter } from '../../src/quota/meter.js'
import { type Trouble, viewAccounts } from '../../src/quota/view.js'
import { makePlace } from '../cli/here.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const HOUR = 3_600_000
const { style } = createOutput({ env: {}, stdout: process.stdout, stderr: process.stderr })
const plainStyle = {
  ...style,
  good: (text: string) => text,
  bad: (text: string) => text,
  warn: (text: string) => text,
}

function lines(meters: readonly Meter[], pictures: boolean, trouble?: Trouble): string[] {
  const book = openBook({ stored: [], changed: () => undefined })
  book.observe({
    channel: 'codex',
    account: 'a',
    origin: 'header',
    observedAt: NOW - 120_000,
    reading: { meters, replaces: 'all', plan: 'plus' },
  })
  const troubles = new Map(trouble === undefined ? [] : [['codex\na', trouble]])
  const accounts = viewAccounts(book.accounts(), { now: NOW, intervalMs: undefined, troubles })
  const reply = { at: new Date(NOW).toISOString(), intervalMs: null, accounts }
  return quotaLines(reply, { width: 80, pictures, style: plainStyle, now: NOW })
}

const WINDOWS: Meter[] = [
  { id: '5h', kind: 'window', windowSeconds: 18_000, usedPercent: 12, resetsAt: NOW + 2.5 * HOUR },
  { id: '7d', kind: 'window', windowSeconds: 604_800, usedPercent: 96, resetsAt: NOW + 50 * HOUR },
]

describe('the table of accounts', () => {
  it('has a row for each window with battery, countdown, clock, pace, age and source, in 80 columns', () => {
    const shown = lines(WINDOWS, true)
    expect(shown[1]).toBe('codex (plus)  2m ago, header')
    expect(shown[2]).toMatch(/^ {2}🪫 7d +96% +4% +2d2h \w{3} \d\d:\d\d +out 4h\d+m$/)
    expect(shown[3]).toMatch(/^ {2}🔋 5h +12% +88% +2h30m \d\d:\d\d +behind$/)
    for (const line of shown) expect(widthOf(line)).toBeLessThanOrEqual(80)
  })

  it('shows balances with their currency, and windows that are over as reset', () => {
    const shown = lines(
      [
        { id: 'balance/USD', kind: 'balance', left: 12.5, unit: 'USD' },
        { id: '5h', kind: 'window', usedPercent: 99, resetsAt: NOW - HOUR },
      ],
      false,
    )
    expect(shown.join('\n')).toMatch(/\[####\] balance +12\.50 USD/)
    expect(shown.join('\n')).toMatch(/\[\?\?\?\?\] 5h +\? +reset +1h ago/)
    expect(shown.join('\n')).not.toContain('99')
  })

  it('tells why figures are old', () => {
    const trouble: Trouble = {
      state: 'waiting',
      message: 'The provider asks to wait before it is asked again.',
      until: NOW + 600_000,
    }
    expect(lines(WINDOWS, false, trouble).at(-1)).toBe(
      '    The provider asks to wait before it is asked again. Asked again in 10 min.',
    )
  })

  it('lets nobody write to the terminal', () => {
    expect(lines([{ id: 'x\u001b[2J', kind: 'window', usedPercent: 1 }], false).join('')).not.toContain(
      '\u001b',
    )
  })

  it('counts spans shortly', () => {
    expect([999, 59_000, HOUR / 2, HOUR, 1.5 * HOUR, 47 * HOUR, 48 * HOUR, 51 * HOUR].map(shortSpan)).toEqual(
      ['0s', '59s', '30m', '1h', '1h30m', '47h', '2d', '2d3h'],
    )
  })

  it.each([
    [{ LANG: 'en_US.UTF-8' }, 'linux', true],
    [{ LANG: 'C' }, 'linux', false],
    [{}, 'linux', false],
    [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, 'linux', false],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux', false],
    [{}, 'darwin', true],
    [{}, 'win32', false],
    [{ WT_SESSION: '1' }, 'win32', true],
  ] as const)('has pictures where the terminal shows them: %j on %s', (env, platform, expected) => {
    expect(hasPictures(env, platform)).toBe(expected)
  })
})

const SESSION = {
  session_id: 'abc',
  model: { id: 'claude-opus-5-5', display_name: 'Opus 5.5' },
  cost: { total_cost_usd: 0.0118 },
  context_window: {
    context_window_size: 1_000_000,
    current_usage: {
      input_tokens: 50_000,
      cache_read_input_tokens: 40_000,
      cache_creation_input_tokens: 9_000,
      output_tokens: 1_000,
    },
  },
}
const ROUTE: RouteReply = {
  modelAsked: 'claude-opus-5-5',
  modelUsed: 'deepseek-v4-pro',
  channel: 'deepseek',
  charge: 'medium',
  leftPercent: 63.4,
  window: '5h',
  resetsAt: null,
  contextWindow: 200_000,
  costDollars: 0.42,
}

describe('the status line', () => {
  it('tells route, battery, context of the model in use, and cost', () => {
    expect(statusLine(SESSION, ROUTE, true)).toBe(
      'claude-opus-5-5 → deepseek-v4-pro · deepseek 🔋 63% 5h · context 50% of 200k · $0.42',
    )
  })

  it('tells no cost that Claude Code counted by the prices of another model', () => {
    const unknown = { ...ROUTE, costDollars: null }
    expect(statusLine(SESSION, unknown, true)).not.toContain('$')
    expect(statusLine(SESSION, { ...unknown, modelUsed: ROUTE.modelAsked }, true)).toContain('$0.01')
  })

  it('tells what Claude Code knows where no hub does', () => {
    const limits = { five_hour: { used_percentage: 30 }, seven_day: { used_percentage: 97 } }
    expect(statusLine({ ...SESSION, rate_limits: limits }, undefined, false)).toBe(
      'claude-opus-5-5 · [    ] 3% 7d · context 10% of 1M · $0.01',
    )
  })

  it.each([
    [{}],
    [{ model: 'x', cost: 3, context_window: [] }],
    [{ context_window: { current_usage: {}, context_window_size: 0 } }],
  ])('is a line whatever comes in: %j', (told) => {
    expect(statusLine(told, undefined, false)).toBe('no model')
  })

  it('never fails its caller, without a hub and with one that hangs', async () => {
    const place = makePlace()
    const off = await place.run(['statusline'])
    expect(off).toMatchObject({ code: 0, stdout: 'no model\n', stderr: '' })
    const run = join(place.home, 'hub', 'run')
    mkdirSync(run, { recursive: true })
    const hanging = createServer(() => undefined)
    await new Promise<void>((resolve) => hanging.listen(join(run, 'axonhub.sock'), resolve))
    const startedAt = performance.now()
    const hung = await place.run(['statusline'], { stdin: JSON.stringify(SESSION) })
    expect(hung).toMatchObject({ code: 0, stderr: '' })
    expect(hung.stdout).toContain('claude-opus-5-5 · context 10% of 1M')
    expect(performance.now() - startedAt).toBeLessThan(1500)
    hanging.closeAllConnections()
    await new Promise((resolve) => hanging.close(resolve))
    place.close()
  })
})
