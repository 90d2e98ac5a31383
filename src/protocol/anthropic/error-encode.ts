// Errors as an agent of this protocol reads them. Law: what can pass by itself keeps the client's own retries, what
// cannot says so with `x-should-retry: false`; Claude Code never gets a 401, which it repeats for three minutes
// and then calls a missing login (docs/clients.md).

import { type ErrorCode, type HubError, sentence } from '../../base/errors.js'
import type { ErrorContext, KeepAliveState, WireError } from '../codec.js'
import type { SseEvent } from '../sse/event.js'
import { sse } from './events.js'

type Row = { readonly status: number; readonly type: string; readonly retry: boolean }

const row = (status: number, type: string, retry = false): Row => ({ status, type, retry })

const ROWS: Readonly<Record<ErrorCode, Row>> = {
  'invalid-request': row(400, 'invalid_request_error'),
  'too-large': row(413, 'request_too_large'),
  unsupported: row(400, 'invalid_request_error'),
  'unknown-path': row(404, 'not_found_error'),
  authentication: row(401, 'authentication_error'),
  permission: row(403, 'permission_error'),
  'unknown-model': row(404, 'not_found_error'),
  'no-channel': row(503, 'api_error'),
  'profile-missing': row(400, 'invalid_request_error'),
  'upstream-authentication': row(403, 'permission_error'),
  'context-length': row(400, 'invalid_request_error'),
  'rate-limited': row(429, 'rate_limit_error', true),
  'quota-exhausted': row(429, 'rate_limit_error'),
  'content-filter': row(400, 'invalid_request_error'),
  overloaded: row(529, 'overloaded_error', true),
  'upstream-rejected': row(400, 'invalid_request_error'),
  'upstream-failed': row(502, 'api_error', true),
  'upstream-unreachable': row(503, 'api_error', true),
  'upstream-timeout': row(504, 'timeout_error', true),
  'upstream-truncated': row(502, 'api_error', true),
  loop: row(508, 'api_error'),
  'config-invalid': row(500, 'api_error'),
  usage: row(500, 'api_error'),
  'daemon-not-running': row(503, 'api_error'),
  'daemon-already-running': row(500, 'api_error'),
  'port-in-use': row(500, 'api_error'),
  refused: row(403, 'permission_error'),
  'not-found': row(404, 'not_found_error'),
  'secret-unavailable': row(503, 'api_error'),
  canceled: row(499, 'api_error'),
  internal: row(500, 'api_error'),
}

/** The wire's word for an error. */
export function errorType(code: ErrorCode): string {
  return ROWS[code].type
}

export function encodeError(error: HubError, context: ErrorContext): WireError {
  const { status, type, retry } = rowFor(error, context)
  return {
    status,
    headers: { 'request-id': context.requestId, ...retryHeaders(error, retry) },
    body: {
      type: 'error',
      error: { type, message: messageOf(error, context) },
      request_id: context.requestId,
    },
  }
}

function rowFor(error: HubError, context: ErrorContext): Row {
  if (error.code === 'authentication' && context.agent === 'claude-code') return row(403, 'permission_error')
  // Claude Code repeats a 529 for minutes, whatever its headers say (2.1.197).
  if (error.code === 'overloaded' && error.detail.final === true) return row(503, 'api_error')
  return ROWS[error.code]
}

/** The client waits up to a minute when it is told how long; longer waits would look like a hang. */
const LONGEST_WAIT_MS = 60_000

function retryHeaders(error: HubError, retry: boolean): Readonly<Record<string, string>> {
  const { retryAfterMs: wait, final } = error.detail
  if (!retry || final === true || (wait !== undefined && wait >= LONGEST_WAIT_MS))
    return { 'x-should-retry': 'false' }
  return wait === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(wait / 1000))) }
}

/** After the first byte: one `error` event, and no `message_stop`. */
export function encodeStreamError(error: HubError, context: ErrorContext): SseEvent[] {
  const { type } = rowFor(error, context)
  return [
    sse('error', { error: { type, message: messageOf(error, context) }, request_id: context.requestId }),
  ]
}

function messageOf(error: HubError, context: ErrorContext): string {
  switch (error.code) {
    case 'context-length':
      return contextMessage(error.message)
    case 'unknown-model': {
      const subject = `model: ${context.model}`
      return error.message.startsWith(subject) ? sentence(error) : `${subject}. ${sentence(error)}`
    }
    case 'quota-exhausted': {
      const reset = error.detail.resetsAt
      const when = reset === undefined ? '' : ` Resets at ${new Date(reset).toISOString()}.`
      return `${sentence(error)}${when}`
    }
    default:
      return sentence(error)
  }
}

/** Wordings that the client acts on: it compacts, or asks again for fewer tokens. */
const KNOWN_WORDING = /prompt is too long: \d+ tokens > \d+ maximum|exceed context limit: \d+ \+ \d+ > \d+/

/** The one wording that makes Claude Code compact, with the numbers of the upstream's message where it has them. */
function contextMessage(message: string): string {
  if (KNOWN_WORDING.test(message)) return message
  const numbers = [...message.matchAll(/\d[\d,_]*\d/g)]
    .map(([digits]) => Number(digits.replace(/[,_]/g, '')))
    .filter((value) => value >= 1000)
  const limit = limitOf(message) ?? (numbers.length > 1 ? Math.min(...numbers) : numbers[0])
  if (limit === undefined) return `prompt is too long: ${message}`
  const asked = numbers.filter((value) => value > limit)
  const size = asked.length === 0 ? limit + 1 : Math.max(...asked)
  return `prompt is too long: ${size} tokens > ${limit} maximum. ${message}`
}

/** The number that the message itself calls the limit. */
function limitOf(message: string): number | undefined {
  const named =
    /(?:maximum context length|context (?:length|window|size)|maximum|limit)\D{0,40}?(\d[\d,_]*\d)/i.exec(
      message,
    )?.[1]
  const value = named === undefined ? undefined : Number(named.replace(/[,_]/g, ''))
  return value === undefined || value < 1000 ? undefined : value
}

/**
 * A `message_delta` that changes nothing: the only event besides content that resets the client's idle watchdog;
 * the `ping` is for clients that wait for one. Nothing can be sent before `message_start`.
 */
export function keepAlive(state: KeepAliveState): SseEvent[] {
  if (!state.started) return []
  return [
    sse('message_delta', { delta: { stop_reason: null, stop_sequence: null }, usage: { output_tokens: 1 } }),
    sse('ping', {}),
  ]
}
