// One question to a channel as an agent would put it: written in the agent's protocol, relayed or converted as the hub does
// it, and the answer read as the agent would read it. What is judged is thus what the agent gets.

import { parseJson } from '../../base/json.js'
import { dialectOf } from '../../config/channels.js'
import type { DecodeContext, WireRequest } from '../../protocol/codec.js'
import type { Dialect } from '../../protocol/dialect.js'
import { footprintOf } from '../../protocol/footprint.js'
import { collector } from '../../protocol/ir/collect.js'
import type { IrEvent } from '../../protocol/ir/event.js'
import { replay } from '../../protocol/ir/replay.js'
import type { IrRequest } from '../../protocol/ir/request.js'
import type { IrResponse } from '../../protocol/ir/response.js'
import { withLessons } from '../../protocol/learning/lessons.js'
import { lessonsOf } from '../../protocol/learning/refused.js'
import { codecOf } from '../../protocol/registry.js'
import { relayStream } from '../../protocol/relay.js'
import { sseParser } from '../../protocol/sse/parse.js'
import {
  type AnswerOptions,
  responseToStream,
  type TranslatedRequest,
  translateRequest,
  translateStream,
} from '../../protocol/translate.js'
import { readAll, type UpstreamAnswer } from '../../upstream/client.js'
import { loopAnswer } from '../loop-guard.js'
import { contentKind, jsonAnswer, readWhole, strangeContent } from '../whole.js'
import {
  PATIENCE_MS,
  QUESTION_MS,
  questionHeaders,
  type Session,
  spend,
  type Way,
  within,
} from './session.js'

/** What the agent was told. */
export type Told = {
  readonly response: IrResponse
  /** How many pieces of text came. */
  readonly textPieces: number
  /** How many pieces the input of the first call came in. */
  readonly inputPieces: number
  /** Ms until the first content. */
  readonly firstMs: number
  readonly tookMs: number
}

const ERROR_LIMIT = 256 * 1024
/** How often one question may be asked again, each time without something else. */
const MOST_ROUNDS = 4
/** Errors that may be about a field of the request. */
const ABOUT_FIELDS = new Set(['upstream-rejected', 'unknown-model', 'unsupported', 'invalid-request'])
/** The agent keeps the seals of its history without knowing who made them; this stands for itself. */
const AGENT_FOOTPRINT = 'agent'

function dialectFor({ channel, endpoint, model }: Way): Dialect {
  return dialectOf(channel, endpoint.protocol, model)
}

/** The agent's own request for a question. Where it is relayed, the agent is one that knows the provider's dialect. */
export function agentRequest(way: Way, question: IrRequest): WireRequest {
  const { agent, mode } = way
  const dialect = mode === 'relay' ? { ...agent.dialect, ...dialectFor(way) } : agent.dialect
  return codecOf(agent.protocol).client.encodeRequest(question, { dialect, footprint: AGENT_FOOTPRINT }).value
}

/** What goes up; without a translation the agent's request itself. */
type Sent = { readonly wire: WireRequest; readonly translated: TranslatedRequest | undefined }

function sentFor({ way, lessons }: Session, question: IrRequest): Sent {
  const { agent, mode, endpoint, channel, model } = way
  const { protocol, baseUrl } = endpoint
  const request = agentRequest(way, question)
  if (mode === 'relay') return { wire: request, translated: undefined }
  const translated = translateRequest({
    from: codecOf(agent.protocol),
    to: codecOf(protocol),
    body: request.body,
    model,
    dialect: withLessons(dialectFor(way), lessons),
    footprint: footprintOf({ channel: channel.name, protocol, baseUrl }),
  })
  return { wire: translated.wire, translated }
}

async function send(
  { way, deps, spent }: Session,
  wire: WireRequest,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  const { channel, endpoint } = way
  const headers = await questionHeaders(channel, endpoint, deps, way.key)
  spent.requests += 1
  return deps.upstream.send({
    method: 'POST',
    url: new URL(endpoint.baseUrl + wire.path),
    headers: { ...headers, accept: 'text/event-stream', ...wire.headers },
    body: Buffer.from(JSON.stringify(wire.body)),
    signal,
    silenceMs: PATIENCE_MS,
  })
}

type Answered = Sent & { readonly answer: UpstreamAnswer }

/** Asks, and asks again without what the upstream refuses, as the hub does for agents. Throws what else it refuses. */
async function answered(session: Session, question: IrRequest, signal: AbortSignal): Promise<Answered> {
  const { way, deps, lessons } = session
  const { protocol, baseUrl } = way.endpoint
  for (let round = 0; ; round++) {
    const sent = sentFor(session, question)
    const answer = await send(session, sent.wire, signal)
    if (answer.status < 300) return { ...sent, answer }
    const text = (await readAll(answer.body, ERROR_LIMIT)).toString('utf8')
    const loop = loopAnswer(answer.status, answer.headers, deps.instance, baseUrl)
    if (loop !== undefined) throw loop
    const body = parseJson(text) ?? text
    const error = codecOf(protocol).client.decodeError(answer.status, answer.headers, body, deps.clock.now())
    const refusal = { protocol, status: answer.status, body, sent: sent.wire.body }
    const learnable = way.mode === 'convert' && ABOUT_FIELDS.has(error.code) && round < MOST_ROUNDS
    const learned = learnable ? lessonsOf(refusal).filter((lesson) => !lessons.includes(lesson)) : []
    if (learned.length === 0) throw error
    lessons.push(...learned)
    for (const lesson of learned)
      deps.learn({ channel: way.channel.name, model: way.model, lesson, reason: error.message })
  }
}

