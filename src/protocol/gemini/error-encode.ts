// HubError → the error shape of Google (google.rpc.Status), with a status on which its clients do the right thing.

import { type ErrorCode, type HubError, sentence } from '../../base/errors.js'
import type { JsonObject } from '../../base/json.js'
import type { ErrorContext, WireError } from '../codec.js'

type Row = { readonly code: number; readonly status: string }

const invalid: Row = { code: 400, status: 'INVALID_ARGUMENT' }
/** Clients repeat 429 and 5xx for minutes; this one they take as the last word. */
const final: Row = { code: 400, status: 'FAILED_PRECONDITION' }
const notFound: Row = { code: 404, status: 'NOT_FOUND' }
const forbidden: Row = { code: 403, status: 'PERMISSION_DENIED' }
const broken: Row = { code: 500, status: 'INTERNAL' }
const away: Row = { code: 503, status: 'UNAVAILABLE' }
const busy: Row = { code: 429, status: 'RESOURCE_EXHAUSTED' }

const ROWS: Readonly<Record<ErrorCode, Row>> = {
  'invalid-request': invalid,
  'too-large': { code: 413, status: 'INVALID_ARGUMENT' },
  unsupported: { code: 501, status: 'UNIMPLEMENTED' },
  'unknown-path': notFound,
  authentication: { code: 401, status: 'UNAUTHENTICATED' },
  permission: forbidden,
  'unknown-model': notFound,
  'no-channel': final,
  'profile-missing': final,
  // The asker's own key is fine, so it must not read 401.
  'upstream-authentication': final,
  'context-length': invalid,
  'rate-limited': busy,
  'quota-exhausted': busy,
  'content-filter': invalid,
  overloaded: away,
  'upstream-rejected': invalid,
  'upstream-failed': { code: 502, status: 'UNAVAILABLE' },
  'upstream-unreachable': { code: 502, status: 'UNAVAILABLE' },
  'upstream-timeout': { code: 504, status: 'DEADLINE_EXCEEDED' },
  'upstream-truncated': { code: 502, status: 'UNAVAILABLE' },
  loop: final,
  'config-invalid': final,
  usage: invalid,
  'daemon-not-running': away,
  'daemon-already-running': broken,
  'port-in-use': broken,
  refused: forbidden,
  'not-found': notFound,
  'secret-unavailable': final,
  canceled: { code: 499, status: 'CANCELLED' },
  internal: broken,
}

export function encodeError(error: HubError, _context: ErrorContext): WireError {
  const wait = error.detail.retryAfterMs
  const row = rowOf(error)
  return {
    status: row.code,
    headers: wait === undefined ? {} : { 'retry-after': String(Math.ceil(wait / 1000)) },
    body: errorBody(error),
  }
}

/** `{error: {code, message, status, details}}`; the message ends with what to do next. */
export function errorBody(error: HubError): JsonObject {
  const { code, status } = rowOf(error)
  const details = detailsOf(error)
  return {
    error: { code, message: sentence(error), status, ...(details.length === 0 ? {} : { details }) },
  }
}

/**
 * Nothing changes soon, or nobody knows when: told so that the client stops. A refusal of the provider keeps the
 * provider's own status, except those that would mean the asker's key.
 */
function rowOf(error: HubError): Row {
  const row = ROWS[error.code]
  const endless = error.code === 'quota-exhausted' && error.detail.retryAfterMs === undefined
  if (endless || (error.detail.final === true && row.code >= 429)) return final
  const { status } = error.detail
  if (error.code !== 'upstream-rejected' || status === undefined) return row
  const own = status >= 400 && status < 500 && status !== 401 && status !== 403
  return own ? { ...row, code: status } : row
}

function detailsOf({ detail }: HubError): JsonObject[] {
  const { retryAfterMs, param } = detail
  const retry: JsonObject[] =
    retryAfterMs === undefined
      ? []
      : [
          {
            '@type': 'type.googleapis.com/google.rpc.RetryInfo',
            retryDelay: `${Math.ceil(retryAfterMs / 1000)}s`,
          },
        ]
  const request: JsonObject[] =
    param === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: param }] }]
  return [...retry, ...request]
}
