// What an attempt says about its channel, as the router's health wants to hear it.

import type { HubError } from '../base/errors.js'
import type { HealthEvent } from '../routing/health.js'
import type { Target } from './target.js'

/** Faults of the channel itself, that count for its breaker. */
const FAULTS = new Set([
  'upstream-failed',
  'upstream-unreachable',
  'upstream-timeout',
  'upstream-truncated',
  'upstream-authentication',
  'secret-unavailable',
  'overloaded',
])

/** `now` in ms since the epoch; `error` is undefined for an attempt that went well. */
export function healthEvent(target: Target, error: HubError | undefined, now: number): HealthEvent {
  const { channel, model } = target
  if (error === undefined) return { type: 'succeeded', channel, model }
  const { retryAfterMs, resetsAt } = error.detail
  const freeAt = resetsAt ?? (retryAfterMs === undefined ? undefined : now + retryAfterMs)
  const limited = error.code === 'rate-limited' || error.code === 'quota-exhausted'
  if (limited || (error.code === 'overloaded' && freeAt !== undefined)) {
    return { type: 'limited', channel, reason: error.message, ...(freeAt === undefined ? {} : { freeAt }) }
  }
  if (FAULTS.has(error.code)) return { type: 'failed', channel, model, reason: error.message }
  // The request was wrong or the agent left: nothing was learned of the channel.
  return { type: 'probe-ended', channel, model }
}
