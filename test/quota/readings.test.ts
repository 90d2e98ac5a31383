// What answers tell that pass anyway: headers, events, refusals.
import { describe, expect, it } from 'vitest'
import { readClaudeHeaders } from '../../src/quota/read-claude.js'
import { readCodexEvent, readCodexHeaders } from '../../src/quota/read-codex.js'
import { readRefusal } from '../../src/quota/read-refusal.js'
import { readThrottles } from '../../src/quota/read-throttles.js'
import { sniffed } from '../../src/quota/sniff.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const SECONDS = NOW / 1000

const codex = (slots: Record<string, [used: string, minutes: string, resetAt: string]>, more = {}) =>
  Object.assign(
    Object.fromEntries(
      Object.entries(slots).flatMap(([slot, [used, minutes, resetAt]]) => [
        [`x-codex-${slot}-used-percent`, used],
        [`x-codex-${slot}-window-minutes`, minutes],
        [`x-codex-${slot}-reset-at`, resetAt],
      ]),
    ),
    more,
  )

const short = (headers: Record<string, string>) =>
  readCodexHeaders(headers, NOW)?.meters.map(({ id, usedPercent, resetsAt }) => [id, usedPercent, resetsAt])

describe('headers of the ChatGPT backend', () => {
  it.each([
    [
      'five hours and a week',
      codex({
        primary: ['12.5', '300', String(SECONDS + 60)],
        secondary: ['88', '10080', String(SECONDS + 600)],
      }),
      [
        ['5h', 12.5, NOW + 60_000],
        ['7d', 88, NOW + 600_000],
      ],
    ],
    [
      'a week in the first slot',
      codex({ primary: ['40', '10080', String(SECONDS + 60)] }),
      [['7d', 40, NOW + 60_000]],
    ],
    [
      'a month in the first slot',
      codex({ primary: ['9', '43200', String(SECONDS + 60)] }),
      [['30d', 9, NOW + 60_000]],
    ],
    [
      'only the second slot',
      codex({ secondary: ['9', '10080', String(SECONDS + 60)] }),
      [['7d', 9, NOW + 60_000]],
    ],
    [
      'a slot without data beside one with',
      codex({ primary: ['0', '0', ''], secondary: ['5', '10080', '0'] }),
      [['7d', 5, undefined]],
    ],
    ['a length that nobody knew', codex({ primary: ['3', '4320', '0'] }), [['3d', 3, undefined]]],
    ['more than everything', codex({ primary: ['104', '300', '0'] }), [['5h', 100, undefined]]],
    ['no length at all', codex({ primary: ['4', '', ''] }), [['primary', 4, undefined]]],
    [
      'the older span until the reset',
      {
        'x-codex-primary-used-percent': '1',
        'x-codex-primary-window-minutes': '300',
        'x-codex-primary-reset-after-seconds': '90',
      },
      [['5h', 1, NOW + 90_000]],
    ],
  ])('tell %s', (_, headers, expected) => {
    expect(short(headers)).toEqual(expected)
  })

  it('of another family bind only its models', () => {
    const headers = {
      ...codex({ primary: ['1', '300', '0'] }),
      'x-codex-bengalfox-primary-used-percent': '100',
      'x-codex-bengalfox-primary-window-minutes': '300',
      'x-codex-bengalfox-limit-name': 'GPT Spark',
    }
    expect(readCodexHeaders(headers, NOW)?.meters.map(({ id, scope }) => [id, scope])).toEqual([
      ['5h', undefined],
      ['GPT Spark/5h', 'GPT Spark'],
    ])
  })

  it('tell of credits, and nothing of empty ones behind a plan', () => {
    const credits = (balance: string) => ({
      'x-codex-credits-has-credits': 'true',
      'x-codex-credits-unlimited': 'false',
      'x-codex-credits-balance': balance,
    })
    expect(readCodexHeaders(credits('12.5'), NOW)?.meters).toMatchObject([{ id: 'credits', left: 12.5 }])
    expect(readCodexHeaders(codex({ primary: ['1', '300', '0'] }, credits('0')), NOW)?.meters).toHaveLength(1)
  })

  it('that are those of others tell nothing', () => {
    expect(
      readCodexHeaders({ 'content-type': 'text/event-stream', 'x-codex-primary-used-percent': 'many' }, NOW),
    ).toBeUndefined()
    expect(readCodexHeaders(codex({ primary: ['0', '0', '0'] }), NOW)).toBeUndefined()
  })
})

describe('the event codex.rate_limits', () => {
  it('tells windows, plan and credits', () => {
    const data = {
      type: 'codex.rate_limits',
      plan_type: 'plus',
      rate_limits: {
        primary: { used_percent: 33, window_minutes: 300, reset_at: SECONDS + 10 },
        secondary: null,
      },
      credits: { has_credits: true, unlimited: false, balance: '7' },
    }
    expect(readCodexEvent(data, NOW)).toEqual({
      plan: 'plus',
      replaces: 'windows',
      meters: [
        { id: '5h', kind: 'window', windowSeconds: 18_000, usedPercent: 33, resetsAt: NOW + 10_000 },
        { id: 'credits', kind: 'credits', left: 7, unit: 'credits' },
      ],
    })
  })

  it.each([
    [null],
    ['x'],
    [{}],
    [{ type: 'codex.rate_limits' }],
    [{ type: 'codex.rate_limits', rate_limits: [] }],
  ])('is nothing when it is %j', (data) => {
    expect(readCodexEvent(data, NOW)).toBeUndefined()
  })

  it('is found at every split of the stream, which passes untouched', async () => {
    const event = {
      type: 'codex.rate_limits',
      rate_limits: { primary: { used_percent: 1, window_minutes: 300 } },
    }
    const stream = `event: codex.rate_limits\r\ndata: ${JSON.stringify(event)}\r\n\r\nevent: response.created\r\ndata: {"type":"response.created","x":"ü"}\r\n\r\n`
    const bytes = Buffer.from(stream)
    for (let at = 0; at <= bytes.length; at++) {
      const found: unknown[] = []
      const out: Uint8Array[] = []
      async function* body() {
        yield bytes.subarray(0, at)
        yield bytes.subarray(at)
      }
      for await (const chunk of sniffed(body(), (data) => found.push(data))) out.push(chunk)
      expect(Buffer.concat(out).equals(bytes)).toBe(true)
      expect(found).toEqual([event])
    }
  })
})

