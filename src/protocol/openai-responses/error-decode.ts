// Errors of an upstream → HubError: an HTTP answer, `response.failed`, an `error` event. The provider's own code says
// most, then its wording, then the status.

import { type ErrorCode, type ErrorDetail, HubError } from '../../base/errors.js'
import { isObject, type JsonObject, type JsonValue, list, number, object, text } from '../../base/json.js'
import { maskedKeys } from '../masked-keys.js'

const BY_CODE: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['context_length_exceeded', 'context-length'],
  ['string_above_max_length', 'context-length'],
  ['insufficient_quota', 'quota-exhausted'],
  ['usage_limit_reached', 'quota-exhausted'],
  ['usage_not_included', 'quota-exhausted'],
  ['billing_hard_limit_reached', 'quota-exhausted'],
  ['billing_not_active', 'quota-exhausted'],
  ['insufficient_balance', 'quota-exhausted'],
  ['rate_limit_exceeded', 'rate-limited'],
  ['rate_limit_error', 'rate-limited'],
  ['too_many_requests', 'rate-limited'],
  ['model_not_found', 'unknown-model'],
  ['invalid_api_key', 'upstream-authentication'],
  ['authentication_error', 'upstream-authentication'],
  ['content_filter', 'content-filter'],
  ['content_policy_violation', 'content-filter'],
  ['cyber_policy_violation', 'content-filter'],
  ['server_is_overloaded', 'overloaded'],
  ['slow_down', 'overloaded'],
  ['overloaded_error', 'overloaded'],
  ['engine_overloaded', 'overloaded'],
  ['server_error', 'upstream-failed'],
  ['internal_server_error', 'upstream-failed'],
  ['vector_store_timeout', 'upstream-failed'],
])

const CONTEXT_WORDS =
  /maximum context length|context window|context length|(prompt|input) is too long|too many tokens|exceeds? the (model's )?(maximum )?(context|input)/i

const HINTS: Partial<Record<ErrorCode, string>> = {
  'unknown-model':
    'See `axonhub channel models` for what the channel serves, and map the model to one of them.',
  'upstream-authentication': 'Check the key of this channel, then run `axonhub channel test`.',
  'quota-exhausted': 'Top up or wait for the reset, or map the model to another channel.',
}

/** `body`: JSON where it was JSON, else the text. `now` in ms since the epoch. */
export function decodeError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: JsonValue | undefined,
  now: number,
): HubError {
  const told = isObject(body) ? errorObject(body) : {}
  const message = messageOf(told, body) ?? `The upstream answered with status ${status}.`
  return upstreamError(told, message, { status, headers, now })
}

/** An error inside a stream or inside a whole answer; it has neither status nor clock. */
export function decodeInnerError(told: JsonObject): HubError {
  const inner = errorObject(told)
  return upstreamError(
    inner,
    messageOf(inner, undefined) ?? 'The upstream reported an error without a message.',
    {},
  )
}

/** The object that has the message: `error` inside, or the body itself. */
function errorObject(body: JsonObject): JsonObject {
  return object(body, 'error') ?? body
}

type Origin = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly now?: number
}

