// The TCP face: guards, a request id, the endpoint table, one handler each. Nothing else listens on TCP.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { asHubError, HubError } from '../base/errors.js'
import type { Codec } from '../protocol/codec.js'
import type { ProtocolId } from '../protocol/ids.js'
import { type Endpoint, endpointOf, protocolOfPath } from './endpoints.js'
import { guardBrowser } from './guard.js'

export type Handled = {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly endpoint: Endpoint
  readonly path: string
  readonly search: string
  readonly query: URLSearchParams
  readonly requestId: string
}

export type ServerDeps = {
  /** Answers a request whose endpoint is served. */
  handle(handled: Handled): Promise<void>
  codecOf(protocol: ProtocolId): Codec
  newRequestId(): string
  requestHeader(): string
  now(): number
}

/** Agents keep connections for minutes; longer than their own idle limits, so that the hub is never the one to hang up. */
const KEEP_ALIVE_MS = 125_000

function splitUrl(url: string): { path: string; search: string; query: URLSearchParams } {
  const mark = url.indexOf('?')
  const raw = mark < 0 ? url : url.slice(0, mark)
  const search = mark < 0 ? '' : url.slice(mark)
  const path = raw.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  return { path, search, query: new URLSearchParams(search) }
}

function refusal(endpoint: Endpoint, method: string, path: string): HubError | undefined {
  switch (endpoint.type) {
    case 'wrong-method':
      return new HubError('unknown-path', `${method} ${path} is not served.`, {
        hint: `Use ${endpoint.allow}.`,
      })
    case 'gemini':
      return new HubError('unsupported', 'This version of the hub does not answer the Gemini protocol.', {
        hint: 'Use /v1/chat/completions, /v1/responses or /v1/messages.',
      })
    case 'unknown':
      return new HubError('unknown-path', `${method} ${path || '/'} is not served.`, {
        hint: 'The hub answers /v1/chat/completions, /v1/responses, /v1/messages, /anthropic/v1/messages and /v1/models.',
      })
    default:
      return undefined
  }
}

/** An error outside of a model request, in the shape that the path's protocol uses; Gemini paths in Gemini's. */
export function sendError(
  handled: Pick<Handled, 'outgoing' | 'path' | 'requestId' | 'incoming'>,
  deps: ServerDeps,
  error: HubError,
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
  const gemini = path.startsWith('/v1beta') || path.startsWith('/gemini')
  const body = gemini
    ? { error: { code: wire.status, message: error.message, status: 'UNIMPLEMENTED' } }
    : wire.body
  const bytes = Buffer.from(JSON.stringify(body))
  outgoing.writeHead(wire.status, {
    ...wire.headers,
    [deps.requestHeader()]: requestId,
    'content-type': 'application/json',
    'content-length': String(bytes.length),
  })
  outgoing.end(handled.incoming.method === 'HEAD' ? undefined : bytes)
  handled.incoming.resume()
}

async function serveOne(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  deps: ServerDeps,
): Promise<void> {
  const method = incoming.method ?? 'GET'
  const { path, search, query } = splitUrl(incoming.url ?? '/')
  const endpoint = endpointOf(method, path)
  const handled = { incoming, outgoing, endpoint, path, search, query, requestId: deps.newRequestId() }
  try {
    guardBrowser(incoming.headers)
    const refused = refusal(endpoint, method, path)
    if (refused !== undefined) throw refused
    await deps.handle(handled)
  } catch (thrown) {
    sendError(handled, deps, asHubError(thrown))
  }
}

/** Codex falls straight back to POST on this (codex-client §2.2). */
function refuseUpgrade(socket: Duplex, deps: ServerDeps): void {
  const body = '{"error":{"message":"WebSocket is not served; use POST.","type":"invalid_request_error"}}'
  socket.end(
    `HTTP/1.1 426 Upgrade Required\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${deps.requestHeader()}: ${deps.newRequestId()}\r\nconnection: close\r\n\r\n${body}`,
  )
}

/** Not yet listening. */
export function createHubServer(deps: ServerDeps): Server {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, headersTimeout: 60_000 },
    (incoming, outgoing) => {
      // A broken socket shows as 'close' on the answer; an unheard 'error' would end the process.
      incoming.on('error', () => undefined)
      outgoing.on('error', () => undefined)
      void serveOne(incoming, outgoing, deps)
    },
  )
  server.on('upgrade', (_request, socket) => refuseUpgrade(socket, deps))
  server.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  return server
}
