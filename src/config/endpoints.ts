// Base URLs as people paste them, brought to the one form: OpenAI bases end before
// /chat/completions or /responses, Anthropic bases before /v1/messages, Gemini bases before /models/….

import { isLoopbackHost, kind } from './kinds.js'

/** What may be pasted behind the base, per protocol; taken off, longest first. */
const PASTED: Readonly<Record<string, readonly string[]>> = {
  'openai-chat': ['/chat/completions', '/responses', '/models'],
  'openai-responses': ['/responses', '/chat/completions', '/models'],
  'anthropic-messages': ['/v1/messages/count_tokens', '/v1/messages', '/v1/models', '/messages', '/v1'],
  gemini: ['/models'],
}

/** An http or https URL with a host and without a fragment or credentials; undefined for all else. */
function readUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value)) return undefined
  const url = new URL(value)
  return url.hostname !== '' && url.username === '' && url.password === '' ? url : undefined
}

export const endpointUrl = kind(
  'a URL that begins with https:// (or http:// on your own network), without user name',
  (value) => (typeof value === 'string' && readUrl(value.trim()) !== undefined ? value.trim() : undefined),
)

/** Where spans may go: encrypted, or to this machine. */
export const collectorUrl = kind(
  'a URL that begins with https:// (or http:// on this machine), without user name',
  (value) => {
    const url = typeof value === 'string' ? readUrl(value.trim()) : undefined
    if (url === undefined || url.search !== '' || url.hash !== '') return undefined
    return url.protocol === 'https:' || isLoopbackHost(url.hostname) ? url.href.replace(/\/$/, '') : undefined
  },
)

/** The base URL without trailing slash or pasted operation path; a query (`?api-version=…`) stays. Expects a readable URL. */
export function normaliseBaseUrl(protocol: string, url: string): string {
  const parsed = new URL(url.trim())
  parsed.hash = ''
  let path = parsed.pathname.replace(/\/+$/, '')
  for (const tail of PASTED[protocol] ?? []) {
    if (!path.endsWith(tail)) continue
    path = path.slice(0, -tail.length).replace(/\/+$/, '')
    break
  }
  return `${parsed.protocol}//${parsed.host}${path}${parsed.search}`
}

/** Where the hub listens. */
export type Address = { readonly host: string; readonly port: number }

/** Where URLs lead, as far as they were asked about: every request asks about all of its channels. */
const addresses = new Map<string, Address | undefined>()
const MOST_ADDRESSES = 5000

function addressOf(url: string): Address | undefined {
  const known = addresses.get(url)
  if (known !== undefined || addresses.has(url)) return known
  const parsed = readUrl(url)
  const host = parsed?.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const address = parsed === undefined || host === undefined ? undefined : { host, port: portOf(parsed) }
  if (addresses.size >= MOST_ADDRESSES) addresses.clear()
  addresses.set(url, address)
  return address
}

/** Does the URL lead to that address of this machine? A name that means it by way of the network is not seen here. */
export function pointsAt(url: string, { host, port }: Address): boolean {
  const address = addressOf(url)
  if (address === undefined || address.port !== port) return false
  const asked = address.host
  const own = host.replace(/^\[|\]$/g, '').toLowerCase()
  return (
    asked === own ||
    asked === '0.0.0.0' ||
    asked === '::' ||
    (asked === 'localhost' && isLoopbackHost(own)) ||
    (own === 'localhost' && isLoopbackHost(asked))
  )
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

/** Does the URL carry keys in clear text over a network that is not the user's own? */
export function isExposed(url: string): boolean {
  const parsed = readUrl(url)
  if (parsed === undefined || parsed.protocol === 'https:') return false
  const host = parsed.hostname
  return !isLoopbackHost(host) && !isPrivateHost(host)
}

function isPrivateHost(host: string): boolean {
  return (
    /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host) ||
    /^\[?f[cd][0-9a-f]{2}:/i.test(host) ||
    /^\[?fe80:/i.test(host) ||
    /\.(local|internal|lan|home\.arpa)$/i.test(host) ||
    !host.includes('.')
  )
}
