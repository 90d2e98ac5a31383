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
  'overloaded',
  'loop',
])

/** Faults of the key: another one of the same channel may do. */
const KEY_FAULTS = new Set([
  'upstream-authentication',
  'secret-unavailable',
  'rate-limited',
  'quota-exhausted',
])

/** May another key of the same channel do better? All else would meet it as well. */
export function isKeyFault(error: HubError): boolean {
  return KEY_FAULTS.has(error.code)
}

/** Errors for which another channel may do better. The rest would fail everywhere. */
const TRY_NEXT = new Set([
  'upstream-authentication',
  'rate-limited',
  'quota-exhausted',
  'overloaded',
  'upstream-failed',
  'upstream-unreachable',
  'upstream-timeout',
  'upstream-truncated',
  'secret-unavailable',
  'permission',
  // It has no such model; the next one may.
  'unknown-model',
  'loop',
])

export function mayTryNext(error: HubError): boolean {
  return TRY_NEXT.has(error.code)
}

/** `now` in ms since the epoch; `error` is undefined for an attempt that went well. */
export function healthEvent(target: Target, error: HubError | undefined, now: number): HealthEvent {
  const { channel, model, key } = target
  if (error === undefined) return { type: 'succeeded', channel, model, key }
  const { retryAfterMs, resetsAt } = error.detail
  const freeAt = resetsAt ?? (retryAfterMs === undefined ? undefined : now + retryAfterMs)
  const limited = error.code === 'rate-limited' || error.code === 'quota-exhausted'
  if (limited || (error.code === 'overloaded' && freeAt !== undefined)) {
    const seat = limited ? { channel, key } : { channel }
    return {
      type: 'limited',
      ...seat,
      model,
      reason: error.message,
      ...(freeAt === undefined ? {} : { freeAt }),
    }
  }
  if (isKeyFault(error)) return { type: 'refused', channel, model, key, reason: error.message }
  if (FAULTS.has(error.code)) return { type: 'failed', channel, model, key, reason: error.message }
  // The request was wrong or the agent left: nothing was learned of the channel.
  return { type: 'probe-ended', channel, model, key }
}
