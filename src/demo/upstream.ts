// A small upstream inside the package: four protocols over loopback, a scripted model, a human pace, usage and rate-limit
// headers. It stands on the same codecs as the hub, in the role of a provider.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { asHubError, HubError } from '../base/errors.js'
import { isObject, parseJson } from '../base/json.js'
import type { Codec, EncodeContext } from '../protocol/codec.js'
import type { ProtocolId } from '../protocol/ids.js'
import { collect } from '../protocol/ir/collect.js'
import type { IrEvent } from '../protocol/ir/event.js'
import type { IrRequest } from '../protocol/ir/request.js'
import { codecOf } from '../protocol/registry.js'
import { formatSse } from '../protocol/sse/format.js'
import { demoEvents } from './events.js'
import { demoAnswer } from './script.js'

export type DemoOptions = {
  readonly newId: (prefix: string) => string
  readonly clock: { now(): number }
  /** Pause between two words, ms. */
  readonly paceMs?: number
}

export type DemoUpstream = { readonly baseUrl: string; close(): Promise<void> }

/** Gemini's path names the model. */
const GEMINI = /^\/v1beta\/models\/([^:]+):(stream)?[gG]enerateContent$/

const PATHS: Readonly<Record<string, ProtocolId>> = {
  '/v1/chat/completions': 'openai-chat',
  '/v1/responses': 'openai-responses',
  '/v1/messages': 'anthropic-messages',
}

export const DEMO_MODELS = ['demo-large', 'demo-small'] as const

const PACE_MS = 25

/** What a provider would say of its limits, in its own headers. */
function limitHeaders(protocol: ProtocolId, nowSeconds: number): Record<string, string> {
  if (protocol === 'anthropic-messages') {
    return {
      'anthropic-ratelimit-requests-limit': '1000',
      'anthropic-ratelimit-requests-remaining': '999',
      'anthropic-ratelimit-requests-reset': new Date((nowSeconds + 60) * 1000).toISOString(),
    }
  }
  return {
    'x-ratelimit-limit-requests': '1000',
    'x-ratelimit-remaining-requests': '999',
    'x-ratelimit-reset-requests': '60s',
  }
}

async function readJson(incoming: IncomingMessage): Promise<ReturnType<typeof parseJson>> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(Buffer.from(piece))
  return parseJson(Buffer.concat(pieces).toString('utf8'))
}

type Turn = {
  readonly codec: Codec
  readonly request: IrRequest
  readonly events: readonly IrEvent[]
  readonly context: EncodeContext
  readonly headers: Readonly<Record<string, string>>
  readonly paceMs: number
}

async function stream(outgoing: ServerResponse, turn: Turn): Promise<void> {
  const encoder = turn.codec.server.encodeStream(turn.context, [])
  outgoing.writeHead(200, {
    ...turn.headers,
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
  })
  for (const event of turn.events) {
    if (outgoing.destroyed) return
    outgoing.write(encoder.push(event).map(formatSse).join(''))
    if (event.type.endsWith('-delta')) await sleep(turn.paceMs)
  }
  outgoing.end(encoder.end().map(formatSse).join(''))
}

function whole(outgoing: ServerResponse, turn: Turn): void {
  const { value } = turn.codec.server.encodeResponse(collect(turn.events), turn.context)
  outgoing.writeHead(200, { ...turn.headers, 'content-type': 'application/json' })
  outgoing.end(JSON.stringify(value))
}

function models(outgoing: ServerResponse): void {
  const data = DEMO_MODELS.map((id) => ({ id, object: 'model', created: 0, owned_by: 'demo' }))
  outgoing.writeHead(200, { 'content-type': 'application/json' })
  outgoing.end(JSON.stringify({ object: 'list', data }))
}

function noSuchPath(path: string): HubError {
  return new HubError('unknown-path', `The demo upstream does not answer ${path}.`, {
    hint: 'It answers /v1/chat/completions, /v1/responses, /v1/messages and /v1beta/models/….',
  })
}

function refuse(outgoing: ServerResponse, codec: Codec, error: HubError, options: DemoOptions): void {
  const wire = codec.server.encodeError(error, {
    model: '',
    requestId: options.newId('demo-'),
    newId: options.newId,
    nowSeconds: Math.floor(options.clock.now() / 1000),
    stream: false,
  })
  outgoing.writeHead(wire.status, { ...wire.headers, 'content-type': 'application/json' })
  outgoing.end(JSON.stringify(wire.body))
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: DemoOptions,
): Promise<void> {
  const path = (incoming.url ?? '/').split('?')[0] ?? '/'
  const nowSeconds = Math.floor(options.clock.now() / 1000)
  const named = GEMINI.exec(path)
  const protocol = named === null ? PATHS[path] : 'gemini'
  if (protocol === undefined) {
    if (path === '/v1/models') models(outgoing)
    else refuse(outgoing, codecOf('openai-chat'), noSuchPath(path), options)
    return
  }
  const codec = codecOf(protocol)
  try {
    const body = await readJson(incoming)
    if (!isObject(body)) throw new HubError('invalid-request', 'The body is not a JSON object.')
    const fields = named === null ? {} : { model: named[1] ?? '', stream: named[2] !== undefined }
    const { value: request } = codec.server.decodeRequest({ ...body, ...fields })
    const turn: Turn = {
      codec,
      request,
      events: demoEvents(request, demoAnswer(request), options.newId),
      context: { request, model: request.model, newId: options.newId, nowSeconds },
      headers: { ...limitHeaders(protocol, nowSeconds), 'x-request-id': options.newId('demo-') },
      paceMs: options.paceMs ?? PACE_MS,
    }
    if (request.stream) await stream(outgoing, turn)
    else whole(outgoing, turn)
  } catch (thrown) {
    refuse(outgoing, codec, asHubError(thrown), options)
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** Starts the upstream on a free loopback port. */
export async function startDemoUpstream(options: DemoOptions): Promise<DemoUpstream> {
  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined)
    void answer(incoming, outgoing, options)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { baseUrl: `http://127.0.0.1:${port}`, close: () => closed(server) }
}
