// A provider for the test of channels: the protocols, validators and streams are the scripted providers', the model
// behind them understands the probe's questions by their words and can be given faults.

import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { isObject, type JsonObject, object, objects, parseJson, text } from '../../src/base/json.js'
import type { SseEvent } from '../../src/protocol/sse/event.js'
import { formatSse } from '../../src/protocol/sse/format.js'
import type { Conversation } from '../support/upstream/history.js'
import type { Answer, AnswerContext, Provider } from '../support/upstream/provider.js'
import type { ToolCall } from '../support/upstream/script.js'
import { type Sealer, sealer } from '../support/upstream/seal.js'
import { sendPlain } from '../support/upstream/send.js'

/** What is wrong with the model or its provider. */
export type Fault =
  | 'ignores-tools'
  | 'one-call-at-a-time'
  | 'whole-answers'
  | 'whole-arguments'
  | 'broken-arguments'
  | 'no-thinking'
  | 'refuses-second-turn'
  | 'refuses-images'
  | 'blind'
  | 'prose-for-schema'
  | 'no-usage'
  | 'tiny-usage'
  | 'no-cache'
  | 'computes-on'
  | 'no-list'
  | 'no-count'
  | 'refuses-key'
  | 'rate-limits-tools'
  | 'refuses-parallel-field'

export type Model = {
  readonly baseUrl: string
  /** What the protocol's own validator had to say against the requests. */
  readonly violations: readonly string[]
  readonly paths: readonly string[]
  /** How many clients hung up before their answer was over. */
  hangUps(): number
  close(): Promise<void>
}

export const MODEL = 'scripted-1'

type State = {
  readonly provider: Provider
  readonly faults: ReadonlySet<Fault>
  readonly key: string | undefined
  readonly sealer: Sealer
  readonly violations: string[]
  readonly paths: string[]
  hangUps: number
  busyUntil: number
}

