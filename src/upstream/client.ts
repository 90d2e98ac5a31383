// The only door to the providers: undici pools, one AbortSignal from the agent's socket to the upstream's,
// answers always in plain bytes (a compressed one is unpacked here).

import { pipeline, Readable } from 'node:stream'
import zlib from 'node:zlib'
import type { Dispatcher } from 'undici'
import { HubError } from '../base/errors.js'
import { openConnections } from './connections.js'
import { upstreamFailure } from './failure.js'
import { type IncomingBody, incomingBody } from './incoming-body.js'

export type UpstreamRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly signal: AbortSignal
  /** The longest silence allowed, before the head and between two pieces of the body, in ms. */
  readonly silenceMs: number
}

export type UpstreamAnswer = {
  readonly status: number
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Throws HubError `upstream-truncated`, `upstream-timeout` or `canceled`. */
  readonly body: AsyncIterable<Uint8Array>
  /** Throws the answer away and frees its connection. */
  discard(): void
}

export type UpstreamClient = {
  /** Throws HubError `upstream-unreachable`, `upstream-timeout` or `canceled`. */
  send(request: UpstreamRequest): Promise<UpstreamAnswer>
  /** Lets go of kept connections, as after the machine slept; answers that run go on. */
  forgetIdle(): void
  close(): Promise<void>
}

/**
 * A provider that says nothing and hangs up within this time, on a connection that was kept from an earlier answer, had closed
 * it before the request came. Who takes longer may have begun to work on it, so it is not asked again.
 */
const STALE_WITHIN_MS = 1000

const UNPACK: Record<string, () => zlib.Gunzip | zlib.BrotliDecompress | zlib.Inflate> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  br: () => zlib.createBrotliDecompress(),
  deflate: () => zlib.createInflate(),
}

const ignore = () => undefined

/** undici gives names in lower case. */
function flatHeaders(raw: Record<string, string | string[] | undefined>): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}

async function* guarded(body: Readable, host: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk
  } catch (thrown) {
    throw upstreamFailure(thrown, host, 'body')
  }
}

function unpacked(body: IncomingBody, encoding: string | undefined, host: string): AsyncIterable<Uint8Array> {
  if (encoding === undefined || encoding === '' || encoding === 'identity') return body
  const make = UNPACK[encoding.trim().toLowerCase()]
  if (make === undefined) {
    body.discard()
    throw new HubError(
      'upstream-failed',
      `${host} answered in an encoding that was not asked for: ${encoding}.`,
    )
  }
  const plain = make()
  pipeline(Readable.from(body), plain, ignore)
  return guarded(plain, host)
}

/** What undici tells of one request, as the promise of its answer. */
function answered({ signal, url }: UpstreamRequest, ask: (handler: Dispatcher.DispatchHandler) => void) {
  const { host } = url
  return new Promise<UpstreamAnswer>((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let body: IncomingBody | undefined
    let over = false
    const abandon = () => controller?.abort(new Error('Nobody reads the answer any more.'))
    const settle = () => {
      over = true
      signal.removeEventListener('abort', stop)
    }
    const fail = (thrown: unknown) => {
      if (over) return
      settle()
      if (body === undefined) reject(upstreamFailure(thrown, host, 'head'))
      else body.end({ type: 'failed', error: upstreamFailure(thrown, host, 'body') })
    }
    const stop = () => {
      fail(signal.reason)
      abandon()
    }
    if (signal.aborted) {
      fail(signal.reason)
      return
    }
    signal.addEventListener('abort', stop)
    ask({
      onRequestStart(current) {
        controller = current
        if (over) abandon()
      },
      onResponseStart(current, status, raw) {
        // 1xx only announces the answer.
        if (status < 200 || over) return
        const opened = incomingBody({ hold: () => current.pause(), release: () => current.resume(), abandon })
        body = opened
        const headers = flatHeaders(raw)
        const { 'content-encoding': encoding, ...plain } = headers
        try {
          resolve({
            status,
            headers: plain,
            body: unpacked(opened, encoding, host),
            discard: () => opened.discard(),
          })
        } catch (thrown) {
          reject(upstreamFailure(thrown, host, 'head'))
        }
      },
      onResponseData: (_current, chunk) => body?.push(chunk),
      onResponseEnd() {
        settle()
        body?.end({ type: 'whole' })
      },
      onResponseError: (_current, thrown) => fail(thrown),
    })
  })
}

export function openUpstreamClient(): UpstreamClient {
  const connections = openConnections()

  function ask(request: UpstreamRequest, pools: Dispatcher): Promise<UpstreamAnswer> {
    const { method, url, headers, body, silenceMs } = request
    const options = {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      body: body ?? null,
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    }
    return answered(request, (handler) => pools.dispatch(options, handler))
  }

  return {
    async send(request) {
      const pools = connections.current()
      const sentAt = performance.now()
      try {
        return await ask(request, pools)
      } catch (thrown) {
        const cause = thrown instanceof HubError ? thrown.cause : thrown
        const isStale = connections.isStale(cause) && performance.now() - sentAt < STALE_WITHIN_MS
        if (!isStale || request.signal.aborted) throw thrown
        connections.renew(pools)
        return ask(request, connections.current())
      }
    },
    forgetIdle: () => connections.renew(),
    close: () => connections.close(),
  }
}

/** Reads a whole answer, at most `limit` bytes. Throws HubError `upstream-failed` when it is longer. */
export async function readAll(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > limit)
      throw new HubError('upstream-failed', `The provider's answer is larger than ${limit} bytes.`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces, size)
}
