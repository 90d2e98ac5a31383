// What went wrong upstream, from a status, headers and a body, or from an error inside a stream. Law: the message is
// the upstream's own words; HTML and empty bodies become a sentence; the code decides what the hub does next.

import { type ErrorCode, type ErrorDetail, HubError } from '../../base/errors.js'
import { isObject, type JsonObject, type JsonValue, text } from '../../base/json.js'
import { maskedKeys } from '../masked-keys.js'

/** `now` in ms since the epoch; header names in lower case. */
export function decodeError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: JsonValue | undefined,
  now: number,
): HubError {
  const told = toldBy(body)
  const message = told.message ?? `The upstream answered with status ${status}${pageTitle(body)}.`
  const rejected = headers['anthropic-ratelimit-unified-status'] === 'rejected'
  const code = rejected && status === 429 ? 'quota-exhausted' : codeOf(status, told.type, message)
  const retryAfterMs = waitOf(headers, now)
  const resetsAt = code === 'quota-exhausted' ? resetOf(headers) : undefined
  return new HubError(code, maskedKeys(message), {
    ...detailOf(code, told.type, message),
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
  })
}

/** An error object that came with status 200: inside a stream, or as a whole answer. */
export function errorOfBody(body: JsonObject): HubError {
  const told = toldBy(body)
  const message = told.message ?? 'The upstream reported an error without saying which.'
  const code = codeOf(statusOf(told.type), told.type, message)
  return new HubError(code, maskedKeys(message), detailOf(code, told.type, message))
}

type Told = { readonly type: string | undefined; readonly message: string | undefined }

/** `{type:"error", error:{type, message}}`, OpenAI's `{error:{message, code}}`, `{error:"…"}`, `{message}`, `{detail}`. */
function toldBy(body: JsonValue | undefined): Told {
  if (typeof body === 'string') {
    const plain = body.trim()
    const readable = plain !== '' && !plain.startsWith('<') && plain.length <= 2000
    return { type: undefined, message: readable ? plain : undefined }
  }
  if (!isObject(body)) return { type: undefined, message: undefined }
  const error = body['error']
  if (typeof error === 'string') return { type: undefined, message: error }
  const source = isObject(error) ? error : body
  const message = text(source, 'message') ?? text(source, 'detail') ?? text(source, 'msg')
  const type = isObject(error) ? (text(error, 'type') ?? text(error, 'code')) : undefined
  return { type, message: message === '' ? undefined : message }
}

function pageTitle(body: JsonValue | undefined): string {
  if (typeof body !== 'string') return ''
  const title = /<title>([^<]{1,200})<\/title>/i.exec(body)?.[1]?.trim()
  return title === undefined || title === '' ? '' : ` (${title})`
}

/** The status that an error type would have had as a whole answer. */
function statusOf(type: string | undefined): number {
  switch (type) {
    case 'invalid_request_error':
      return 400
    case 'authentication_error':
      return 401
    case 'billing_error':
      return 402
    case 'permission_error':
      return 403
    case 'not_found_error':
      return 404
    case 'request_too_large':
      return 413
    case 'rate_limit_error':
      return 429
    case 'timeout_error':
      return 504
    case 'overloaded_error':
      return 529
    default:
      return 500
  }
}

const CONTEXT =
  /prompt is too long|exceed(s|ed)? (the |model'?s? |your )?(context|maximum context|available context)|context[ _](length|window)|maximum context|input (is too long|length)|too many (input )?tokens/i
const QUOTA =
  /credit balance|insufficient[ _](balance|quota|credit|funds)|out of credits|exceeded your current quota|usage limit|billing/i
const MODEL = /\bmodel\b/i

function codeOf(status: number, type: string | undefined, message: string): ErrorCode {
  if (status < 500 && status !== 401 && status !== 429 && CONTEXT.test(message)) return 'context-length'
  if (status === 402 || (status < 500 && QUOTA.test(message))) return 'quota-exhausted'
  switch (status) {
    case 401:
    case 403:
      return 'upstream-authentication'
    case 404:
      return type === 'not_found_error' || MODEL.test(message) ? 'unknown-model' : 'upstream-rejected'
    case 408:
    case 504:
      return 'upstream-timeout'
    case 413:
      return 'too-large'
    case 429:
      return 'rate-limited'
    case 503:
    case 529:
      return 'overloaded'
  }
  if (type === 'overloaded_error') return 'overloaded'
  return status >= 400 && status < 500 ? 'upstream-rejected' : 'upstream-failed'
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  'upstream-authentication': 'Check the credential of the channel with `axonhub channel test`.',
  'unknown-model': 'See which models the channel serves with `axonhub channel models`.',
  'quota-exhausted': 'Choose another channel, or top up the account.',
}

function detailOf(code: ErrorCode, type: string | undefined, message: string): ErrorDetail {
  const hint = HINTS[code]
  const param = code === 'upstream-rejected' ? paramOf(message) : undefined
  return {
    ...(hint === undefined ? {} : { hint }),
    ...(type === undefined ? {} : { upstreamType: type }),
    ...(param === undefined ? {} : { param }),
  }
}

/** Anthropic names the field first: `output_config.effort: Extra inputs are not permitted`. */
function paramOf(message: string): string | undefined {
  return /^([a-z_]+(?:\.[\w-]+)*): /i.exec(message)?.[1]
}

/** How long to wait, in ms: `retry-after` in seconds or as a date, else the latest reset of an emptied limit. */
function waitOf(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const exact = Number(headers['retry-after-ms'] ?? Number.NaN)
  if (Number.isFinite(exact) && exact >= 0) return exact
  const after = headers['retry-after']
  if (after !== undefined) {
    const seconds = Number(after)
    if (after.trim() !== '' && Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
    const date = Date.parse(after)
    if (!Number.isNaN(date)) return Math.max(0, date - now)
  }
  const resets = ['requests', 'tokens', 'input-tokens', 'output-tokens']
    .filter((limit) => headers[`anthropic-ratelimit-${limit}-remaining`] === '0')
    .map((limit) => Date.parse(headers[`anthropic-ratelimit-${limit}-reset`] ?? ''))
    .filter((reset) => !Number.isNaN(reset))
  return resets.length === 0 ? undefined : Math.max(0, Math.max(...resets) - now)
}

/** When the plan is free again, in ms since the epoch; the header is in Unix seconds (docs/clients.md). */
function resetOf(headers: Readonly<Record<string, string>>): number | undefined {
  const seconds = Number(headers['anthropic-ratelimit-unified-reset'] ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined
}
