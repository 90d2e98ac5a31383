// The TCP face: guards, a request id, the endpoint table, one handler each. Nothing else listens on TCP.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { asHubError, HubError } from '../base/errors.js'
import type { Codec } from '../protocol/codec.js'
import type { ProtocolId } from '../protocol/ids.js'
import { type Endpoint, endpointOf, protocolOfPath } from './endpoints.js'
import { guardBrowser, guardFraming } from './guard.js'
import { namesHubKey } from './hub-key-form.js'
import { requestIdHeader } from './request-id.js'
import { guardUploads } from './upload-guard.js'

export type Handled = {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly endpoint: Endpoint
  readonly path: string
  readonly search: string
  /** Reads what `search` was before the hub's own key was taken out. */
  query(): URLSearchParams
  readonly requestId: string
}

export type ServerDeps = {
  /** Answers a request whose endpoint is served. */
  handle(handled: Handled): Promise<void> | void
  codecOf(protocol: ProtocolId): Codec
  newRequestId(): string
  requestHeader(): string
  now(): number
  /** Whether a host other than loopback means this hub on that connection. */
  isOwnName?(host: string, socket: unknown): boolean
}

export type ServerLimits = {
  /** The longest that the head of a request may take, ms. */
  readonly headMs: number
  /** The longest silence inside the body of a request, ms. */
  readonly bodySilenceMs: number
  /** The longest that a whole request may take to arrive, ms; an answer may take as long as it likes. */
  readonly requestMs: number
}

/**
 * An agent on this machine sends a request within milliseconds; one behind a tunnel, a body of megabytes, needs minutes, and
 * some clients open a connection before they have anything to say.
 */
const LIMITS: ServerLimits = { headMs: 30_000, bodySilenceMs: 30_000, requestMs: 300_000 }

/** Agents keep connections for minutes; longer than their own idle limits, so that the hub is never the one to hang up. */
const KEEP_ALIVE_MS = 125_000

function splitUrl(url: string): Pick<Handled, 'path' | 'search' | 'query'> {
  const mark = url.indexOf('?')
  const raw = mark < 0 ? url : url.slice(0, mark)
  const search = mark < 0 ? '' : withoutKey(url.slice(mark))
  const path = raw.includes('//') || raw.endsWith('/') ? raw.replace(/\/{2,}/g, '/').replace(/\/$/, '') : raw
  return { path, search, query: () => new URLSearchParams(mark < 0 ? '' : url.slice(mark)) }
}

/** The query as it goes up: `key` is where a client may have put the hub's own key, and it may stand elsewhere too. */
function withoutKey(search: string): string {
  const kept = search
    .slice(1)
    .split('&')
    .filter((part) => !/^key(=|$)/i.test(unescaped(part)) && !namesHubKey(unescaped(part)))
  return kept.length === 0 || kept[0] === '' ? '' : `?${kept.join('&')}`
}

