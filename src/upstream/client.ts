// The only door to the providers: undici pools, one AbortSignal from the agent's socket to the upstream's,
// answers always in plain bytes (a compressed one is unpacked here).

import type { Readable } from 'node:stream'
import zlib from 'node:zlib'
import { Agent } from 'undici'
import { HubError } from '../base/errors.js'
import { upstreamFailure } from './failure.js'

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
  close(): Promise<void>
}

const UNPACK: Record<string, () => NodeJS.ReadWriteStream & Readable> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  br: () => zlib.createBrotliDecompress(),
  deflate: () => zlib.createInflate(),
}

const ignore = () => undefined

function flatHeaders(raw: Record<string, string | string[] | undefined>): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
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

function unpacked(body: Readable, encoding: string | undefined, host: string): Readable {
  if (encoding === undefined || encoding === '' || encoding === 'identity') return body
  const make = UNPACK[encoding.trim().toLowerCase()]
  if (make === undefined) {
    body.on('error', ignore).destroy()
    throw new HubError(
      'upstream-failed',
      `${host} answered in an encoding that was not asked for: ${encoding}.`,
    )
  }
  const plain = make()
  // Nobody may read it any more when it breaks, and an unheard 'error' would end the process.
  plain.on('error', ignore)
  body.on('error', (error) => plain.destroy(error))
  plain.on('close', () => body.destroy())
  return body.pipe(plain)
}

export function openUpstreamClient(): UpstreamClient {
  const agent = new Agent({
    connections: 256,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    connect: { timeout: 10_000 },
  })
  return {
    async send({ method, url, headers, body, signal, silenceMs }) {
      const host = url.host
      try {
        const answer = await agent.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers: { ...headers, 'accept-encoding': 'identity' },
          body: body ?? null,
          signal,
          headersTimeout: silenceMs,
          bodyTimeout: silenceMs,
        })
        const flat = flatHeaders(answer.headers)
        const plain = unpacked(answer.body, flat['content-encoding'], host)
        delete flat['content-encoding']
        return {
          status: answer.statusCode,
          headers: flat,
          body: guarded(plain, host),
          discard: () => {
            answer.body.on('error', ignore).destroy()
          },
        }
      } catch (thrown) {
        throw upstreamFailure(thrown, host, 'head')
      }
    },
    close: () => agent.destroy(),
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
