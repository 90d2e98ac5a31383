// What a person sees of each source's oddities: asked on loopback, kept, and drawn.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createOutput } from '../../src/cli/output.js'
import { quotaLines } from '../../src/cli/quota-view.js'
import { quotaReply } from '../../src/control/quota-schema.js'
import { openBook } from '../../src/quota/book.js'
import { createScheduler } from '../../src/quota/scheduler.js'
import { sourceFor } from '../../src/quota/sources/registry.js'
import { viewAccounts } from '../../src/quota/view.js'
import { openUpstreamClient } from '../../src/upstream/client.js'
import { type AskedServer, type Reply, startAskedServer } from './asked-server.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const SECONDS = NOW / 1000
const HOUR = 3600
const upstream = openUpstreamClient()
let server: AskedServer

beforeAll(async () => {
  server = await startAskedServer()
})
afterAll(async () => {
  await upstream.close()
  await server.close()
})

/** The login file names it, where the answer does not. */
const PLAN_OF: Readonly<Record<string, string>> = { claude: 'max 5x' }

/** The lines of `axonhub quota` after the provider answered so, without their header. */
async function seen(provider: string, reply: Reply): Promise<string> {
  server.answer = reply
  const source = sourceFor(provider)
  if (source === undefined) throw new Error(`no source for ${provider}`)
  const book = openBook({ stored: [], changed: () => undefined })
  const base = new URL(`${server.url}/backend-api/codex`)
  const scheduler = createScheduler({
    upstream,
    userAgent: 'axonhub/1.0.0',
    now: () => NOW,
    random: () => 0,
    book,
    targets: () => [
      {
        channel: 'mine',
        source,
        base,
        credential: async () => ({ token: 'secret-token', accountId: 'acc', plan: PLAN_OF[provider] }),
      },
    ],
    intervalMs: () => 1_200_000,
    stored: [],
    keep: async () => undefined,
    failed: (error) => {
      throw error
    },
  })
  await scheduler.tick()
  const troubles = scheduler.troubles()
  const bare = [...troubles.keys()].map((key) => {
    const [channel = '', account = ''] = key.split('\n')
    return { channel, account, plan: undefined, meters: [], throttles: [] }
  })
  const accounts = book.accounts().length > 0 ? book.accounts() : bare
  const view = viewAccounts(accounts, { now: NOW, intervalMs: 1_200_000, troubles })
  const told = quotaReply.parse({ at: '', intervalMs: 1_200_000, accounts: view })
  const { style } = createOutput({ env: {}, stdout: process.stdout, stderr: process.stderr })
  const bareStyle = Object.fromEntries(Object.keys(style).map((name) => [name, (text: string) => text]))
  const lines = quotaLines(told, {
    width: 80,
    pictures: false,
    style: { ...style, ...bareStyle },
    now: NOW,
  })
  return lines.join('\n')
}

const ok = (body: unknown): Reply => ({ body })
const codex = (limit: unknown, more = {}) => ok({ plan_type: 'plus', rate_limit: limit, ...more })
const window = (used: unknown, seconds: number, resetAt: unknown = SECONDS + HOUR) => ({
  used_percent: used,
  limit_window_seconds: seconds,
  reset_at: resetAt,
})
const WEEK = 7 * 24 * HOUR
const PAGE: Reply = { status: 403, body: '<!DOCTYPE html><title>Just a moment...</title>' }

const zai = (limits: unknown[], more = {}) =>
  ok({ success: true, code: 200, data: { level: 'pro', limits, ...more } })
const kimi = (used: unknown, resetTime: unknown) => ({ limit: '200', used, remaining: '50', resetTime })
const minimax = (more: object) =>
  ok({ base_resp: { status_code: 0 }, model_remains: [{ model_name: 'general', ...more }] })
const copilot = (premium: object, more = {}) =>
  ok({
    copilot_plan: 'pro',
    quota_reset_date: '2026-12-01',
    quota_snapshots: { premium_interactions: premium },
    ...more,
  })

