// Each source against a real server on loopback, with the documented shapes and the oddities of each.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Outcome, poll } from '../../src/quota/poll.js'
import { sourceFor } from '../../src/quota/sources/registry.js'
import type { QuotaCredential } from '../../src/quota/sources/source.js'
import { openUpstreamClient } from '../../src/upstream/client.js'
import { type AskedServer, startAskedServer } from './asked-server.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const SECONDS = NOW / 1000
const upstream = openUpstreamClient()
let server: AskedServer

beforeAll(async () => {
  server = await startAskedServer()
})
beforeEach(() => {
  server.asked.length = 0
})
afterAll(async () => {
  await upstream.close()
  await server.close()
})

const LOGIN: QuotaCredential = { token: 'secret-token', accountId: 'acc-1' }

async function ask(provider: string, body: unknown, path = ''): Promise<Outcome> {
  const source = sourceFor(provider)
  if (source === undefined) throw new Error(`no source for ${provider}`)
  if (body !== undefined) server.answer = { body }
  const base = new URL(server.url + path)
  return poll({ source, base, credential: LOGIN, now: NOW }, { upstream, userAgent: 'axonhub/1.0.0' })
}

async function metersOf(provider: string, body: unknown, path?: string) {
  const outcome = await ask(provider, body, path)
  return outcome.type === 'read' ? outcome.reading.meters : outcome
}

describe('ChatGPT', () => {
  const window = (used: unknown, seconds: number, reset: unknown = SECONDS + 60) => ({
    used_percent: used,
    limit_window_seconds: seconds,
    reset_after_seconds: 60,
    reset_at: reset,
  })

  it('is asked as its own CLI asks, with an honest name', async () => {
    await ask('codex', { rate_limit: null }, '/backend-api/codex')
    await ask('codex', { rate_limit: null }, '/v1')
    expect(server.asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/backend-api/wham/usage', ''],
      ['GET', '/api/codex/usage', ''],
    ])
    expect(server.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'chatgpt-account-id': 'acc-1',
      'user-agent': 'axonhub/1.0.0',
    })
  })

  it.each([
    [
      'five hours and a week',
      { primary_window: window(10, 18_000), secondary_window: window(70, 604_800) },
      ['5h 10', '7d 70'],
    ],
    [
      'a week alone in the first slot',
      { primary_window: window(10, 604_800), secondary_window: null },
      ['7d 10'],
    ],
    [
      'a month first, then a week',
      { primary_window: window(1, 2_592_000), secondary_window: window(2, 604_800) },
      ['30d 1', '7d 2'],
    ],
    ['only the second slot', { primary_window: null, secondary_window: window(2, 604_800) }, ['7d 2']],
    ['text for numbers', { primary_window: window('33', 18_000, String(SECONDS)) }, ['5h 33']],
    ['no windows', { primary_window: null, secondary_window: null }, []],
    ['no windows, but a reached limit', { allowed: false, limit_reached: true }, ['limit undefined']],
  ])('tells %s', async (_, limit, expected) => {
    const meters = await metersOf('codex', { plan_type: 'mystery', rate_limit: limit })
    expect(Array.isArray(meters) && meters.map(({ id, usedPercent }) => `${id} ${usedPercent}`)).toEqual(
      expected,
    )
  })

  it('takes a reached limit for the window that is used furthest', async () => {
    const limit = {
      limit_reached: true,
      primary_window: window(30, 18_000),
      secondary_window: window(99, 604_800),
    }
    expect(await metersOf('codex', { rate_limit: limit })).toMatchObject([
      { id: '5h' },
      { id: '7d', told: 'exhausted' },
    ])
  })

  it('tells pools of single models, a spending limit, credits and the plan', async () => {
    const body = {
      plan_type: 'pro',
      rate_limit: { primary_window: window(1, 18_000) },
      additional_rate_limits: [{ limit_name: 'Spark', rate_limit: { primary_window: window(50, 18_000) } }],
      spend_control: { individual_limit: { limit: '100', used: '25', remaining: '75', used_percent: 25 } },
      credits: { has_credits: true, unlimited: false, balance: '9.5' },
    }
    const outcome = await ask('codex', body)
    expect(outcome).toMatchObject({
      type: 'read',
      reading: {
        plan: 'pro',
        replaces: 'all',
        meters: [
          { id: '5h', usedPercent: 1, resetsAt: NOW + 60_000 },
          { id: 'Spark/5h', scope: 'Spark', usedPercent: 50 },
          { id: 'spend', used: 25, limit: 100, left: 75, usedPercent: 25 },
          { id: 'credits', left: 9.5 },
        ],
      },
    })
  })
})

