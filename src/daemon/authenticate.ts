// Who asks: the hub's key out of a request's headers. Which header it stood in decides whether the
// agent's own `Authorization` is a login that may be forwarded.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { HubError } from '../base/errors.js'

/** sha256 of the key, hex → its name. */
export type KeyRing = ReadonlyMap<string, string>

export type Caller = {
  readonly keyName: string
  /** The key as it was shown, so that nothing that holds it goes up with the request; absent where nobody showed one. */
  readonly shownKey?: string
  /** The agent's own credential, when the hub's key came in `X-AxonHub-Key`; forwarded only where it belongs. */
  readonly login?: Readonly<Record<string, string>>
}

const HINT = 'Run "axonhub token" to see the key, or "axonhub init" to write it where the agent reads it.'

/** Headers by which the agents send their own login, beside Authorization. */
const LOGIN_HEADERS = ['authorization', 'x-api-key', 'chatgpt-account-id', 'originator', 'openai-beta']

function single(value: string | string[] | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value
  const trimmed = first?.trim()
  return trimmed === undefined || trimmed === '' ? undefined : trimmed
}

function bare(authorization: string | undefined): string | undefined {
  return authorization?.replace(/^(bearer|token|api-key)\s+/i, '')
}

/** Every credential that was offered, in the order of the contract (§3). Several may be present at once. */
function offered(headers: IncomingHttpHeaders, queryKey: string | undefined): string[] {
  const candidates = [
    bare(single(headers.authorization)),
    single(headers['x-api-key']),
    single(headers['api-key']),
    single(headers['x-goog-api-key']),
    queryKey,
  ]
  return candidates.filter((value): value is string => value !== undefined)
}

/** Takes as long for a key that is almost right as for any other, whichever of the ring it is. */
function nameOf(ring: KeyRing, key: string): string | undefined {
  const digest = createHash('sha256').update(key).digest()
  let found: string | undefined
  for (const [hash, name] of ring) {
    const known = Buffer.from(hash, 'hex')
    if (known.length === digest.length && timingSafeEqual(known, digest)) found = name
  }
  return found
}

/** Whether nothing of it is the hub's own key, alone or inside. */
function isForeign(value: string, shownKey: string, ring: KeyRing): boolean {
  return !value.includes(shownKey) && nameOf(ring, bare(value) ?? '') === undefined
}

/** Throws HubError `authentication` when no known key was sent. */
export function authenticate(
  headers: IncomingHttpHeaders,
  queryKey: string | undefined,
  ring: KeyRing,
): Caller {
  const own = single(headers['x-axonhub-key'])
  if (own !== undefined) {
    const keyName = nameOf(ring, own)
    if (keyName === undefined)
      throw new HubError('authentication', 'The key in X-AxonHub-Key is not known to this hub.', {
        hint: HINT,
      })
    const login: Record<string, string> = {}
    for (const name of LOGIN_HEADERS) {
      const value = single(headers[name])
      // An agent that sends the hub's key there as well has no login of its own: the key must not leave the hub.
      if (value !== undefined && isForeign(value, own, ring)) login[name] = value
    }
    return login['authorization'] === undefined && login['x-api-key'] === undefined
      ? { keyName, shownKey: own }
      : { keyName, shownKey: own, login }
  }
  const keys = offered(headers, queryKey)
  for (const key of keys) {
    const keyName = nameOf(ring, key)
    if (keyName !== undefined) return { keyName, shownKey: key }
  }
  const message =
    keys.length === 0 ? 'This hub wants a key with every request.' : 'The key is not known to this hub.'
  throw new HubError('authentication', message, { hint: HINT })
}

/** All that `authenticate` looks at. */
const LOOKED_AT = ['x-axonhub-key', ...LOGIN_HEADERS, 'api-key', 'x-goog-api-key']

type Shown = { readonly ring: KeyRing; readonly headers: IncomingHttpHeaders; readonly caller: Caller }

const shownOn = new WeakMap<Socket, Shown>()

/**
 * As `authenticate`. A connection that shows just what it showed before is known by that, for as long as the keys are the same:
 * nobody learns by it what he did not say himself, and nothing is hashed.
 */
export function authenticateOn(
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  queryKey: string | undefined,
  ring: KeyRing,
): Caller {
  if (queryKey !== undefined) return authenticate(headers, queryKey, ring)
  const before = shownOn.get(socket)
  if (before?.ring === ring && LOOKED_AT.every((name) => headers[name] === before.headers[name]))
    return before.caller
  const caller = authenticate(headers, undefined, ring)
  const looked = Object.fromEntries(LOOKED_AT.map((name) => [name, headers[name]]))
  shownOn.set(socket, { ring, headers: looked, caller })
  return caller
}