const CASES: readonly (readonly [title: string, provider: string, reply: Reply, shown: RegExp])[] = [
  [
    'five hours and a week',
    'codex',
    codex({ primary_window: window(40, 5 * HOUR), secondary_window: window(96, WEEK) }),
    /mine \(plus\).*\n {2}\[ {4}\] 7d +96% +4%.*\n {2}\[### \] 5h +40% +60%/,
  ],
  [
    'a month in the first slot',
    'codex',
    codex({ primary_window: window(9, 30 * 24 * HOUR), secondary_window: null }),
    /\[####\] 30d +9% +91%/,
  ],
  [
    'only a week, in the first slot',
    'codex',
    codex({ primary_window: window(9, WEEK), secondary_window: null }),
    /\[####\] 7d +9% +91% +1h 1?\d:/,
  ],
  [
    'null windows',
    'codex',
    codex({ primary_window: null, secondary_window: null }),
    /^mine \(plus\)\n {4}It tells no figures\.$/,
  ],
  [
    'a limit that is reached without windows',
    'codex',
    codex({ allowed: false, limit_reached: true }),
    /\[XXXX\] limit +100% +0%/,
  ],
  [
    'text for numbers',
    'codex',
    codex({ primary_window: window('33', 5 * HOUR, String(SECONDS + HOUR)) }),
    /5h +33% +67% +1h/,
  ],
  [
    'a plan nobody knows',
    'codex',
    codex({ primary_window: window(1, 5 * HOUR) }, { plan_type: 'quorum_x' }),
    /mine \(quorum_x\)/,
  ],
  [
    'a window of an unknown length',
    'codex',
    codex({ primary_window: window(5, 3 * 24 * HOUR) }),
    /3d +5% +95%/,
  ],
  [
    'a window that is over',
    'codex',
    codex({ primary_window: window(98, 5 * HOUR, SECONDS - 60) }),
    /\[\?\?\?\?\] 5h +\? +reset +1m ago/,
  ],
  [
    'a balance in text',
    'codex',
    codex(null, { credits: { has_credits: true, unlimited: false, balance: '9.5' } }),
    /credits +9\.50 credits/,
  ],
  [
    'unlimited credits',
    'codex',
    codex({ primary_window: window(1, 5 * HOUR) }, { credits: { has_credits: true, unlimited: true } }),
    /^(?![\s\S]*credits)/,
  ],
  [
    'a challenge page',
    'codex',
    PAGE,
    /mine\n {4}127\.0\.0\.1:\d+ answered with a page instead of figures \(status 403\)\./,
  ],
  [
    'a login that is refused',
    'codex',
    { status: 401, body: { detail: 'expired' } },
    /refused the credential \(status 401\)/,
  ],
  [
    '429 with Retry-After',
    'codex',
    { status: 429, headers: { 'retry-after': '600' }, body: {} },
    /asks to wait before it is asked again\. Asked\n? *again in 10 min|again in 10 min/,
  ],
  ['429 without', 'codex', { status: 429, body: {} }, /again in 5 min/],
  [
    '429 with Retry-After 0',
    'claude',
    { status: 429, headers: { 'retry-after': '0' }, body: {} },
    /again in 5 min/,
  ],
  ['a fault', 'claude', { status: 503, body: 'x' }, /answered with status 503/],
  [
    'null windows',
    'claude',
    ok({ five_hour: null, seven_day: null }),
    /^mine \(max 5x\)\n {4}It tells no figures\.$/,
  ],
  [
    'a week of one model',
    'claude',
    ok({
      five_hour: { utilization: 12, resets_at: '2026-11-20T13:00:00+00:00' },
      seven_day_opus: { utilization: 100, resets_at: null },
    }),
    /5h +12% +88%[\s\S]*\[XXXX\] opus\/7d +100% +0%/,
  ],
  [
    'cents of extra usage',
    'claude',
    ok({
      five_hour: { utilization: 1 },
      extra_usage: {
        is_enabled: true,
        monthly_limit: 5000,
        used_credits: 1250,
        utilization: 25,
        currency: 'USD',
      },
    }),
    /extra usage +12\.50 USD +75%/,
  ],
  [
    'a token without the right',
    'claude',
    { status: 403, body: { error: { type: 'permission_error' } } },
    /refused the credential \(status 403\)/,
  ],
  [
    'milliseconds',
    'zai-coding',
    zai([{ type: 'TOKENS_LIMIT', unit: 3, number: 5, percentage: 81, nextResetTime: NOW + HOUR * 1000 }]),
    /mine \(pro\).*\n {2}\[# {3}\] 5h +81% +19% +1h/,
  ],
  [
    'no reset at 0 percent',
    'zai-coding',
    zai([{ type: 'TOKENS_LIMIT', unit: 3, number: 5, percentage: 0 }]),
    /5h +0% +100%$/,
  ],
  [
    'success: false with status 200',
    'zai-coding',
    ok({ success: false, code: 500, msg: 'busy' }),
    /Z\.ai refused: busy/,
  ],
  ['a key of a team', 'zai-coding', ok({ success: true, data: {} }), /may belong to a team/],
  [
    'calls of tools apart',
    'zai-coding',
    zai([
      { type: 'TIME_LIMIT', unit: 5, number: 1, percentage: 100, usage: 10, remaining: 0 },
      { type: 'TOKENS_LIMIT', unit: 6, number: 1, percentage: 5 },
    ]),
    /7d +5% +95%[\s\S]*\[XXXX\] tools\/month/,
  ],
  [
    'nanoseconds and counts in text',
    'kimi-coding',
    ok({ usage: kimi('150', '2026-11-20T13:00:00.123456789Z') }),
    /\[### \] 7d +75% +25% +1h/,
  ],
  ['a limit of 0', 'kimi-coding', ok({ usage: { limit: '0', used: '0' } }), /form that is not known/],
  [
    'percents that remain',
    'minimax',
    minimax({ current_interval_remaining_percent: 0, end_time: NOW + HOUR * 1000 }),
    /\[XXXX\] 5h +100% +0% +1h/,
  ],
  [
    'more than there is',
    'minimax',
    minimax({ current_interval_remaining_percent: 150 }),
    /\[####\] 5h +0% +100%/,
  ],
  [
    'an error in a good answer',
    'minimax',
    ok({ base_resp: { status_code: 1004, status_msg: 'login fail' } }),
    /MiniMax refused: login fail/,
  ],
  [
    'cash below zero while vouchers pay',
    'moonshot',
    ok({ data: { available_balance: 49.58, cash_balance: -0.5 } }),
    /\[####\] balance +49\.58 USD/,
  ],
  ['debts', 'moonshot', ok({ data: { available_balance: -0.5 } }), /\[XXXX\] balance +-0\.50 USD/],
  [
    'an empty currency beside one that pays',
    'deepseek',
    ok({
      is_available: true,
      balance_infos: [
        { currency: 'CNY', total_balance: '0' },
        { currency: 'USD', total_balance: '5.10' },
      ],
    }),
    /^[^\n]*\n[^\n]*\n {2}\[####\] balance +5\.10 USD$/,
  ],
  [
    'a balance that does not pay',
    'deepseek',
    ok({ is_available: false, balance_infos: [{ currency: 'USD', total_balance: '0.01' }] }),
    /\[XXXX\] balance +0\.01 USD/,
  ],
  ['no limit', 'openrouter', ok({ data: { limit: null, usage: 12 } }), /\[####\] spend +12 USD +some/],
  [
    'a limit that resets',
    'openrouter',
    ok({ data: { limit: 50, limit_remaining: 10, usage: 340, limit_reset: 'monthly' } }),
    /spend monthly +40 USD +10 USD/,
  ],
  ['text for a balance', 'siliconflow', ok({ data: { totalBalance: '88.88' } }), /balance +88\.88 USD/],
  [
    'a day for the reset',
    'github-copilot',
    copilot({ entitlement: 300, quota_remaining: 30, percent_remaining: 10 }),
    /mine \(pro\).*\n {2}\[# {3}\] premium +90% +10% +10d12h/,
  ],
  [
    'credits',
    'github-copilot',
    copilot(
      { entitlement: 7000, quota_remaining: 2800, percent_remaining: 40 },
      { token_based_billing: true },
    ),
    /credits +42 USD +28 USD/,
  ],
  ['no counters', 'github-copilot', copilot({ unlimited: true }), /\[####\] premium +some$/],
]

it.each(CASES)('%s of %s is shown as it is', async (_, provider, reply, shown) => {
  const text = await seen(provider, reply)
  expect(text).toMatch(shown)
  expect(text).not.toContain('secret-token')
  expect(Math.max(0, ...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})
