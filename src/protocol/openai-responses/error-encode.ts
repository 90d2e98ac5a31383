// HubError → what an agent of this protocol reads. Codex shows a message at once, without a storm of retries, only in
// a few forms (docs/clients.md): this table chooses them. Other clients get OpenAI's shape and status.

import { type ErrorCode, type HubError, sentence } from '../../base/errors.js'
import type { JsonObject } from '../../base/json.js'
import { compact } from '../../base/json.js'
import type { ErrorContext, WireError } from '../codec.js'
import type { SseEvent } from '../sse/event.js'
import { responseObject, wireEvent } from './response-object.js'

type Row = {
  readonly status: number
  readonly type: string
  readonly code: string
  /** The code inside `response.failed` that makes Codex do the right thing. */
  readonly codex: string
}

/** Codex shows exactly the message and does not try again. */
const SHOW = 'invalid_prompt'
/** Codex tries the turn again, up to five times, and shows the message meanwhile. */
const RETRY = 'server_error'

const BAD = 'invalid_request_error'
const ROWS: Readonly<Record<ErrorCode, Row>> = {
  'invalid-request': { status: 400, type: BAD, code: 'invalid_request', codex: SHOW },
  'too-large': { status: 413, type: BAD, code: 'request_too_large', codex: SHOW },
  unsupported: { status: 400, type: BAD, code: 'unsupported', codex: SHOW },
  'unknown-path': { status: 404, type: BAD, code: 'unknown_url', codex: SHOW },
  authentication: { status: 401, type: BAD, code: 'invalid_api_key', codex: SHOW },
  permission: { status: 403, type: BAD, code: 'permission_denied', codex: SHOW },
  'unknown-model': { status: 404, type: BAD, code: 'model_not_found', codex: SHOW },
  'no-channel': { status: 503, type: 'server_error', code: 'no_channel', codex: SHOW },
  'profile-missing': { status: 400, type: BAD, code: 'profile_missing', codex: SHOW },
  'upstream-authentication': { status: 403, type: BAD, code: 'upstream_authentication', codex: SHOW },
  'context-length': {
    status: 400,
    type: BAD,
    code: 'context_length_exceeded',
    codex: 'context_length_exceeded',
  },
  'rate-limited': {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    codex: 'rate_limit_exceeded',
  },
  'quota-exhausted': { status: 429, type: 'insufficient_quota', code: 'insufficient_quota', codex: SHOW },
  'content-filter': { status: 400, type: BAD, code: 'content_filter', codex: SHOW },
  overloaded: {
    status: 503,
    type: 'server_error',
    code: 'server_is_overloaded',
    codex: 'server_is_overloaded',
  },
  'upstream-rejected': { status: 400, type: BAD, code: 'upstream_rejected', codex: SHOW },
  'upstream-failed': { status: 502, type: 'server_error', code: 'server_error', codex: RETRY },
  'upstream-unreachable': { status: 502, type: 'server_error', code: 'upstream_unreachable', codex: SHOW },
  'upstream-timeout': { status: 504, type: 'server_error', code: 'upstream_timeout', codex: RETRY },
  'upstream-truncated': { status: 502, type: 'server_error', code: 'upstream_truncated', codex: RETRY },
  loop: { status: 508, type: 'server_error', code: 'loop', codex: SHOW },
  'config-invalid': { status: 500, type: 'server_error', code: 'config_invalid', codex: SHOW },
  usage: { status: 400, type: BAD, code: 'invalid_request', codex: SHOW },
  'daemon-not-running': { status: 503, type: 'server_error', code: 'server_error', codex: SHOW },
  'daemon-already-running': { status: 500, type: 'server_error', code: 'server_error', codex: SHOW },
  'port-in-use': { status: 500, type: 'server_error', code: 'server_error', codex: SHOW },
  refused: { status: 403, type: BAD, code: 'permission_denied', codex: SHOW },
  'not-found': { status: 404, type: BAD, code: 'not_found', codex: SHOW },
  'secret-unavailable': { status: 500, type: 'server_error', code: 'secret_unavailable', codex: SHOW },
  canceled: { status: 499, type: 'server_error', code: 'canceled', codex: RETRY },
  internal: { status: 500, type: 'server_error', code: 'server_error', codex: SHOW },
}

/** A longer wait is told to the person instead of being slept through by the agent. */
const LONGEST_SLEEP_MS = 60_000
/** Codex honours Retry-After without a limit, in silence; only a short one may be sent. */
const LONGEST_HEADER_MS = 5_000

