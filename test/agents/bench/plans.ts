// A provider that tells with each answer how much of the plan is used, as the real ones tell it.

import type { Provider } from '../../support/upstream/provider.js'

/** What is used of five hours, in percent, and when they are over, ms since the epoch; undefined: nothing is told. */
export type Told = { readonly percent: number; readonly resetsAt: number } | undefined

/** `headers`, or for OpenAI the event before the answer. */
export type Telling = 'headers' | 'event'

function codexHeaders({ percent, resetsAt }: NonNullable<Told>): Record<string, string> {
  return {
    'x-codex-primary-used-percent': String(percent),
    'x-codex-primary-window-minutes': '300',
    'x-codex-primary-reset-at': String(Math.round(resetsAt / 1000)),
  }
}

function claudeHeaders({ percent, resetsAt }: NonNullable<Told>): Record<string, string> {
  const status = percent >= 100 ? 'rejected' : percent >= 80 ? 'allowed_warning' : 'allowed'
  const reset = String(Math.round(resetsAt / 1000))
  return Object.fromEntries(
    Object.entries({
      status,
      reset,
      'representative-claim': 'five_hour',
      '5h-status': status,
      '5h-utilization': String(percent / 100),
      '5h-reset': reset,
    }).map(([name, value]) => [`anthropic-ratelimit-unified-${name}`, value]),
  )
}

function rateLimits({ percent, resetsAt }: NonNullable<Told>): string {
  const primary = { used_percent: percent, window_minutes: 300, reset_at: Math.round(resetsAt / 1000) }
  return JSON.stringify({ type: 'codex.rate_limits', plan_type: 'plus', rate_limits: { primary } })
}

/** The same provider with a plan; `told` is asked at each answer. */
export function withPlan(provider: Provider, told: () => Told, telling: () => Telling): Provider {
  const isOpenAi = provider.protocol === 'openai-responses'
  return {
    ...provider,
    headers(context) {
      const now = told()
      const own = provider.headers(context)
      if (now === undefined || (isOpenAi && telling() === 'event')) return own
      return { ...own, ...(isOpenAi ? codexHeaders(now) : claudeHeaders(now)) }
    },
    stream(answer, context) {
      const now = told()
      const events = provider.stream(answer, context)
      if (now === undefined || !isOpenAi || telling() !== 'event') return events
      return [{ event: 'codex.rate_limits', data: rateLimits(now) }, ...events]
    },
  }
}
