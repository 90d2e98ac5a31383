// Real-shaped answers of a hub for the screens' tests: what the control API tells, at one fixed moment.
import { type ChannelsReply, channelsReply } from '../../../src/control/channels.js'
import { type ProfilesReply, profilesReply } from '../../../src/control/profiles.js'
import type { QuotaHistoryReply } from '../../../src/control/quota-history.js'
import { type QuotaReply, quotaReply } from '../../../src/control/quota-schema.js'

/** 2026-11-20, 12:00 in the zone of the tests. */
export const NOW = new Date(2026, 10, 20, 12, 0, 0).getTime()
const MINUTE = 60_000
const HOUR = 60 * MINUTE

export const iso = (offsetMs: number) => new Date(NOW + offsetMs).toISOString()

const measures = (requests: number, failed: number, p50: number | null, p95: number | null) => ({
  requests,
  failed,
  errorRate: requests === 0 ? null : failed / requests,
  firstTokenP50Ms: p50,
  firstTokenP95Ms: p95,
})

const CARD = {
  channel: 'deepseek',
  model: 'deepseek-v4-flash',
  protocol: 'anthropic-messages',
  mode: 'relay',
  agent: 'other',
  testedAt: iso(-3 * HOUR),
  answers: true,
  withoutFields: ['context_management'],
  results: [
    { capability: 'text', result: 'yes', detail: 'first word after 410 ms', durationMs: 900 },
    { capability: 'tools', result: 'yes', detail: 'called as asked', durationMs: 900 },
    { capability: 'tool-streaming', result: 'yes', detail: 'in 14 pieces', durationMs: 900 },
    { capability: 'parallel-tools', result: 'yes', detail: 'two at once', durationMs: 900 },
    { capability: 'thinking', result: 'yes', detail: 'with tools', durationMs: 900 },
    {
      capability: 'tool-images',
      result: 'no',
      detail: 'it could not say what is in the picture',
      durationMs: 900,
    },
    { capability: 'json-schema', result: 'yes', detail: 'kept', durationMs: 900 },
    { capability: 'token-count', result: 'unknown', detail: 'not offered', durationMs: 900 },
    { capability: 'cache', result: 'yes', detail: '98 % of 6 100 tokens', durationMs: 900 },
    { capability: 'cancel', result: 'yes', detail: 'the stream ended at once', durationMs: 900 },
    { capability: 'models', result: 'yes', detail: '4 listed', durationMs: 900 },
  ],
  requests: 14,
  inputTokens: 21_400,
  outputTokens: 1_900,
}