/** An answer with a status and a JSON body; status 200 where `encodeStreamError` tells a streaming Codex better. */
export function encodeError(error: HubError, context: Pick<ErrorContext, 'agent' | 'stream'>): WireError {
  const row = ROWS[error.code]
  if (context.agent === 'codex') return codexError(error, row, context.stream)
  const status = error.code === 'upstream-rejected' ? clientStatus(error.detail.status) : row.status
  const wait = error.detail.retryAfterMs
  const headers: Record<string, string> =
    status === 429 && wait !== undefined ? { 'retry-after': String(Math.ceil(wait / 1000)) } : {}
  const final: Record<string, string> = error.detail.final === true ? { 'x-should-retry': 'false' } : {}
  return { status, headers: { ...headers, ...final }, body: errorBody(error, row.type, row.code) }
}

function clientStatus(status: number | undefined): number {
  return status !== undefined && status >= 400 && status < 500 ? status : 400
}

function errorBody(error: HubError, type: string, code: string): JsonObject {
  return { error: { message: message(error), type, param: error.detail.param ?? null, code } }
}

/**
 * A used-up ChatGPT plan and a refused key have a status that Codex acts on; all else it shows best out of a stream. Where
 * it asked for none, status 400 shows the body as it is, after one try, and the other rows are known to it by code.
 */
function codexError(error: HubError, row: Row, stream: boolean): WireError {
  const { resetsAt, plan, upstreamType, retryAfterMs = Number.POSITIVE_INFINITY } = error.detail
  // Codex answers it with an advice to buy a larger ChatGPT plan, which is wrong for anyone else's.
  if (upstreamType === 'usage_limit_reached' && resetsAt !== undefined) {
    const resets = Math.ceil(resetsAt / 1000)
    const about = compact({
      message: message(error),
      type: 'usage_limit_reached',
      plan_type: plan,
      resets_at: resets,
    })
    return { status: 429, headers: {}, body: { error: about } }
  }
  const body = errorBody(error, row.type, row.code)
  // A changed key is fetched again and the request repeated at once.
  if (error.code === 'authentication') return { status: 401, headers: {}, body }
  if (stream) return { status: 200, headers: {}, body }
  if (error.detail.final === true) return { status: 400, headers: {}, body }
  if (error.code === 'overloaded') return { status: 503, headers: {}, body }
  if (error.code === 'rate-limited' && retryAfterMs <= LONGEST_HEADER_MS)
    return { status: 429, headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }, body }
  return { status: 400, headers: {}, body }
}

/** The events that end a stream with an error; with `response.created` before them when nothing was sent yet. */
export function encodeStreamError(error: HubError, context: ErrorContext): SseEvent[] {
  if (context.agent === 'codex') return codexErrorStream(error, context)
  return errorStream(context, failure(error, undefined))
}

/** The same for Codex, with the code that tells it to stop and show, to wait, or to try again. */
export function codexErrorStream(error: HubError, context: ErrorContext): SseEvent[] {
  return errorStream(context, failure(error, 'codex'))
}

function errorStream(context: ErrorContext, told: JsonObject): SseEvent[] {
  const id = context.newId('resp_')
  const about = { id, model: context.model, createdAt: context.nowSeconds }
  const failed = { response: responseObject({ ...about, status: 'failed', error: told }) }
  if (context.started === true) return [wireEvent('response.failed', failed)]
  return [
    wireEvent('response.created', {
      sequence_number: 0,
      response: responseObject({ ...about, status: 'in_progress' }),
    }),
    wireEvent('response.failed', { sequence_number: 1, ...failed }),
  ]
}

/** The `error` of a failed response. */
export function failure(error: HubError, agent: ErrorContext['agent']): JsonObject {
  const row = ROWS[error.code]
  if (agent !== 'codex') return { code: row.code, message: message(error) }
  if (error.detail.final === true) return { code: SHOW, message: message(error) }
  if (error.code !== 'rate-limited') return { code: row.codex, message: message(error) }
  const wait = error.detail.retryAfterMs
  if (wait === undefined || wait > LONGEST_SLEEP_MS) return { code: SHOW, message: message(error) }
  const seconds = Math.max(wait, 100) / 1000
  return { code: row.codex, message: `${message(error)} Please try again in ${seconds}s.` }
}

/** Message and hint, and when a used-up plan is free again. */
function message(error: HubError): string {
  const { resetsAt } = error.detail
  const told = sentence(error)
  if (error.code !== 'quota-exhausted' || resetsAt === undefined || !Number.isFinite(resetsAt)) return told
  return `${told} It is free again at ${timeText(resetsAt)}.`
}

/** `2026-11-20 14:05 UTC`, from ms since the epoch. */
function timeText(at: number): string {
  const limit = 8.64e15
  return `${new Date(Math.min(Math.max(at, -limit), limit)).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
