// An upstream's error in the shape of Google (google.rpc.Status, alone or in a list) → HubError. The status is a hint, the
// words and the details decide: a false key is a 400 here, and 429 means a minute as well as a day.

import { type ErrorCode, HubError } from '../../base/errors.js'
import {
  isObject,
  type JsonObject,
  type JsonValue,
  number,
  objects,
  parseJson,
  text,
} from '../../base/json.js'
import { nothingTold, shortened } from '../error-words.js'

/** What an error says. */
type Told = {
  readonly message: string | undefined
  /** Google's word for the status, for example RESOURCE_EXHAUSTED. */
  readonly word: string | undefined
  /** The status inside the body. */
  readonly status: number | undefined
  readonly details: readonly JsonObject[]
}

/** `body`: parsed JSON where it was JSON, else the text. Header names in lower case; `now` in ms since the epoch. */
export function decodeError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: JsonValue | undefined,
  now: number,
): HubError {
  return hubError(toldBy(body), status, headerWait(headers, now))
}

/** An error inside a stream or a 200 answer. */
export function decodeErrorObject(value: JsonValue): HubError {
  const told = toldBy(value)
  return hubError(told, told.status, undefined)
}

function toldBy(body: JsonValue | undefined): Told {
  const value = typeof body === 'string' ? (parseJson(body) ?? body) : body
  const first = Array.isArray(value) ? value.find(isObject) : value
  if (!isObject(first)) return { message: pageWords(first), word: undefined, status: undefined, details: [] }
  const error = isObject(first['error']) ? first['error'] : first
  const status = number(error, 'code')
  return {
    message: text(error, 'message') ?? (typeof first['error'] === 'string' ? first['error'] : undefined),
    word: text(error, 'status') ?? text(error, 'type'),
    status: status !== undefined && status >= 400 && status <= 599 ? status : undefined,
    details: objects(error, 'details'),
  }
}

/** A proxy's HTML page is told by its title. */
function pageWords(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(value)?.[1]?.trim()
  if (!value.trim().startsWith('<')) return value.trim()
  return `It sent an HTML page${title === undefined || title === '' ? '.' : `: ${title}`}`
}

function hubError(told: Told, status: number | undefined, wait: number | undefined): HubError {
  const retryAfterMs = wait ?? detailWait(told) ?? wordWait(told.message ?? '')
  const code = classify(told, status)
  const said = told.message?.trim() ?? ''
  const words = said === '' ? nothingTold(status) : said
  const hint = HINTS[code]
  return new HubError(code, shortened(words), {
    ...(hint === undefined ? {} : { hint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(status === undefined ? {} : { status }),
    ...(told.word === undefined ? {} : { upstreamType: told.word }),
  })
}

const HINTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'upstream-authentication': 'Check the key of the channel with `axonhub channel test`.',
  'unknown-model': 'See what the channel offers with `axonhub channel models`.',
  'quota-exhausted': 'Top up at the provider, or choose another profile with `axonhub profile use`.',
  'context-length': 'Shorten or compact the conversation, or choose a model with a larger window.',
  'upstream-failed': 'Try again; if it happens often, test the channel with `axonhub channel test`.',
}

const CONTEXT =
  /input token count.{0,40}exceeds|exceeds the maximum number of tokens|context[_ ](length|window)|prompt is too long|too many tokens|request payload size exceeds/i
const KEY =
  /api[_ ]key not valid|API_KEY_INVALID|api key expired|invalid api key|incorrect api key|api key not found/i
const MODEL =
  /models?\/\S+ is not found|model .{0,120}(not found|does not exist|is not supported|no longer available)|not supported for (generatecontent|streamgeneratecontent)/i
const FILTER = /safety|prohibited[_ ](content|use)|blocked|content[_ ]polic/i
const BILLING = /billing|prepayment credits|credits? (are|is) depleted|monthly spending cap/i

function classify(told: Told, status: number | undefined): ErrorCode {
  const words = [told.message, told.word, ...told.details.map((detail) => text(detail, 'reason'))]
    .filter((word) => word !== undefined)
    .join(' ')
  if (status === undefined || status === 400 || status === 413 || status === 422 || status === 500) {
    if (CONTEXT.test(words)) return 'context-length'
    if (KEY.test(words)) return 'upstream-authentication'
  }
  return status === undefined ? byWord(told.word) : byStatus(status, words, told)
}

function byStatus(status: number, words: string, told: Told): ErrorCode {
  switch (status) {
    case 400:
    case 422:
      if (MODEL.test(words)) return 'unknown-model'
      return FILTER.test(words) ? 'content-filter' : 'upstream-rejected'
    case 401:
    case 403:
      return MODEL.test(words) ? 'unknown-model' : 'upstream-authentication'
    case 402:
      return 'quota-exhausted'
    case 404:
      return /model/i.test(words) ? 'unknown-model' : 'upstream-rejected'
    case 408:
    case 504:
    case 524:
      return 'upstream-timeout'
    case 413:
      return 'too-large'
    case 429:
      return isForToday(told) || BILLING.test(words) ? 'quota-exhausted' : 'rate-limited'
    case 503:
    case 529:
      return 'overloaded'
    default:
      return status < 500 ? 'upstream-rejected' : /overload/i.test(words) ? 'overloaded' : 'upstream-failed'
  }
}

function byWord(word: string | undefined): ErrorCode {
  switch (word) {
    case 'RESOURCE_EXHAUSTED':
      return 'rate-limited'
    case 'UNAVAILABLE':
      return 'overloaded'
    case 'DEADLINE_EXCEEDED':
      return 'upstream-timeout'
    case 'INVALID_ARGUMENT':
    case 'FAILED_PRECONDITION':
      return 'upstream-rejected'
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
      return 'upstream-authentication'
    case 'NOT_FOUND':
      return 'unknown-model'
    default:
      return 'upstream-failed'
  }
}

/** A daily limit comes back tomorrow, one of a minute at once. */
function isForToday({ details }: Told): boolean {
  return details
    .flatMap((detail) => objects(detail, 'violations'))
    .some((violation) => /PerDay|Daily/i.test(text(violation, 'quotaId') ?? ''))
}

/** `{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"37.5s"}`. */
function detailWait({ details }: Told): number | undefined {
  for (const detail of details) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text(detail, 'retryDelay') ?? '')?.[1]
    if (seconds !== undefined) return Math.round(Number(seconds) * 1000)
  }
  return undefined
}

/** "Please retry in 12.3s." */
function wordWait(message: string): number | undefined {
  const [, amount, unit] = /retry in (\d+(?:\.\d+)?)(ms|s)\b/i.exec(message) ?? []
  return amount === undefined ? undefined : Math.round(Number(amount) * (unit === 'ms' ? 1 : 1000))
}

function headerWait(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const told = headers['retry-after']?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(told)) return Math.round(Number(told) * 1000)
  const at = Date.parse(told)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
