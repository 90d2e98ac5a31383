// Which headers cross the hub. Relays pass what is the agent's or the provider's own; credentials, hop-by-hop
// headers and the hub's marks never cross; the trace keeps an allow-list.

import type { IncomingHttpHeaders } from 'node:http'
import { namesHubKey } from './hub-key-form.js'

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]

const NEVER_UP = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'content-encoding',
  'accept-encoding',
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-axonhub-key',
  'cookie',
  'origin',
  'referer',
  'forwarded',
])

/** Codex puts local paths and commit hashes into these; only OpenAI's own hosts are meant to see them (docs/clients.md). */
const OPENAI_ONLY = new Set(['x-codex-turn-metadata', 'x-codex-installation-id', 'chatgpt-account-id'])

/** Gemini CLI's id of the installation; only Google's own hosts are meant to see it (docs/clients.md). */
const GOOGLE_ONLY = new Set(['x-gemini-api-privileged-user-id'])

const NEVER_DOWN = new Set([
  ...HOP_BY_HOP,
  'content-length',
  'content-encoding',
  'set-cookie',
  'alt-svc',
  'strict-transport-security',
  // Codex reads another model name here as "your account was flagged" (docs/clients.md).
  'openai-model',
  'x-models-etag',
])

/** What is remembered has a bound, whatever a client sends. */
const MOST_NAMES = 500
const LONGEST_NAME = 64

/** Names of headers come again and again: each is judged once. */
function remembered<Verdict>(judge: (name: string) => Verdict): (name: string) => Verdict {
  const known = new Map<string, Verdict>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const verdict = judge(name)
    if (known.size < MOST_NAMES && name.length <= LONGEST_NAME) known.set(name, verdict)
    return verdict
  }
}

/** By its name alone: whether a header may go up, and to whom. */
const wayUp = remembered((name) => {
  const isProxys = ['x-forwarded-', 'sec-', 'proxy-'].some((start) => name.startsWith(start))
  if (NEVER_UP.has(name) || isProxys) return 'never'
  if (OPENAI_ONLY.has(name)) return 'openai'
  return GOOGLE_ONLY.has(name) ? 'google' : 'anywhere'
})

function isOpenAiHost(host: string): boolean {
  return /(^|\.)(openai\.com|chatgpt\.com)$/.test(host)
}

function isGoogleHost(host: string): boolean {
  return /(^|\.)googleapis\.com$/.test(host)
}

const NO_HEADERS: Record<string, string> = {}

function isJsonType(type: string | undefined): boolean {
  return (
    type === 'application/json' ||
    (type !== undefined && /^[\w.+-]+\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type.trim()))
  )
}

/**
 * The type of a relayed body that was read as JSON. Clients send JSON under other names (`curl -d` calls it a form), which
 * the hub reads all the same and providers refuse.
 */
export function jsonType(headers: IncomingHttpHeaders): Record<string, string> {
  return isJsonType(headers['content-type']) ? NO_HEADERS : { 'content-type': 'application/json' }
}

/** Names no header, as nearly all clients say it. */
function isPlain(connection: string): boolean {
  return connection === 'keep-alive' || connection === 'close' || connection === 'Keep-Alive'
}

/** What a client calls its own affair with the hub (RFC 9110 §7.6.1). */
function listed(connection: string): string[] {
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}

/**
 * Headers of a relayed request, without credentials. `own` are the names that the hub itself gives meaning to, in lower case; a header in
 * which a key of the hub stands, `shownKey` or any that looks like one, goes nowhere, whatever it is called.
 */
export function headersUp(
  headers: IncomingHttpHeaders,
  host: string,
  own: ReadonlySet<string>,
  { ownLogin, shownKey }: { readonly ownLogin: boolean; readonly shownKey?: string | undefined },
): Record<string, string> {
  const up: Record<string, string> = {}
  const { connection } = headers
  const mine = connection === undefined || isPlain(connection) ? [] : listed(connection)
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    const way = wayUp(name)
    if (value === undefined || way === 'never' || own.has(name) || mine.includes(name)) continue
    if (way === 'openai' && !ownLogin && !isOpenAiHost(host)) continue
    if (way === 'google' && !isGoogleHost(host)) continue
    const text = Array.isArray(value) ? value.join(', ') : value
    if (namesHubKey(text) || (shownKey !== undefined && text.includes(shownKey))) continue
    up[name] = text
  }
  return up
}

const goesDown = remembered((name) => !NEVER_DOWN.has(name) && !name.startsWith('access-control-'))

/** Headers of a relayed answer. */
export function headersDown(headers: Readonly<Record<string, string>>): Record<string, string> {
  const down: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined && goesDown(name)) down[name] = value
  }
  return down
}

/** `ah-replay-of` is the hub's own word about a request (control/replay.ts); whoever sends it says nothing by it. */
const RECORDED_REQUEST =
  /^(user-agent|originator|anthropic-version|anthropic-beta|openai-beta|x-app|accept|content-type|session-id|thread-id|x-client-request-id|x-codex-window-id|x-codex-beta-features|x-openai-.*|x-claude-code-.*|x-stainless-(package-version|lang|runtime|timeout|retry-count)|ah-(?!replay-of$).*)$/

const RECORDED_ANSWER =
  /^(x-ratelimit-.*|anthropic-ratelimit-.*|x-codex-.*|retry-after|retry-after-ms|x-should-retry|request-id|x-request-id|cf-ray|openai-processing-ms|content-type|date)$/

const isRecordedRequest = remembered((name) => RECORDED_REQUEST.test(name))
const isRecordedAnswer = remembered((name) => RECORDED_ANSWER.test(name))

/** The request headers that the trace keeps. */
export function recordedRequestHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined && isRecordedRequest(name))
      kept[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return kept
}

/** The answer headers that the trace keeps. */
export function recordedAnswerHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined && isRecordedAnswer(name)) kept[name] = value
  }
  return kept
}

/** The provider's own id of a request, for support questions. */
export function upstreamRequestId(headers: Readonly<Record<string, string>>): string | undefined {
  return headers['request-id'] ?? headers['x-request-id']
}