function upstreamError(told: JsonObject, message: string, origin: Origin): HubError {
  const upstreamType = codeText(told)
  const code = errorCode(told, message, origin.status)
  const resetsAt = resetTime(told, origin.now)
  const retryAfterMs = waitTime(message, origin)
  const param = text(told, 'param')
  const plan = text(told, 'plan_type')
  const hint = HINTS[code]
  const detail: ErrorDetail = {
    ...(hint === undefined ? {} : { hint }),
    ...(origin.status === undefined ? {} : { status: origin.status }),
    ...(upstreamType === undefined ? {} : { upstreamType }),
    ...(param === undefined ? {} : { param }),
    ...(plan === undefined ? {} : { plan }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
  return new HubError(code, maskedKeys(message), detail)
}

/** The most telling of the two words: `code`, else `type` (an `error` event's own type says nothing). */
function codeText(told: JsonObject): string | undefined {
  const type = text(told, 'type')
  return text(told, 'code') ?? (type === 'error' ? undefined : type)
}

function errorCode(told: JsonObject, message: string, status: number | undefined): ErrorCode {
  for (const word of [text(told, 'code'), text(told, 'type')]) {
    const code = word === undefined ? undefined : BY_CODE.get(word)
    if (code !== undefined) return code
  }
  if ((status === undefined || status === 400 || status === 413) && CONTEXT_WORDS.test(message))
    return 'context-length'
  if (status === 404 && /\bmodel\b/i.test(message)) return 'unknown-model'
  return status === undefined ? innerCode(told) : statusCode(status)
}

function innerCode(told: JsonObject): ErrorCode {
  const word = codeText(told)
  return word !== undefined && /^invalid_|not_found|unsupported/.test(word)
    ? 'upstream-rejected'
    : 'upstream-failed'
}

function statusCode(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'upstream-authentication'
  if (status === 402) return 'quota-exhausted'
  if (status === 408 || status === 504) return 'upstream-timeout'
  if (status === 413) return 'too-large'
  if (status === 429) return 'rate-limited'
  if (status === 503 || status === 529) return 'overloaded'
  return status >= 400 && status < 500 ? 'upstream-rejected' : 'upstream-failed'
}

/** A message of OpenAI's shape, of frameworks (`detail`), or of a page that is no JSON at all. */
function messageOf(told: JsonObject, body: JsonValue | undefined): string | undefined {
  const direct = text(told, 'message') ?? text(told, 'detail') ?? text(told, 'error')
  if (direct !== undefined && direct !== '') return direct
  if (told['detail'] !== undefined) return complaints(told['detail'])
  if (typeof body !== 'string' || body.trim() === '') return undefined
  if (!/<html|<!doctype/i.test(body.slice(0, 500))) return body.trim().slice(0, 500)
  const title = /<title[^>]*>([^<]{1,200})/i.exec(body)?.[1]?.trim()
  return `The upstream answered with a web page${title === undefined ? '' : ` ("${title}")`} where JSON was due.`
}

/** Frameworks list what is wrong: `[{loc: ["body", "input", 0], msg: "field required"}]`. */
function complaints(detail: JsonValue): string {
  const told = (Array.isArray(detail) ? detail.filter(isObject) : []).flatMap((entry) => {
    const words = text(entry, 'msg') ?? text(entry, 'message')
    const place = list(entry, 'loc').filter((step) => typeof step === 'string' || typeof step === 'number')
    return words === undefined ? [] : [place.length === 0 ? words : `${place.join('.')}: ${words}`]
  })
  return told.length === 0 ? JSON.stringify(detail) : told.join('; ')
}

/** `resets_at` is in seconds since the epoch, `resets_in_seconds` counts from now. */
function resetTime(told: JsonObject, now: number | undefined): number | undefined {
  const at = number(told, 'resets_at')
  if (at !== undefined) return at * 1000
  const seconds = number(told, 'resets_in_seconds')
  return seconds === undefined || now === undefined ? undefined : now + seconds * 1000
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** How long to wait, in ms: from headers, else from words such as "try again in 1m2.5s". */
function waitTime(message: string, { headers = {}, now }: Origin): number | undefined {
  const exact = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (Number.isFinite(exact)) return exact
  const after = headers['retry-after']
  if (after !== undefined) {
    if (/^\s*\d+(\.\d+)?\s*$/.test(after)) return Number.parseFloat(after) * 1000
    const date = Date.parse(after)
    if (Number.isFinite(date) && now !== undefined) return Math.max(0, date - now)
  }
  const words = /try again in ((?:\d+(?:\.\d+)?\s*(?:ms|seconds?|s|minutes?|m|hours?|h|days?|d)\s*)+)/i.exec(
    message,
  )
  return words?.[1] === undefined ? undefined : durationMs(words[1])
}

function durationMs(words: string): number {
  let total = 0
  for (const [, amount, unit] of words.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[smhd])/gi))
    total += Number.parseFloat(amount ?? '0') * (UNITS[(unit ?? '').toLowerCase()] ?? 0)
  return Math.round(total)
}
