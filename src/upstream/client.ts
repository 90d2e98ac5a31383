// The only door to the providers: undici pools, one AbortSignal from the agent's socket to the upstream's,
// answers always in plain bytes (a compressed one is unpacked here).

import { pipeline, Readable } from 'node:stream'
import zlib from 'node:zlib'
import type { Dispatcher } from 'undici'
import { HubError } from '../base/errors.js'
import { onceForEach } from '../base/once-for-each.js'
import { openConnections } from './connections.js'
import type { EndSignal } from './end-signal.js'
import { upstreamFailure } from './failure.js'
import { type AnswerBody, type Connection, type IncomingBody, incomingBody } from './incoming-body.js'

export type UpstreamRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly signal: EndSignal
  /** The longest silence allowed, before the head and between two pieces of the body, in ms. */
  readonly silenceMs: number
}

export type UpstreamAnswer = {
  readonly status: number
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Throws HubError `upstream-truncated`, `upstream-timeout` or `canceled`. */
  readonly body: AnswerBody
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

/** Names and values in turn, as they came; names in lower case, what stands twice joined with a comma. */
function flatHeaders(raw: readonly Buffer[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index]?.toString('latin1') ?? '').toLowerCase()
    const value = raw[index + 1]?.toString('latin1') ?? ''
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined
    if (name !== '__proto__') headers[name] = before === undefined ? value : `${before}, ${value}`
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

function unpacked(body: IncomingBody, encoding: string | undefined, host: string): AnswerBody {
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

type Settle = { resolve(answer: UpstreamAnswer): void; reject(error: HubError): void }

/**
 * What undici tells of one request, as its answer or the error in its place. A class, and undici's older and inner face (raw headers, `false`
 * to hold), because closures and wrappers for each request are a tenth of what a small one costs.
 */
class Asking implements Dispatcher.DispatchHandler, Connection {
  private abort: ((error?: Error) => void) | undefined
  private resume: (() => void) | undefined
  private body: IncomingBody | undefined
  private state: 'running' | 'over' = 'running'
  private isHeld = false

  constructor(
    private readonly signal: EndSignal,
    private readonly host: string,
    private readonly settle: Settle,
  ) {
    if (signal.aborted) this.fail(signal.reason)
    else signal.addEventListener('abort', this.stop)
  }

  get isOver(): boolean {
    return this.state === 'over'
  }

  private readonly stop = () => {
    this.fail(this.signal.reason)
    this.abandon()
  }

  abandon(): void {
    this.abort?.(new Error('Nobody reads the answer any more.'))
  }

  hold(): void {
    this.isHeld = true
  }

  release(): void {
    this.isHeld = false
    this.resume?.()
  }

  private end(): void {
    this.state = 'over'
    this.signal.removeEventListener('abort', this.stop)
  }

  private fail(thrown: unknown): void {
    if (this.state === 'over') return
    this.end()
    if (this.body === undefined) this.settle.reject(upstreamFailure(thrown, this.host, 'head'))
    else this.body.end({ type: 'failed', error: upstreamFailure(thrown, this.host, 'body') })
  }

  onConnect(abort: (error?: Error) => void): void {
    this.abort = abort
    if (this.state === 'over') this.abandon()
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    // 1xx only announces the answer.
    if (status < 200 || this.state === 'over') return true
    this.resume = resume
    const body = incomingBody(this)
    this.body = body
    const headers = flatHeaders(raw)
    const encoding = headers['content-encoding']
    if (encoding !== undefined) delete headers['content-encoding']
    try {
      this.settle.resolve({
        status,
        headers,
        body: unpacked(body, encoding, this.host),
        discard: () => body.discard(),
      })
    } catch (thrown) {
      this.settle.reject(upstreamFailure(thrown, this.host, 'head'))
    }
    return true
  }

  onData(chunk: Buffer): boolean {
    this.body?.push(chunk)
    return !this.isHeld
  }

  onComplete(): void {
    this.end()
    this.body?.end({ type: 'whole' })
  }

  onError(thrown: Error): void {
    this.fail(thrown)
  }
}

/** As undici takes them: names and values in turn. */
function headerList(headers: Readonly<Record<string, string>>): string[] {
  const list: string[] = []
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined && name !== 'accept-encoding') list.push(name, value)
  }
  list.push('accept-encoding', 'identity')
  return list
}

/** Each part of a URL is put together when it is asked for, and the same few are asked again and again. */
const partsOf = onceForEach(({ origin, host, pathname, search }: URL) => ({
  origin,
  host,
  path: pathname + search,
}))

function ask(request: UpstreamRequest, pools: Dispatcher, settle: Settle): void {
  const { method, url, headers, body, silenceMs, signal } = request
  const { origin, host, path } = partsOf(url)
  const asking = new Asking(signal, host, settle)
  if (asking.isOver) return
  pools.dispatch(
    {
      origin,
      path,
      method,
      headers: headerList(headers),
      body: body ?? null,
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    },
    asking,
  )
}

export function openUpstreamClient(): UpstreamClient {
  const connections = openConnections()

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const pools = connections.current()
        const sentAt = performance.now()
        const failed = (thrown: HubError) => {
          const isStale = connections.isStale(thrown.cause) && performance.now() - sentAt < STALE_WITHIN_MS
          if (!isStale || request.signal.aborted) {
            reject(thrown)
            return
          }
          connections.renew(pools)
          ask(request, connections.current(), { resolve, reject })
        }
        ask(request, pools, { resolve, reject: failed })
      }),
    forgetIdle: () => connections.renew(),
    close: () => connections.close(),
  }
}

function tooLong(limit: number): HubError {
  return new HubError('upstream-failed', `The provider's answer is larger than ${limit} bytes.`)
}

/** Reads a whole answer, at most `limit` bytes. Throws HubError `upstream-failed` when it is longer. */
export function readAll(body: AnswerBody, limit: number): Promise<Buffer> {
  if (body.whole === undefined) return gathered(body, limit)
  return body.whole(limit).then((whole) => {
    if (whole === undefined) throw tooLong(limit)
    return whole
  })
}

async function gathered(body: AnswerBody, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > limit) throw tooLong(limit)
    pieces.push(piece)
  }
  return Buffer.concat(pieces, size)
}