describe('headers of Anthropic for a login', () => {
  const unified = (fields: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [`anthropic-ratelimit-unified-${name}`, value]),
    )

  it('count to one, and a warning is a warning', () => {
    const reading = readClaudeHeaders(
      unified({
        status: 'allowed_warning',
        reset: String(SECONDS + 60),
        'representative-claim': 'seven_day',
        '5h-status': 'allowed',
        '5h-utilization': '0.07',
        '5h-reset': String(SECONDS + 60),
        '7d-status': 'allowed_warning',
        '7d-utilization': '0.83',
        '7d-reset': String(SECONDS + 600),
        'fallback-percentage': '0.5',
        'overage-status': 'rejected',
        'overage-disabled-reason': 'org_level_disabled',
      }),
    )
    expect(reading?.meters).toEqual([
      {
        id: '5h',
        kind: 'window',
        windowSeconds: 18_000,
        usedPercent: 7,
        resetsAt: NOW + 60_000,
        told: 'available',
      },
      {
        id: '7d',
        kind: 'window',
        windowSeconds: 604_800,
        usedPercent: 83,
        resetsAt: NOW + 600_000,
        told: 'warning',
      },
    ])
  })

  it('tell of extra usage only while it pays', () => {
    const overage = (status: string) =>
      readClaudeHeaders(unified({ '5h-status': 'rejected', '5h-utilization': '1', 'overage-status': status }))
    expect(overage('allowed')?.meters).toMatchObject([
      { id: '5h', told: 'exhausted' },
      { id: 'extra usage', scope: 'extra usage', told: 'available' },
    ])
    expect(overage('rejected')?.meters).toHaveLength(1)
  })

  it('keep the week of one model apart', () => {
    const reading = readClaudeHeaders(
      unified({
        '7d_oi-status': 'rejected',
        '7d_oi-utilization': '1.02',
        '5h-status': 'allowed',
        '5h-utilization': '0',
      }),
    )
    expect(reading?.meters).toMatchObject([
      { id: 'oi/7d', scope: 'oi', usedPercent: 100, told: 'exhausted' },
      { id: '5h', usedPercent: 0, told: 'available' },
    ])
  })

  it.each(['rejected', 'throttled', 'rate_limited'])(
    'that only say %s mean the plan as a whole',
    (status) => {
      expect(readClaudeHeaders(unified({ status, reset: String(SECONDS + 60) }))?.meters).toEqual([
        { id: 'limit', kind: 'window', resetsAt: NOW + 60_000, told: 'exhausted' },
      ])
    },
  )

  it('that only say that all is well tell nothing', () => {
    expect(readClaudeHeaders(unified({ status: 'allowed', reset: String(SECONDS + 60) }))).toBeUndefined()
  })

  it('of an API key tell no plan', () => {
    expect(readClaudeHeaders({ 'anthropic-ratelimit-requests-remaining': '49' })).toBeUndefined()
  })
})

describe('a refusal', () => {
  it.each([
    [
      { error: { type: 'usage_limit_reached', resets_at: SECONDS + 60, plan_type: 'plus' } },
      NOW + 60_000,
      'plus',
    ],
    [{ error: { type: 'usage_limit_reached', resets_in_seconds: 90 } }, NOW + 90_000, undefined],
    [{ error: { code: 'insufficient_quota', type: 'x' } }, undefined, undefined],
  ])('tells until when: %j', (body, resetsAt, plan) => {
    const reading = readRefusal(429, body, NOW)
    expect(reading?.meters).toMatchObject([{ id: 'limit', told: 'exhausted', ...(resetsAt && { resetsAt }) }])
    expect(reading?.plan).toBe(plan)
  })

  it.each([
    [429, { error: { type: 'rate_limit_error' } }],
    [429, { error: { code: 'rate_limit_exceeded' } }],
    [500, { error: { type: 'usage_limit_reached' } }],
    [429, undefined],
    [429, 'slow down'],
  ])('that is a passing one is no matter of quota: %i %j', (status, body) => {
    expect(readRefusal(status, body, NOW)).toBeUndefined()
  })
})

describe('ordinary limits', () => {
  it('are read in the words of each maker', () => {
    expect(
      readThrottles(
        {
          'x-ratelimit-limit-requests': '100',
          'x-ratelimit-remaining-requests': '99',
          'x-ratelimit-reset-requests': '6m0s',
          'anthropic-ratelimit-input-tokens-limit': '5000',
          'anthropic-ratelimit-input-tokens-remaining': '4000',
          'anthropic-ratelimit-input-tokens-reset': '2026-11-20T12:00:10Z',
        },
        NOW,
      ),
    ).toEqual([
      { name: 'requests', limit: 100, remaining: 99, resetsAt: NOW + 360_000 },
      { name: 'input-tokens', limit: 5000, remaining: 4000, resetsAt: NOW + 10_000 },
    ])
    expect(
      readThrottles(
        { 'x-ratelimit-limit': '20', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 5) },
        NOW,
      ),
    ).toEqual([{ name: 'requests', limit: 20, remaining: 0, resetsAt: NOW + 5 }])
  })
})