function agentContext(session: Session, question: IrRequest): DecodeContext {
  return {
    request: question,
    dialect: session.way.agent.dialect,
    footprint: AGENT_FOOTPRINT,
    newId: session.deps.newId,
  }
}

function answerOptions({ way, deps }: Session, translated: TranslatedRequest): AnswerOptions {
  return {
    translated,
    requestId: deps.newId('ar-'),
    newId: deps.newId,
    nowSeconds: Math.floor(deps.clock.now() / 1000),
    ...(way.agent.known === undefined ? {} : { agent: way.agent.known }),
  }
}

async function* relayed(
  session: Session,
  question: IrRequest,
  answer: UpstreamAnswer,
): AsyncGenerator<IrEvent> {
  const { agent, model } = session.way
  const codec = codecOf(agent.protocol)
  const context = agentContext(session, question)
  if (contentKind(answer) === 'json') {
    yield* replay(codec.client.decodeResponse(jsonAnswer(await readWhole(answer)), context))
    return
  }
  const relay = relayStream({ protocol: agent.protocol, askedModel: model })
  const parser = sseParser()
  const decoder = codec.client.decodeStream(context)
  const read = (bytes: readonly Uint8Array[]) =>
    bytes.flatMap((piece) => parser.push(piece)).flatMap((event) => decoder.push(event))
  for await (const chunk of answer.body) yield* read(relay.push(chunk))
  yield* read([relay.end().held])
  yield* parser.end().flatMap((event) => decoder.push(event))
  yield* decoder.end()
}

async function* converted(
  session: Session,
  question: IrRequest,
  answer: UpstreamAnswer,
  translated: TranslatedRequest,
): AsyncGenerator<IrEvent> {
  const decoder = codecOf(session.way.agent.protocol).client.decodeStream(agentContext(session, question))
  const options = answerOptions(session, translated)
  if (contentKind(answer) === 'json') {
    const { events } = responseToStream(options, jsonAnswer(await readWhole(answer)))
    yield* events.flatMap((event) => decoder.push(event))
    yield* decoder.end()
    return
  }
  const stream = translateStream(options)
  for await (const chunk of answer.body) {
    const events = stream.push(chunk).flatMap((event) => decoder.push(event))
    // The error as the provider meant it, not as the agent is told it.
    if (stream.error !== undefined) throw stream.error
    yield* events
  }
  const events = stream.end().flatMap((event) => decoder.push(event))
  if (stream.error !== undefined) throw stream.error
  yield* events
  yield* decoder.end()
}

/**
 * The events of an answer, as the agent reads them. Leaving the loop hangs up.
 * Throws HubError for what the provider refused, and what went wrong on the way.
 */
export async function* eventsOf(
  session: Session,
  question: IrRequest,
  signal: AbortSignal,
): AsyncGenerator<IrEvent> {
  const { answer, translated } = await answered(session, question, signal)
  if (contentKind(answer) === 'other') throw strangeContent(answer)
  if (translated === undefined) yield* relayed(session, question, answer)
  else yield* converted(session, question, answer, translated)
}

/** Whether the event brings something that a person or a tool would notice. */
export function isContent(event: IrEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return event.text !== ''
    case 'tool-call-start':
    case 'media':
    case 'opaque':
      return true
    default:
      return false
  }
}

/** The whole answer to a question. Throws HubError. */
export async function ask(session: Session, question: IrRequest): Promise<Told> {
  const limit = within(session.signal, QUESTION_MS)
  try {
    return await listen(session, question, limit.signal)
  } finally {
    limit.clear()
  }
}

async function listen(session: Session, question: IrRequest, signal: AbortSignal): Promise<Told> {
  const { clock } = session.deps
  const startedAt = clock.monotonic()
  const answer = collector()
  const pieces = { text: 0, input: new Map<number, number>() }
  let firstMs: number | undefined
  for await (const event of eventsOf(session, question, signal)) {
    if (isContent(event)) firstMs ??= clock.monotonic() - startedAt
    if (event.type === 'text-delta' && event.text !== '') pieces.text += 1
    if (event.type === 'tool-call-delta' && event.input !== '')
      pieces.input.set(event.index, (pieces.input.get(event.index) ?? 0) + 1)
    answer.push(event)
  }
  const response = answer.end()
  spend(session.spent, response.usage)
  const tookMs = clock.monotonic() - startedAt
  const [inputPieces = 0] = pieces.input.values()
  return { response, textPieces: pieces.text, inputPieces, firstMs: firstMs ?? tookMs, tookMs }
}
