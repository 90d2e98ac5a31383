// A scripted provider on a loopback port: it plays scripts, refuses what the real provider would refuse, and
// remembers every exchange, so that a test can say what the provider saw.

import { Buffer } from 'node:buffer'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { flag, isObject, type JsonObject, parseJson } from '../../../src/base/json.js'
import type { Fault } from './fault.js'
import { type Conversation, lossesOf, type Place, placeOf } from './history.js'
import type { Answer, AnswerContext, Provider } from './provider.js'
import { callFor, type Script } from './script.js'
import { type Sealer, sealer } from './seal.js'
import { sendPlain, sendStream } from './send.js'

type Exchange = {
  readonly kind:
    | 'step'
    | 'title'
    | 'judge'
    | 'summary'
    | 'count'
    | 'models'
    | 'probe'
    | 'fault'
    | 'refused'
    | 'unknown'
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: JsonObject
  /** What the real provider would have refused, and what the history lost; empty when all was right. */
  readonly violations: readonly string[]
  /** Milliseconds since the epoch; `closedEarly` when the client hung up before the answer was over. */
  readonly at: number
  readonly closedEarly: Promise<boolean>
}

export type UpstreamOptions = {
  readonly provider: Provider
  readonly scripts: readonly Script[]
  /** The folder that the agent works in; absolute paths of calls are made from it. */
  readonly folder: string
  /** The secret that binds reasoning to this maker; another secret is another account. */
  readonly secret?: string
  /** Tells apart several servers that share a secret, as those of one maker do. */
  readonly server?: string
  readonly models?: readonly string[]
}

export type Upstream = {
  /** What a client is configured with as the base URL of this protocol. */
  readonly baseUrl: string
  readonly exchanges: readonly Exchange[]
  /** All violations so far, one line each. */
  violations(): string[]
  /** The exchanges that answered a step of a script. */
  steps(): Exchange[]
  /** Lets the next generate request, or several, meet a fault. */
  fail(fault: Fault, times?: number): void
  close(): Promise<void>
}

type State = {
  readonly options: UpstreamOptions
  readonly sealer: Sealer
  readonly exchanges: Exchange[]
  readonly faults: Fault[]
}