describe('Claude', () => {
  it('counts to a hundred here, with ISO times, and keeps single models apart', async () => {
    const body = {
      five_hour: { utilization: 7, resets_at: '2026-11-20T15:00:00.123456+00:00' },
      seven_day: { utilization: 0.5, resets_at: null },
      seven_day_opus: { utilization: 91, resets_at: null },
      seven_day_sonnet: null,
      something_new: { utilization: 3 },
      limits: [{ kind: 'weekly_scoped', percent: 12, scope: { model: { display_name: 'Fable' } } }],
      extra_usage: {
        is_enabled: true,
        monthly_limit: 5000,
        used_credits: 1250,
        utilization: 25,
        currency: 'USD',
      },
    }
    expect(await metersOf('claude', body)).toMatchObject([
      { id: '5h', usedPercent: 7, resetsAt: Date.parse('2026-11-20T15:00:00.123Z') },
      { id: '7d', usedPercent: 0.5 },
      { id: 'opus/7d', scope: 'opus', usedPercent: 91 },
      { id: 'something_new/limit', usedPercent: 3 },
      { id: 'Fable/7d', scope: 'Fable', usedPercent: 12 },
      { id: 'extra usage', used: 12.5, limit: 50, unit: 'USD' },
    ])
    expect(server.asked[0]?.headers).toMatchObject({
      'anthropic-beta': 'oauth-2025-04-20',
      'user-agent': 'axonhub/1.0.0',
    })
  })

  it('may have no windows with figures', async () => {
    expect(await metersOf('claude', { five_hour: null, seven_day: null })).toEqual([])
  })
})

describe('coding plans', () => {
  it('of Z.ai tell their windows by unit and number, and the tools apart', async () => {
    const body = {
      success: true,
      code: 200,
      data: {
        level: 'pro',
        limits: [
          {
            type: 'TIME_LIMIT',
            unit: 5,
            number: 1,
            percentage: 4,
            usage: 1000,
            currentValue: 40,
            remaining: 960,
            nextResetTime: NOW + 5,
          },
          { type: 'TOKENS_LIMIT', unit: 3, number: 5, percentage: 0 },
          { type: 'TOKENS_LIMIT', unit: 6, number: 1, percentage: 45, nextResetTime: NOW + 9 },
        ],
      },
    }
    expect(await metersOf('zai-coding', body)).toMatchObject([
      { id: 'tools/month', scope: 'tools', usedPercent: 4, left: 960 },
      { id: '5h', usedPercent: 0, resetsAt: undefined },
      { id: '7d', usedPercent: 45, resetsAt: NOW + 9 },
    ])
    expect(server.asked[0]?.headers['authorization']).toBe('secret-token')
  })

  it.each([
    [{ success: false, code: 401, msg: 'token expired' }, 'refused'],
    [{ success: false, code: 500, msg: 'busy' }, 'strange'],
    [{ success: true, data: { limits: [] } }, 'strange'],
  ])('of Z.ai say errors with status 200: %j', async (body, type) => {
    expect((await ask('zai-coding', body)).type).toBe(type)
  })

  it('of Kimi count in text and nine digits of a second', async () => {
    const body = {
      usage: { limit: '2048', used: '512', remaining: '1536', resetTime: '2026-11-25T00:00:00.123456789Z' },
      limits: [
        {
          window: { duration: 300, timeUnit: 'TIME_UNIT_MINUTE' },
          detail: { limit: '200', remaining: '50', resetTime: '2026-11-20T13:00:00Z' },
        },
      ],
    }
    expect(await metersOf('kimi-coding', body)).toMatchObject([
      { id: '5h', usedPercent: 75, used: 150, left: 50 },
      { id: '7d', usedPercent: 25, resetsAt: Date.parse('2026-11-25T00:00:00.123Z') },
    ])
  })

  it('of MiniMax tell what remains, with or without a week', async () => {
    const model = {
      model_name: 'general',
      current_interval_remaining_percent: 80,
      end_time: NOW + 5,
      current_weekly_status: 1,
      current_weekly_remaining_percent: 150,
      weekly_end_time: NOW + 9,
    }
    const ok = { status_code: 0, status_msg: 'success' }
    expect(
      await metersOf('minimax', { base_resp: ok, model_remains: [{ model_name: 'speech' }, model] }),
    ).toMatchObject([
      { id: '5h', usedPercent: 20, resetsAt: NOW + 5 },
      { id: '7d', usedPercent: 0 },
    ])
    expect(
      await metersOf('minimax', { base_resp: ok, model_remains: [{ ...model, current_weekly_status: 3 }] }),
    ).toHaveLength(1)
    expect((await ask('minimax', { base_resp: { status_code: 1004, status_msg: 'login fail' } })).type).toBe(
      'refused',
    )
  })
})

