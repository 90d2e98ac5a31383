// HubError → the error shape of OpenAI, with a status on which its clients do the right thing.

import { type ErrorCode, type HubError, sentence } from '../../base/errors.js'
import type { JsonObject } from '../../base/json.js'
import type { ErrorContext, WireError } from '../codec.js'

type Row = {
  readonly status: number
  readonly type: string
  readonly code: string | null
  /** The official clients retry 408, 409, 429 and 5xx unless told otherwise; trying again is no use here. */
  readonly final?: true
}

const invalid = (status: number, code: string | null): Row => ({
  status,
  type: 'invalid_request_error',
  code,
})
const failed = (status: number, code: string): Row => ({ status, type: 'server_error', code })
const final = (row: Row): Row => ({ ...row, final: true })

const ROWS: Readonly<Record<ErrorCode, Row>> = {
  'invalid-request': invalid(400, null),
  'too-large': invalid(413, 'request_too_large'),
  unsupported: invalid(400, 'unsupported'),
  'unknown-path': invalid(404, 'unknown_url'),
  authentication: invalid(401, 'invalid_api_key'),
  permission: invalid(403, 'permission_denied'),
  'unknown-model': invalid(404, 'model_not_found'),
  'no-channel': final(failed(503, 'no_channel')),
  'profile-missing': invalid(400, 'profile_missing'),
  // The asker's own key is fine, so it must not read 401.
  'upstream-authentication': final(failed(502, 'upstream_authentication')),
  'context-length': invalid(400, 'context_length_exceeded'),
  'rate-limited': { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  'quota-exhausted': final({ status: 429, type: 'insufficient_quota', code: 'insufficient_quota' }),
  'content-filter': invalid(400, 'content_filter'),
  overloaded: failed(503, 'overloaded'),
  'upstream-rejected': invalid(400, null),
  'upstream-failed': failed(502, 'upstream_failed'),
  'upstream-unreachable': failed(502, 'upstream_unreachable'),
  'upstream-timeout': failed(504, 'upstream_timeout'),
  'upstream-truncated': failed(502, 'upstream_truncated'),
  loop: final(failed(508, 'loop')),
  'config-invalid': final(failed(500, 'config_invalid')),
  usage: invalid(400, 'usage'),
  'daemon-not-running': failed(503, 'daemon_not_running'),
  'daemon-already-running': failed(500, 'daemon_already_running'),
  'port-in-use': failed(500, 'port_in_use'),
  refused: invalid(403, 'refused'),
  'not-found': invalid(404, 'not_found'),
  'secret-unavailable': final(failed(500, 'secret_unavailable')),
  canceled: failed(499, 'canceled'),
  internal: failed(500, 'internal_error'),
}

export function encodeError(error: HubError, _context: ErrorContext): WireError {
  const row = ROWS[error.code]
  return { status: statusOf(error, row), headers: headersOf(error, row), body: errorBody(error) }
}

/** `{error: {message, type, param, code}}`; the message ends with what to do next. */
export function errorBody(error: HubError): JsonObject {
  const row = ROWS[error.code]
  const code = row.code ?? (error.code === 'upstream-rejected' ? error.detail.upstreamType : undefined)
  return {
    error: {
      message: sentence(error),
      type: row.type,
      param: error.detail.param ?? null,
      code: code ?? null,
    },
  }
}

/** A refusal of the provider keeps the provider's own status, except those that would mean the asker's key. */
function statusOf(error: HubError, row: Row): number {
  const { status } = error.detail
  if (error.code !== 'upstream-rejected' || status === undefined) return row.status
  return status >= 400 && status < 500 && status !== 401 && status !== 403 ? status : row.status
}

function headersOf(error: HubError, row: Row): Record<string, string> {
  const wait = error.detail.retryAfterMs
  return {
    ...(wait === undefined ? {} : { 'retry-after': String(Math.ceil(wait / 1000)) }),
    ...(row.final === true || error.detail.final === true ? { 'x-should-retry': 'false' } : {}),
  }
}