/** Starts the server on a free loopback port. */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const state: State = {
    options,
    sealer: sealer(options.secret ?? 'scripted', options.server),
    exchanges: [],
    faults: [],
  }
  const server = createServer((request, response) => {
    respond(state, request, response).catch((error: unknown) => {
      sendPlain(response, 500, { error: { message: String(error) } })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    baseUrl: `http://127.0.0.1:${port}${options.provider.basePath}`,
    exchanges: state.exchanges,
    violations: () =>
      state.exchanges.flatMap((exchange, at) =>
        exchange.violations.map((violation) => `#${at} ${violation}`),
      ),
    steps: () => state.exchanges.filter((exchange) => exchange.kind === 'step'),
    fail(fault, times = 1) {
      for (let count = 0; count < times; count += 1) state.faults.push(fault)
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function respond(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await bodyOf(request)
  const { provider } = state.options
  const method = request.method ?? 'GET'
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const parsed = parseJson(decoded(bytes, request.headers['content-encoding']).toString('utf8'))
  const sent = isObject(parsed) ? parsed : {}
  const body = provider.asked?.(sent, path) ?? sent
  const closedEarly = new Promise<boolean>((resolve) => {
    response.once('close', () => resolve(!response.writableFinished))
  })
  const record = (kind: Exchange['kind'], violations: readonly string[] = []) =>
    state.exchanges.push({
      kind,
      method,
      path,
      headers: request.headers,
      body,
      violations,
      at: Date.now(),
      closedEarly,
    })
  switch (provider.operationOf(method, path)) {
    case 'generate':
      return generate(state, { body, bytes: bytes.length, headers: request.headers }, record, response)
    case 'count':
      record('count')
      return sendPlain(response, 200, { input_tokens: tokensOf(bytes.length) })
    case 'models':
      record('models')
      return sendPlain(response, 200, provider.models(state.options.models ?? []))
    case 'probe':
      record('probe')
      return sendPlain(response, 200, '')
    default:
      record('unknown', [`${method} ${path} is not of this provider`])
      return sendPlain(response, 404, provider.errorBody(404, `Invalid URL (${method} ${path})`))
  }
}

type Asked = { readonly body: JsonObject; readonly bytes: number; readonly headers: IncomingHttpHeaders }

async function generate(
  state: State,
  asked: Asked,
  record: (kind: Exchange['kind'], violations?: readonly string[]) => void,
  response: ServerResponse,
): Promise<void> {
  const { provider, scripts, folder } = state.options
  const fault = state.faults.shift()
  const refusals = provider.validate(asked.body, asked.headers, state.sealer)
  const now = Math.floor(Date.now() / 1000)
  const headers = provider.headers({ sealer: state.sealer, body: asked.body, now })
  const [first] = refusals
  if (first !== undefined) {
    record('refused', refusals)
    return sendPlain(response, 400, provider.errorBody(400, first), headers)
  }
  const conversation = provider.read(asked.body, state.sealer)
  const place = placeOf(conversation, scripts)
  const spoken = speak(place, conversation, folder)
  const losses = place.type === 'step' ? lossesOf(conversation, scripts, folder) : []
  record(fault?.type === 'answer' ? 'fault' : spoken.kind, [...losses, ...spoken.violations])
  const context: AnswerContext = {
    body: asked.body,
    sealer: state.sealer,
    now,
    tokens: usageOf(asked.bytes, spoken.answer, conversation),
  }
  if (flag(asked.body, 'stream') === true) {
    return sendStream(response, provider.stream(spoken.answer, context), headers, fault)
  }
  if (fault?.type === 'answer') {
    return sendPlain(response, fault.status, fault.body, { ...headers, ...fault.headers })
  }
  return sendPlain(response, 200, provider.whole(spoken.answer, context), headers)
}

type Spoken = {
  readonly kind: Exchange['kind']
  readonly answer: Answer
  readonly violations: readonly string[]
}

const SUMMARY = '<analysis>Little was said.</analysis><summary>The user greeted the model.</summary>'

/** The model's words for a place in the script. */
function speak(place: Place, conversation: Conversation, folder: string): Spoken {
  switch (place.type) {
    case 'title':
      return { kind: 'title', answer: { text: '{"title":"Scripted task"}', calls: [] }, violations: [] }
    case 'judge':
      return { kind: 'judge', answer: { text: '<severity>5</severity>', calls: [] }, violations: [] }
    case 'summary':
      return { kind: 'summary', answer: { text: SUMMARY, calls: [] }, violations: [] }
    case 'lost':
      return { kind: 'unknown', answer: { text: place.why, calls: [] }, violations: [place.why] }
    case 'step': {
      const calls = place.step.calls.map((call) => callFor(call.intent, conversation.tools, folder))
      const missing = place.step.calls.filter((_, at) => calls[at] === undefined)
      return {
        kind: 'step',
        answer: { ...place.step, calls: calls.filter((call) => call !== undefined) },
        violations: missing.map((call) => `no tool was offered that can ${call.intent.type}`),
      }
    }
  }
}

function usageOf(bytes: number, answer: Answer, conversation: Conversation): AnswerContext['tokens'] {
  const input = tokensOf(bytes)
  const thinking = tokensOf((answer.thinking ?? '').length)
  const said = (answer.text ?? '').length + JSON.stringify(answer.calls).length
  const later = conversation.turns.some((turn) => turn.type === 'assistant')
  return { input, cached: later ? Math.floor(input * 0.8) : 0, output: thinking + tokensOf(said), thinking }
}

function tokensOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 4))
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function decoded(bytes: Buffer, encoding: string | undefined): Buffer {
  switch (encoding) {
    case 'gzip':
      return gunzipSync(bytes)
    case 'br':
      return brotliDecompressSync(bytes)
    case 'deflate':
      return inflateSync(bytes)
    default:
      return bytes
  }
}