describe('balances', () => {
  it.each([
    [
      'deepseek',
      { is_available: true, balance_infos: [{ currency: 'CNY', total_balance: '110.00' }] },
      [['balance/CNY', 110, undefined]],
    ],
    [
      'deepseek',
      {
        is_available: true,
        balance_infos: [
          { currency: 'CNY', total_balance: '0.00' },
          { currency: 'USD', total_balance: '5' },
        ],
      },
      [['balance/USD', 5, undefined]],
    ],
    [
      'deepseek',
      { is_available: false, balance_infos: [{ currency: 'USD', total_balance: '0.01' }] },
      [['balance/USD', 0.01, 'exhausted']],
    ],
    [
      'moonshot',
      { data: { available_balance: 49.5, voucher_balance: 50, cash_balance: -0.5 } },
      [['balance/USD', 49.5, undefined]],
    ],
    ['siliconflow', { data: { balance: '1', totalBalance: '88.88' } }, [['balance/USD', 88.88, undefined]]],
    [
      'openrouter',
      { data: { limit: null, usage: 12, limit_remaining: null } },
      [['spend', undefined, 'available']],
    ],
    [
      'openrouter',
      { data: { limit: 50, limit_remaining: 10, usage: 340, limit_reset: 'monthly' } },
      [['spend monthly', 10, undefined]],
    ],
  ])('of %s are read: %j', async (provider, body, expected) => {
    const meters = await metersOf(provider, body)
    expect(Array.isArray(meters) && meters.map(({ id, left, told }) => [id, left, told])).toEqual(expected)
  })

  it('of OpenRouter count since their last reset', async () => {
    const body = { data: { limit: 50, limit_remaining: 10, usage: 340 } }
    expect(await metersOf('openrouter', body)).toMatchObject([{ used: 40, usedPercent: 80 }])
  })
})

const ALL = [
  'codex',
  'claude',
  'zai-coding',
  'kimi-coding',
  'moonshot',
  'minimax',
  'deepseek',
  'openrouter',
  'siliconflow',
  'github-copilot',
]

describe.each(ALL)('%s', (provider) => {
  it.each([
    ['a challenge page', { body: '<html>Just a moment…</html>', status: 403 }, 'strange'],
    ['a page with status 200', { body: '<html></html>' }, 'strange'],
    ['an empty object', { body: {} }, 'strange'],
    ['a list', { body: [] }, 'strange'],
    [
      'another form',
      { body: { data: 'x', usage: 1, limits: {}, model_remains: null, balance_infos: 3 } },
      /strange|refused|read/,
    ],
    ['a refusal', { body: { error: 'no' }, status: 401 }, 'refused'],
    ['a missing right', { body: { error: 'no' }, status: 403 }, 'refused'],
    ['a request to wait', { body: {}, status: 429 }, 'wait'],
    ['a fault', { body: 'oops', status: 502 }, 'failed'],
    ['a redirect', { body: 'x', status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'strange'],
  ])('makes of %s one clear outcome', async (_, reply, type) => {
    server.answer = reply
    const outcome = await ask(provider, undefined)
    expect(outcome.type).toMatch(type)
    expect(JSON.stringify(outcome)).not.toContain('secret-token')
  })
})

describe('a question', () => {
  it.each([
    ['60', 60_000],
    ['0', undefined],
    ['-5', undefined],
    ['soon', undefined],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
  ])('hears Retry-After: %s', async (value, forMs) => {
    server.answer = { status: 429, headers: { 'retry-after': value }, body: {} }
    expect(await ask('deepseek', undefined)).toEqual({ type: 'wait', forMs })
  })

  it('goes nowhere in clear text but to the machine itself', async () => {
    const source = sourceFor('deepseek')
    if (source === undefined) throw new Error('no source')
    const send = () => Promise.reject(new Error('it was sent'))
    const outcome = await poll(
      { source, base: new URL('http://example.com'), credential: LOGIN, now: NOW },
      { upstream: { send }, userAgent: 'x' },
    )
    expect(outcome).toMatchObject({ type: 'strange', message: expect.stringContaining('https only') })
  })
})