/** As the provider will read it; what is no escape stays as it is. */
function unescaped(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** An error, and what HTTP says of it where that is not what the protocol's own table says. */
type Refusal = {
  readonly error: HubError
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

function refusal(endpoint: Endpoint, method: string, path: string): Refusal | undefined {
  switch (endpoint.type) {
    case 'wrong-method': {
      const { allow } = endpoint
      const error = new HubError('unknown-path', `${method} ${path} is not served.`, {
        hint: `Use ${allow}.`,
      })
      return { error, status: 405, headers: { allow } }
    }
    case 'unknown':
      return {
        error: new HubError('unknown-path', `${method} ${path || '/'} is not served.`, {
          hint: 'The hub answers /v1/chat/completions, /v1/responses, /v1/messages, /anthropic/v1/messages, /v1beta/models/… and /v1/models.',
        }),
      }
    default:
      return undefined
  }
}

/** An error outside of a model request, in the shape that the path's protocol uses. */
function sendError(
  handled: Pick<Handled, 'outgoing' | 'path' | 'requestId' | 'incoming'>,
  deps: ServerDeps,
  { error, status: own, headers }: Refusal,
): void {
  const { outgoing, path, requestId } = handled
  if (outgoing.headersSent) {
    outgoing.destroy()
    return
  }
  const wire = deps.codecOf(protocolOfPath(path)).server.encodeError(error, {
    model: '',
    requestId,
    newId: (prefix) => prefix + requestId,
    nowSeconds: Math.floor(deps.now() / 1000),
    stream: false,
  })
  const status = own ?? wire.status
  const bytes = Buffer.from(JSON.stringify(wire.body))
  outgoing.writeHead(status, {
    ...wire.headers,
    ...headers,
    ...requestIdHeader(handled.incoming.headers, deps.requestHeader(), requestId),
    'content-type': 'application/json',
    'content-length': String(bytes.length),
  })
  outgoing.end(handled.incoming.method === 'HEAD' ? undefined : bytes)
  handled.incoming.resume()
}

function serveOne(incoming: IncomingMessage, outgoing: ServerResponse, deps: ServerDeps): void {
  const method = incoming.method ?? 'GET'
  const { path, search, query } = splitUrl(incoming.url ?? '/')
  const endpoint = endpointOf(method, path)
  const handled = { incoming, outgoing, endpoint, path, search, query, requestId: deps.newRequestId() }
  const failed = (thrown: unknown) => sendError(handled, deps, { error: asHubError(thrown) })
  try {
    guardFraming(incoming)
    guardBrowser(incoming.headers, (host) => deps.isOwnName?.(host, incoming.socket) ?? false)
    const refused = refusal(endpoint, method, path)
    if (refused !== undefined) sendError(handled, deps, refused)
    else deps.handle(handled)?.catch(failed)
  } catch (thrown) {
    failed(thrown)
  }
}

/** Codex falls straight back to POST on this (docs/clients.md). */
function refuseUpgrade(socket: Duplex, deps: ServerDeps): void {
  // The HTTP server has let go of this socket: an unheard 'error' (the asker resets it) would end the process.
  socket.on('error', () => socket.destroy())
  socket.on('finish', () => socket.destroy())
  socket.resume()
  const body = '{"error":{"message":"WebSocket is not served; use POST.","type":"invalid_request_error"}}'
  socket.end(
    `HTTP/1.1 426 Upgrade Required\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${deps.requestHeader()}: ${deps.newRequestId()}\r\nconnection: close\r\n\r\n${body}`,
  )
}

/** node:http forgets an answer that waits behind another (pipelined requests) when their connection dies: it is told here. */
function closeWithConnection({ socket }: IncomingMessage, outgoing: ServerResponse): void {
  const close = () => {
    outgoing.destroy()
    outgoing.emit('close')
  }
  socket.setMaxListeners(0).once('close', close)
  outgoing.once('socket', () => socket.off('close', close))
}

const ignore = () => undefined

/** Not yet listening. */
export function createHubServer(deps: ServerDeps, limits: ServerLimits = LIMITS): Server {
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      requestTimeout: limits.requestMs,
      headersTimeout: limits.headMs,
      connectionsCheckingInterval: Math.min(2000, limits.headMs),
      // Whatever NODE_OPTIONS says.
      insecureHTTPParser: false,
      maxHeaderSize: 16 * 1024,
    },
    (incoming, outgoing) => {
      // A broken socket shows as 'close' on the answer; an unheard 'error' would end the process.
      incoming.on('error', ignore)
      outgoing.on('error', ignore)
      uploads.watch(incoming, outgoing)
      if (outgoing.socket === null) closeWithConnection(incoming, outgoing)
      serveOne(incoming, outgoing, deps)
    },
  )
  server.on('upgrade', (_request, socket) => refuseUpgrade(socket, deps))
  const uploads = guardUploads(server, limits.bodySilenceMs)
  return server
}
