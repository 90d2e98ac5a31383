// An upstream's error in any of the shapes that vendors use → one HubError. The status is a hint, the words
// decide: the same trouble has another status at each vendor (providers §4).

import { type ErrorCode, type ErrorDetail, HubError } from '../../base/errors.js'
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
import { classify } from './error-classify.js'
import { retryAfterMs } from './retry-after.js'

/** What an error says, whatever its shape. */
export type Told = {
  readonly message: string
  readonly type?: string
  readonly code?: string
  readonly param?: string
  /** A status inside the body: OpenRouter tells errors in a 200 stream so. */
  readonly status?: number
  readonly resetsAt?: number
  readonly plan?: string
}

/** `body`: parsed JSON where it was JSON, else the text. Header names in lower case; `now` in ms since the epoch. */
export function decodeError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: JsonValue | undefined,
  now: number,
): HubError {
  return hubError(told(body, status), status, retryAfterMs(headers, messageOf(body), now))
}

/** An error inside a stream or a 200 answer. */
export function decodeErrorObject(value: JsonValue): HubError {
  const said = told(value, undefined)
  return hubError(said, said.status, retryAfterMs({}, said.message, 0))
}

/** The error of a chunk or an answer that should be one; undefined when it is none. */
export function errorInside(body: JsonObject): JsonValue | undefined {
  const error = body['error']
  if ((isObject(error) && Object.keys(error).length > 0) || (typeof error === 'string' && error !== ''))
    return error
  for (const choice of objects(body, 'choices')) if (isObject(choice['error'])) return choice['error']
  const isAnswer = body['choices'] !== undefined || body['usage'] !== undefined
  if (isAnswer) return undefined
  const named = body['object'] === 'error' || body['type'] === 'error'
  const complains = text(body, 'message') !== undefined && (body['code'] ?? body['status']) !== undefined
  return named || complains || body['detail'] !== undefined ? body : undefined
}

function hubError(said: Told, status: number | undefined, retryAfter: number | undefined): HubError {
  const code = classify(said, status, retryAfter !== undefined)
  const upstreamType = said.code ?? said.type
  const detail: ErrorDetail = {
    ...hintOf(code),
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
    ...(said.resetsAt === undefined ? {} : { resetsAt: said.resetsAt }),
    ...(status === undefined ? {} : { status }),
    ...(upstreamType === undefined ? {} : { upstreamType }),
    ...(said.param === undefined ? {} : { param: said.param }),
    ...(said.plan === undefined ? {} : { plan: said.plan }),
  }
  return new HubError(code, said.message, detail)
}

const HINTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'upstream-authentication': 'Check the key of the channel with `axonhub channel test`.',
  'unknown-model': 'See what the channel offers with `axonhub channel models`.',
  'quota-exhausted': 'Top up at the provider, or choose another profile with `axonhub profile use`.',
  'context-length': 'Shorten or compact the conversation, or choose a model with a larger window.',
  'upstream-failed': 'Try again; if it happens often, test the channel with `axonhub channel test`.',
}

function hintOf(code: ErrorCode): { readonly hint?: string } {
  const hint = HINTS[code]
  return hint === undefined ? {} : { hint }
}

function told(body: JsonValue | undefined, status: number | undefined): Told {
  if (typeof body === 'string') return toldInText(body, status)
  if (!isObject(body)) return { message: nothingTold(status) }
  const error = body['error']
  const inner = isObject(error) ? error : body
  const type = text(inner, 'type')
  const param = text(inner, 'param')
  const code = wordOrNumber(inner['code'])
  const plan = text(inner, 'plan_type')
  const resetsAt = number(inner, 'resets_at')
  const inside = statusOf(inner)
  return {
    message: messageOf(body) ?? nothingTold(status),
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
    ...(plan === undefined ? {} : { plan }),
    ...(resetsAt === undefined ? {} : { resetsAt: resetsAt * 1000 }),
    ...(inside === undefined ? {} : { status: inside }),
  }
}

/** A proxy's HTML page is told by its title; JSON that came as text is read. */
function toldInText(body: string, status: number | undefined): Told {
  const value = parseJson(body)
  if (isObject(value)) return told(value, status)
  const trimmed = body.trim()
  if (!trimmed.startsWith('<')) return { message: trimmed === '' ? nothingTold(status) : shortened(trimmed) }
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(trimmed)?.[1]?.trim()
  return { message: `${nothingTold(status)} It sent an HTML page${title ? `: ${shortened(title)}` : '.'}` }
}

/** The sentence of an error: OpenAI's, a bare string, Mistral's `detail` list, or a plain `message`. */
function messageOf(body: JsonValue | undefined): string | undefined {
  if (typeof body === 'string') return body
  if (!isObject(body)) return undefined
  for (const key of ['error', 'message', 'detail', 'msg', 'errors', 'failed_generation']) {
    const words = wordsOf(body[key])
    if (words !== undefined) return shortened(withRaw(words, body))
  }
  return undefined
}

function wordsOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (Array.isArray(value)) {
    const all = value.map(complaint).filter((words) => words !== undefined)
    return all.length === 0 ? undefined : all.join('; ')
  }
  return isObject(value) ? messageOf(value) : undefined
}

/** One entry of a list of complaints: `{loc: ["body","messages",0], msg: "field required"}`. */
function complaint(value: JsonValue): string | undefined {
  if (!isObject(value)) return wordsOf(value)
  const place = value['loc']
  const steps = Array.isArray(place) ? place.filter((step) => !isObject(step) && !Array.isArray(step)) : []
  const where = steps.length === 0 ? '' : `${steps.map(String).join('.')}: `
  const words = text(value, 'msg') ?? messageOf(value)
  return words === undefined ? undefined : where + words
}

/** OpenRouter wraps the provider's own words in `metadata.raw`. */
function withRaw(words: string, body: JsonObject): string {
  const error = isObject(body['error']) ? body['error'] : body
  const metadata = error['metadata']
  const raw = isObject(metadata) ? text(metadata, 'raw') : undefined
  return raw === undefined || words.includes(raw) ? words : `${words}: ${raw}`
}

function wordOrNumber(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' ? String(value) : undefined
}

function statusOf(error: JsonObject): number | undefined {
  for (const key of ['code', 'status', 'status_code']) {
    const value = Number(error[key] ?? Number.NaN)
    if (Number.isInteger(value) && value >= 400 && value <= 599) return value
  }
  return undefined
}
