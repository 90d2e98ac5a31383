// What must not get in: a web page that reaches the hub through another name (Host) or from another site (Origin), and a
// request that two readers could read as two different ones. Nothing here sends CORS headers, so no page can read an answer.

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { HubError } from '../base/errors.js'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|\[0:0:0:0:0:0:0:1\])(:\d+)?$/i

function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host)
}

function withoutPort(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
}

/**
 * Throws HubError `permission` for a foreign Host or Origin. `isOwnName`: whether a host other than loopback is this hub for who
 * asks here, which only a hub that lets other machines in has (front.ts).
 */
export function guardBrowser(headers: IncomingHttpHeaders, isOwnName?: (host: string) => boolean): void {
  const host = headers.host
  if (host === undefined || !(isLoopbackHost(host) || isOwnName?.(withoutPort(host)) === true)) {
    throw new HubError('permission', 'The Host header names another machine.', {
      hint: 'Use http://127.0.0.1 as the address of the hub.',
    })
  }
  const origin = headers.origin
  if (origin === undefined) return
  const match = /^https?:\/\/(.+)$/i.exec(origin)
  if (match?.[1] === undefined || !isLoopbackHost(match[1])) {
    throw new HubError('permission', 'Requests from web pages of other sites are refused.', {
      hint: 'The hub answers programs, not pages.',
    })
  }
}

/** Node keeps the first of these and drops the others, another reader may keep the last (RFC 9110 §5.3). */
const ONCE = ['host', 'content-length', 'transfer-encoding', 'authorization', 'x-axonhub-key']
const LENGTHS_OF_ONCE = new Set(ONCE.map(({ length }) => length))

/** Names and values in turn. Every request passes here, and most names are told apart by their length alone. */
function repeated(rawHeaders: readonly string[]): string | undefined {
  const seen: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] ?? ''
    if (!LENGTHS_OF_ONCE.has(raw.length)) continue
    const name = raw.toLowerCase()
    if (!ONCE.includes(name)) continue
    if (seen.includes(name)) return name
    seen.push(name)
  }
  return undefined
}

/**
 * Node's parser refuses most of what is ambiguous (both lengths, folded lines, bare line ends); this is the rest.
 * Throws HubError `invalid-request`.
 */
export function guardFraming(
  incoming: Pick<IncomingMessage, 'rawHeaders' | 'headers' | 'httpVersion' | 'url'>,
): void {
  const twice = repeated(incoming.rawHeaders)
  if (twice !== undefined) {
    throw new HubError('invalid-request', `The header ${twice} stands in the request more than once.`, {
      hint: 'Send it once.',
    })
  }
  const coding = incoming.headers['transfer-encoding']?.trim().toLowerCase()
  if (coding !== undefined && (coding !== 'chunked' || incoming.httpVersion !== '1.1')) {
    throw new HubError(
      'invalid-request',
      `The transfer-encoding cannot be read in HTTP/${incoming.httpVersion}.`,
      {
        hint: 'Send a content-length, or chunked in HTTP/1.1.',
      },
    )
  }
  if (incoming.url?.startsWith('/') === false) {
    throw new HubError('invalid-request', 'The hub is no proxy: the request names a whole address.', {
      hint: 'Ask for the path alone, at the address of the hub.',
    })
  }
}