const row = (name: string, change: object) => ({
  name,
  title: name,
  provider: null,
  enabled: true,
  embedded: false,
  endpoints: [{ protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:11434/v1' }],
  credential: 'no key',
  models: null,
  tags: [],
  priority: 0,
  weight: 1,
  health: 'ok',
  rests: [],
  hour: measures(0, 0, null, null),
  day: measures(0, 0, null, null),
  learned: [],
  cards: [],
  testing: null,
  quota: null,
  ...change,
})

export function channels(): ChannelsReply {
  return channelsReply.parse({
    at: iso(0),
    channels: [
      row('deepseek', {
        title: 'DeepSeek',
        provider: 'deepseek',
        endpoints: [
          { protocol: 'openai-chat', baseUrl: 'https://api.deepseek.com' },
          { protocol: 'anthropic-messages', baseUrl: 'https://api.deepseek.com/anthropic' },
        ],
        credential: 'keychain:deepseek, env:DEEPSEEK_SECOND',
        models: ['deepseek-v4-flash', 'deepseek-v4-pro'],
        tags: ['cheap'],
        hour: measures(42, 1, 612, 1_840),
        day: measures(1_312, 9, 588, 2_310),
        learned: [
          {
            model: 'deepseek-v4-pro',
            parameter: 'parallel_tool_calls',
            reason: 'unknown field',
            learnedAt: iso(-26 * HOUR),
          },
        ],
        cards: [CARD],
        quota: { charge: 'medium', leftPercent: 61, window: 'balance', resetsAt: null },
      }),
      row('claude', {
        title: 'Claude (own login)',
        endpoints: [{ protocol: 'anthropic-messages', baseUrl: 'https://api.anthropic.com' }],
        credential: "the agent's login",
        health: 'resting',
        rests: [
          {
            kind: 'cooldown',
            key: null,
            model: null,
            until: iso(17 * MINUTE),
            reason: 'the 5h window is used up',
          },
        ],
        hour: measures(8, 3, 1_420, 4_100),
        day: measures(204, 3, 1_333, 3_900),
        quota: { charge: 'exhausted', leftPercent: 0, window: '5h', resetsAt: iso(17 * MINUTE) },
      }),
      row('kimi-for-coding-with-a-long-name', {
        health: 'open',
        priority: 10,
        rests: [
          {
            kind: 'breaker',
            key: 2,
            model: 'kimi-k3',
            until: iso(42_000),
            reason: '3 failures in a row, the last: the provider answered with 502',
          },
        ],
        day: measures(37, 11, 2_950, 11_800),
      }),
      row('local', { health: 'disabled', enabled: false, tags: ['local'] }),
      row('moonshot', {
        testing: {
          startedAt: iso(-8_000),
          protocol: 'openai-chat',
          capability: 'parallel-tools',
          step: 4,
          steps: 10,
        },
      }),
    ],
  })
}

export function profiles(): ProfilesReply {
  const rule = (from: string, to: string, matchedToday: number, more: object = {}) => ({
    from,
    to,
    channels: null,
    when: null,
    matchedToday,
    ...more,
  })
  return profilesReply.parse({
    at: iso(0),
    active: 'cheap',
    keys: [
      { name: 'claude', profile: 'cheap', own: false },
      { name: 'codex', profile: 'careful', own: true },
    ],
    profiles: [
      {
        name: 'cheap',
        active: true,
        keys: [],
        channels: ['deepseek', 'local'],
        tags: null,
        mappings: [
          rule('claude-haiku-.*', 'deepseek-v4-flash', 318, { channels: ['deepseek', 'local'] }),
          rule('*', 'kimi-k3-with-a-very-long-name-200k', 4, {
            when: 'input_tokens_over 60000',
            channels: ['moonshot'],
          }),
          rule('gpt-(5|6).*', 'deepseek-v4-pro', 92),
          rule('*', 'deepseek-v4-pro', 0),
        ],
        requestsToday: 420,
        unmatchedToday: 6,
      },
      {
        name: 'careful',
        active: false,
        keys: ['codex'],
        channels: null,
        tags: null,
        mappings: [rule('gpt-.*', 'gpt-6', 17)],
        requestsToday: 17,
        unmatchedToday: 0,
      },
      {
        name: 'as-it-is',
        active: false,
        keys: [],
        channels: null,
        tags: null,
        mappings: [],
        requestsToday: 0,
        unmatchedToday: 0,
      },
    ],
  })
}

const meter = (name: string, change: object) => ({
  name,
  kind: 'window',
  scope: null,
  state: 'available',
  charge: 'full',
  past: false,
  stale: false,
  usedPercent: null,
  leftPercent: null,
  used: null,
  limit: null,
  left: null,
  unit: null,
  window: name,
  windowSeconds: null,
  resetsAt: null,
  pace: null,
  observedAt: iso(-2 * MINUTE),
  source: 'header',
  ...change,
})

const account = (channel: string, change: object) => ({
  channel,
  channels: [channel],
  account: 'one',
  plan: null,
  headline: null,
  state: 'available',
  charge: 'full',
  leftPercent: null,
  meters: [],
  throttles: [],
  trouble: null,
  ...change,
})

export function quota(): QuotaReply {
  return quotaReply.parse({
    at: iso(0),
    intervalMs: 1_200_000,
    accounts: [
      account('claude', {
        plan: 'max 5x',
        headline: '5h',
        leftPercent: 4,
        charge: 'empty',
        meters: [
          meter('week', {
            usedPercent: 38,
            leftPercent: 62,
            charge: 'medium',
            resetsAt: iso(75 * HOUR),
            pace: { delta: -12.4, verdict: 'behind', runsOutAt: null },
          }),
          meter('5h', {
            usedPercent: 96,
            leftPercent: 4,
            charge: 'empty',
            resetsAt: iso(130 * MINUTE),
            pace: { delta: 40, verdict: 'ahead', runsOutAt: iso(9 * MINUTE) },
          }),
        ],
      }),
      account('codex', {
        plan: 'plus',
        headline: 'week',
        leftPercent: 81,
        meters: [
          meter('week', {
            usedPercent: 19,
            leftPercent: 81,
            resetsAt: iso(140 * HOUR),
            pace: { delta: 1, verdict: 'on-pace', runsOutAt: null },
            source: 'event',
          }),
        ],
      }),
      account('deepseek', {
        headline: 'balance/CNY',
        charge: 'low',
        leftPercent: 14,
        meters: [
          meter('balance/CNY', {
            kind: 'balance',
            left: 14.2,
            unit: 'CNY',
            charge: 'low',
            leftPercent: 14,
            window: null,
            observedAt: iso(-95 * MINUTE),
            source: 'poll',
            stale: true,
          }),
        ],
      }),
      account('moonshot', {
        state: 'unknown',
        charge: 'unknown',
        trouble: { state: 'refused', message: 'The provider refused the key (401).', until: null },
      }),
    ],
  })
}

export function history(): QuotaHistoryReply {
  const points = Array.from({ length: 48 }, (_, index) => ({
    at: NOW - 24 * HOUR + index * 30 * MINUTE,
    usedPercent: index % 11 === 10 ? null : Math.min(100, (index % 10) * 9 + (index > 30 ? 15 : 0)),
    left: null,
  }))
  const balance = Array.from({ length: 24 }, (_, index) => ({
    at: NOW - 24 * HOUR + index * HOUR,
    usedPercent: null,
    left: index < 12 ? 40 - index : 30 - index * 0.65,
  }))
  return {
    since: NOW - 24 * HOUR,
    until: NOW,
    series: [
      { channel: 'claude', account: 'one', name: '5h', points },
      { channel: 'deepseek', account: 'one', name: 'balance/CNY', points: balance },
    ],
  }
}