/** `key`: the only one that it takes; default: any. */
export async function startModel(
  provider: Provider,
  faults: readonly Fault[] = [],
  key?: string,
): Promise<Model> {
  const state: State = {
    provider,
    faults: new Set(faults),
    key,
    sealer: sealer('probe'),
    violations: [],
    paths: [],
    hangUps: 0,
    busyUntil: 0,
  }
  const server = createServer((request, response) => {
    respond(state, request, response).catch((thrown: unknown) => {
      state.violations.push(String(thrown))
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    baseUrl: `http://127.0.0.1:${port}${provider.basePath}`,
    violations: state.violations,
    paths: state.paths,
    hangUps: () => state.hangUps,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

async function respond(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { provider, faults } = state
  const bytes = await bodyOf(request)
  const path = request.url ?? '/'
  const parsed = parseJson(bytes.toString('utf8'))
  const body = isObject(parsed) ? parsed : {}
  state.paths.push(path)
  const refuse = (status: number, message: string) =>
    sendPlain(response, status, provider.errorBody(status, message))
  const isOther = state.key !== undefined && request.headers.authorization !== `Bearer ${state.key}`
  if (isOther || faults.has('refuses-key')) return refuse(401, 'Incorrect API key provided.')
  switch (provider.operationOf(request.method ?? 'GET', path)) {
    case 'models':
      return faults.has('no-list')
        ? refuse(404, 'Not found')
        : sendPlain(response, 200, provider.models([MODEL, 'scripted-2']))
    case 'count':
      return faults.has('no-count')
        ? refuse(404, 'Not found')
        : sendPlain(response, 200, { input_tokens: tokens(bytes) })
    case 'generate': {
      const [violation] = provider.validate(body, request.headers, state.sealer)
      if (violation !== undefined) state.violations.push(violation)
      if (violation !== undefined) return refuse(400, violation)
      return generate(state, { body, bytes, response }, refuse)
    }
    default:
      return refuse(404, `No ${path}`)
  }
}

type Asked = { readonly body: JsonObject; readonly bytes: Buffer; readonly response: ServerResponse }

async function generate(
  state: State,
  { body, bytes, response }: Asked,
  refuse: (status: number, message: string) => void,
): Promise<void> {
  const { provider, faults, sealer } = state
  const conversation = provider.read(body, sealer)
  const turns = conversation.turns.filter((turn) => turn.type === 'assistant').length
  const said = lastWords(conversation)
  const hasPicture = bytes.includes('iVBORw0KGgo')
  if (faults.has('rate-limits-tools') && said.includes('exactly this command'))
    return refuse(429, 'Slow down.')
  if (faults.has('refuses-parallel-field') && 'parallel_tool_calls' in body)
    return refuse(400, "Unsupported parameter: 'parallel_tool_calls' is not supported with this model.")
  if (faults.has('refuses-images') && hasPicture) return refuse(400, 'This model does not support images.')
  if (faults.has('refuses-second-turn') && turns > 0 && said.includes('Think it through'))
    return refuse(400, 'The reasoning_content in the thinking mode must be passed back to the API.')
  if (faults.has('computes-on')) await pause(Math.max(0, state.busyUntil - performance.now()))
  const answer = think(conversation, said, hasPicture, faults)
  const input = faults.has('tiny-usage') ? 100 : tokens(bytes)
  const context: AnswerContext = {
    body,
    sealer,
    now: 1_800_000_000,
    tokens: {
      input,
      cached: turns > 0 && !faults.has('no-cache') ? Math.floor(input * 0.9) : 0,
      output: 40,
      thinking: answer.thinking === undefined ? 0 : 10,
    },
  }
  if (faults.has('whole-answers')) return sendPlain(response, 200, provider.whole(answer, context))
  await stream(state, response, shaped(provider.stream(answer, context), faults), said)
}

function tokens(bytes: Buffer): number {
  return Math.ceil(bytes.length / 4)
}

function lastWords(conversation: Conversation): string {
  const last = conversation.turns.findLast((turn) => turn.type === 'user')
  return last?.type === 'user' ? last.text : ''
}

function call(conversation: Conversation, command: string): ToolCall[] {
  const [tool] = conversation.tools
  const [key] = tool?.properties ?? []
  return tool === undefined || key === undefined
    ? []
    : [{ kind: 'function', name: tool.name, input: { [key]: command } }]
}

/** The model itself. */
function think(
  conversation: Conversation,
  said: string,
  hasPicture: boolean,
  faults: ReadonlySet<Fault>,
): Answer {
  const calls = (...commands: string[]): Answer => {
    if (faults.has('ignores-tools')) return { text: 'I would rather tell you about it.', calls: [] }
    const made = commands.flatMap((command) => call(conversation, command))
    return { calls: faults.has('one-call-at-a-time') ? made.slice(0, 1) : made }
  }
  if (conversation.wantsJson) {
    const json = '{"title":"Where the rivers meet","words":4}'
    return { text: faults.has('prose-for-schema') ? 'Where the rivers meet' : json, calls: [] }
  }
  if (said.includes('exactly this command')) return calls(said.slice(said.indexOf('command: ') + 9))
  if (said.includes('at the same time')) return calls('echo first', 'echo second')
  if (said.includes('Think it through')) {
    const over = conversation.turns.some((turn) => turn.type === 'results')
    const thinking = faults.has('no-thinking') ? {} : { thinking: 'The first is 437, the other 441.' }
    return over
      ? { ...thinking, text: 'The result is 441.', calls: [] }
      : { ...thinking, ...calls('echo 441') }
  }
  if (conversation.turns.some((turn) => turn.type === 'user' && turn.text.includes('flag.png'))) {
    const sees = hasPicture && !faults.has('blind')
    return { text: sees ? 'Yellow, blue.' : 'I cannot see it.', calls: [] }
  }
  if (said.includes('1 to 300')) {
    return { text: Array.from({ length: 300 }, (_, index) => index + 1).join('\n'), calls: [] }
  }
  return { text: said.includes('twenty') ? 'one two three four five six seven' : 'ready now', calls: [] }
}

/** Chat chunks with arguments that come whole or broken, and without the usage at the end. */
function shaped(events: readonly SseEvent[], faults: ReadonlySet<Fault>): SseEvent[] {
  const whole: SseEvent[] = []
  for (const event of events) {
    const data = parseJson(event.data)
    const pieces = isObject(data) ? argumentsOf(data) : undefined
    if (faults.has('no-usage') && isObject(data) && isObject(data['usage'])) continue
    const before = whole.at(-1)
    if (faults.has('whole-arguments') && pieces !== undefined && before !== undefined && pieces !== '') {
      const earlier = parseJson(before.data)
      const joined = isObject(earlier) ? argumentsOf(earlier) : undefined
      if (joined !== undefined) {
        whole[whole.length - 1] = { data: withArguments(before.data, joined, joined + pieces) }
        continue
      }
    }
    whole.push(event)
  }
  if (!faults.has('broken-arguments')) return whole
  return whole.map((event) => ({ ...event, data: event.data.replace('"arguments":"{', '"arguments":"{{') }))
}

function argumentsOf(chunk: JsonObject): string | undefined {
  const [choice] = objects(chunk, 'choices')
  const [called] = objects(object(choice ?? {}, 'delta') ?? {}, 'tool_calls')
  return text(object(called ?? {}, 'function') ?? {}, 'arguments')
}

function withArguments(data: string, before: string, after: string): string {
  return data.replace(`"arguments":${JSON.stringify(before)}`, () => `"arguments":${JSON.stringify(after)}`)
}

async function stream(
  state: State,
  response: ServerResponse,
  events: readonly SseEvent[],
  said: string,
): Promise<void> {
  const isLong = said.includes('1 to 300')
  if (isLong) state.busyUntil = performance.now() + 2_700
  response.once('close', () => {
    if (response.writableFinished) return
    state.hangUps += 1
  })
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) {
    if (response.destroyed) return
    response.write(formatSse(event))
    if (isLong) await pause(5)
  }
  response.end()
}
