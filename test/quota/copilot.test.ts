// GitHub Copilot against a real server on loopback: pools in percent, calendar months, credits in cents, plans of old.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Outcome, poll } from '../../src/quota/poll.js'
import { copilotSource } from '../../src/quota/sources/copilot.js'
import { openUpstreamClient } from '../../src/upstream/client.js'
import { type AskedServer, startAskedServer } from './asked-server.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const RESET = Date.parse('2026-12-01T00:00:00Z')
const NOVEMBER = 30 * 86_400
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

async function ask(body: unknown): Promise<Outcome> {
  server.answer = { body }
  return poll(
    { source: copilotSource, base: new URL(server.url), credential: { token: 'gho_secret' }, now: NOW },
    { upstream, userAgent: 'axonhub/1.0.0' },
  )
}

async function metersOf(body: unknown) {
  const outcome = await ask(body)
  return outcome.type === 'read' ? outcome.reading.meters : outcome
}

const month = (premium: object, more: object = {}) => ({
  copilot_plan: 'individual',
  quota_reset_date_utc: '2026-12-01T00:00:00.000Z',
  quota_snapshots: {
    premium_interactions: premium,
    chat: { unlimited: true, percent_remaining: 100, entitlement: 0 },
    completions: { unlimited: true },
  },
  ...more,
})

describe('Copilot', () => {
  it('is asked at GitHub’s own API, in the words of its documentation and under our own name', async () => {
    await ask(month({ percent_remaining: 50 }))
    expect(server.asked).toMatchObject([
      {
        method: 'GET',
        path: '/copilot_internal/user',
        headers: { authorization: 'token gho_secret', 'user-agent': 'axonhub/1.0.0' },
      },
    ])
    const urlOf = (base: string) => copilotSource.ask(new URL(base), { token: 't' }).url.href
    expect(
      ['https://api.githubcopilot.com', 'https://api.individual.githubcopilot.com/x'].map(urlOf),
    ).toEqual(Array(2).fill('https://api.github.com/copilot_internal/user'))
    expect(urlOf('https://copilot-api.acme.ghe.com')).toBe('https://api.acme.ghe.com/copilot_internal/user')
    // No other host is taken for GitHub's.
    expect(urlOf('https://githubcopilot.com.evil.test')).toBe(
      'https://githubcopilot.com.evil.test/copilot_internal/user',
    )
  })

  it('tells premium requests by the month, unlimited pools not at all', async () => {
    const premium = {
      entitlement: 300,
      remaining: 99,
      quota_remaining: 99.5,
      percent_remaining: 33.2,
      has_quota: true,
    }
    expect(await metersOf(month(premium))).toEqual([
      {
        id: 'premium',
        kind: 'window',
        unit: 'requests',
        windowSeconds: NOVEMBER,
        usedPercent: expect.closeTo(66.8),
        limit: 300,
        left: 99.5,
        used: 200.5,
        resetsAt: RESET,
      },
    ])
  })

  it('tells credits as money where billing is by tokens', async () => {
    const premium = { entitlement: 7000, quota_remaining: 2800, percent_remaining: 40 }
    expect(await metersOf(month(premium, { token_based_billing: true }))).toMatchObject([
      { id: 'credits', kind: 'credits', unit: 'USD', limit: 70, left: 28, used: 42, usedPercent: 60 },
    ])
  })

  it('knows what lies beyond the quota', async () => {
    const premium = {
      entitlement: 300,
      percent_remaining: -12.5,
      quota_remaining: -37.5,
      overage_permitted: true,
      overage_count: 37.5,
    }
    expect(await metersOf(month(premium))).toMatchObject([
      { id: 'premium', usedPercent: 100, left: 0 },
      { id: 'overage', scope: 'overage', used: 37.5, told: 'available' },
    ])
  })

  it.each([
    ['a date alone', { quota_reset_date_utc: undefined, quota_reset_date: '2026-12-01' }, RESET],
    ['no date', { quota_reset_date_utc: null }, undefined],
    ['a date that is none', { quota_reset_date_utc: 'soon' }, undefined],
  ])('takes %s for the reset', async (_, more, resetsAt) => {
    const meters = await metersOf(month({ percent_remaining: 50 }, more))
    expect(meters).toMatchObject([{ usedPercent: 50 }])
    expect(Array.isArray(meters) && meters[0]?.resetsAt).toBe(resetsAt)
  })

  it('reads free plans of old', async () => {
    const body = {
      access_type_sku: 'free_limited_copilot',
      monthly_quotas: { chat: 500, completions: 4000 },
      limited_user_quotas: { chat: 125, completions: 4000 },
      limited_user_reset_date: '2026-12-01',
    }
    expect(await ask(body)).toMatchObject({
      type: 'read',
      reading: {
        plan: 'free',
        meters: [
          { id: 'chat', scope: 'chat', usedPercent: 75, left: 125, resetsAt: RESET },
          { id: 'completions', usedPercent: 0 },
        ],
      },
    })
  })

  it.each([
    ['everything unlimited', month({ unlimited: true }), 'individual'],
    [
      'a pool without a quota',
      month({ has_quota: false, percent_remaining: 0 }, { copilot_plan: 'mystery' }),
      'mystery',
    ],
    ['null pools', { copilot_plan: 'business', quota_snapshots: { premium_interactions: null } }, 'business'],
  ])('makes up no share for %s', async (_, body, plan) => {
    expect(await ask(body)).toEqual({
      type: 'read',
      reading: { meters: [{ id: 'premium', kind: 'window', told: 'available' }], plan, replaces: 'all' },
    })
  })
})
