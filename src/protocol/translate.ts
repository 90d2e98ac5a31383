// Converts between two protocols: decode, repair, encode, and the answer back. Law: every pair of codecs works, what
// is lost is noted, the asker sees its own model name and tools, and a stream ends by finish or error, never cut.

import type { AgentName } from '../base/agent-name.js'
import { asHubError, type HubError } from '../base/errors.js'
import type { JsonObject } from '../base/json.js'
import type { Codec, DecodeContext, EncodeContext, ErrorContext, NewId, Step, WireRequest } from './codec.js'
import type { Dialect } from './dialect.js'
import { collect, truncated } from './ir/collect.js'
import { tellContexts } from './ir/document-context.js'
import type { IrEvent } from './ir/event.js'
import { type Telling, toldEvents, toldResponse, withBlocks } from './ir/foreign.js'
import { type Heard, hear, nothingHeard } from './ir/heard.js'
import type { Note } from './ir/note.js'
import { placeResults } from './ir/order.js'
import { replay } from './ir/replay.js'
import type { IrRequest } from './ir/request.js'
import type { IrResponse } from './ir/response.js'
import { sequential } from './ir/sequential.js'
import { asDeepAnswer } from './json-depth.js'
import { piped } from './pipe.js'
import type { SseEvent } from './sse/event.js'
import { sseParser } from './sse/parse.js'
import { type Flattened, flattenTools } from './tools/flatten.js'
import { repairTools } from './tools/repair.js'

export type TranslateRequest = {
  /** The protocol of the agent, and that of the upstream. */
  readonly from: Codec
  readonly to: Codec
  readonly body: JsonObject
  /** The upstream's name of the model. */
  readonly model: string
  readonly dialect: Dialect
  /** Names the channel (see `footprintOf`). */
  readonly footprint: string
  /** Whether the upstream shall stream; default: as the agent asked. */
  readonly stream?: boolean
}

export type TranslatedRequest = {
  readonly from: Codec
  readonly to: Codec
  readonly dialect: Dialect
  readonly footprint: string
  readonly wire: WireRequest
  /** As the agent made it. */
  readonly request: IrRequest
  /** As it was given to `encodeRequest`. */
  readonly upstreamRequest: IrRequest
  readonly notes: readonly Note[]
  /** Gives the calls of an answer back to the tools that the agent offered. */
  readonly tools: Pick<Flattened, 'restore' | 'restoreResponse'>
}

/** The agent's request for an upstream of another protocol. Throws HubError `invalid-request` as the agent's codec does. */
export function translateRequest(options: TranslateRequest): TranslatedRequest {
  const { from, to, dialect, footprint } = options
  const asked = from.server.decodeRequest(options.body)
  const placed = placeResults(asked.value)
  const flattened = forTools(placed.value, options)
  const told = tellContexts(flattened.request.value, to.id)
  const restored = withBlocks(told, { protocol: to.id, footprint })
  const repaired = repairTools(restored)
  const stream = dialect.streamOnly === true || (options.stream ?? asked.value.stream)
  const upstreamRequest = { ...repaired.value, model: options.model, stream }
  const wire = to.client.encodeRequest(upstreamRequest, { dialect, footprint })
  return {
    from,
    to,
    dialect,
    footprint,
    wire: wire.value,
    request: asked.value,
    upstreamRequest,
    notes: [...asked.notes, ...placed.notes, ...flattened.request.notes, ...repaired.notes, ...wire.notes],
    tools: flattened,
  }
}

/** A Responses agent's tools may stay as they are where the upstream knows all of their kinds. */
function forTools(request: IrRequest, options: TranslateRequest): Flattened {
  const native = options.from.id === 'openai-responses' && options.to.id === 'openai-responses'
  if (!native || options.dialect.customTools !== true) return flattenTools(request)
  return {
    request: { value: request, notes: [] },
    restore: () => ({ push: (event) => [event], end: () => [] }),
    restoreResponse: (response) => response,
  }
}

export type AnswerOptions = {
  readonly translated: TranslatedRequest
  readonly requestId: string
  readonly newId: NewId
  /** Unix time in seconds. */
  readonly nowSeconds: number
  readonly agent?: AgentName
}

function encodeContext(options: AnswerOptions): EncodeContext {
  const { translated, newId, nowSeconds, agent } = options
  const { request } = translated
  return { request, model: request.model, newId, nowSeconds, ...(agent === undefined ? {} : { agent }) }
}

function decodeContext(options: AnswerOptions): DecodeContext {
  const { upstreamRequest, dialect, footprint } = options.translated
  return { request: upstreamRequest, dialect, footprint, newId: options.newId }
}

function telling({ translated }: AnswerOptions, notes: Note[]): Telling {
  const searches = translated.request.tools.some(
    (tool) => tool.type === 'server' && tool.name === 'web_search',
  )
  return { asker: translated.from.id, searches, footprint: translated.footprint, notes }
}

export type TranslatedResponse = {
  readonly body: JsonObject
  readonly notes: readonly Note[]
  /** For the record: what the upstream answered, as the agent is told it. */
  readonly response: IrResponse
}

/** A whole answer for an agent that did not ask for a stream. Throws the HubError of an answer that is an error. */
export function translateResponse(options: AnswerOptions, body: JsonObject): TranslatedResponse {
  const { to } = options.translated
  return encoded(options, to.client.decodeResponse(body, decodeContext(options)))
}

function encoded(options: AnswerOptions, response: IrResponse): TranslatedResponse {
  const { from, tools } = options.translated
  const told: Note[] = []
  const restored = toldResponse(tools.restoreResponse(response), telling(options, told))
  const { value, notes } = from.server.encodeResponse(restored, encodeContext(options))
  return { body: value, notes: [...told, ...notes], response: restored }
}

export type StreamCollector = {
  push(chunk: Uint8Array): void
  /** Throws the HubError that ended the stream, `upstream-truncated` when it was cut. */
  end(): TranslatedResponse
}

/** For an upstream that always streams although the agent asked for a whole answer. */
export function streamToResponse(options: AnswerOptions): StreamCollector {
  const decoder = decodedBytes(options)
  const events: IrEvent[] = []
  return {
    push(chunk) {
      events.push(...decoder.push(chunk))
    },
    end() {
      return encoded(options, collect([...events, ...decoder.end()]))
    },
  }
}

/** From the upstream's bytes to what its codec makes of them. */
function decodedBytes(options: AnswerOptions): Step<Uint8Array, IrEvent> {
  return piped(sseParser(), options.translated.to.client.decodeStream(decodeContext(options)))
}

/** What is known of a streamed answer so far; the error's own events were given out. */
type StreamTold = Readonly<Heard> & {
  /** Grows while the stream runs. */
  readonly notes: readonly Note[]
  /** Something of the answer, be it only its opening, was given out before any error. */
  readonly started: boolean
}

export type StreamTranslation = StreamTold & {
  /** The agent's events for this piece of the upstream's stream. */
  push(chunk: Uint8Array): SseEvent[]
  /** The upstream's stream is over: what is still due, an error when the answer was not complete. */
  end(): SseEvent[]
}

/** A streamed answer. It never throws: what goes wrong becomes the error events of the agent's protocol. */
export function translateStream(options: AnswerOptions): StreamTranslation {
  const { from, tools } = options.translated
  const notes: Note[] = []
  const told: Told = { ...nothingHeard(), notes, started: false }
  const restored = piped(tools.restore(), toldEvents(telling(options, notes)))
  const upstream = piped(decodedBytes(options), piped(restored, sequential()))
  const encoder = from.server.encodeStream(encodeContext(options), notes)

  function fail(error: HubError): SseEvent[] {
    told.error = error
    return from.server.encodeStreamError(error, errorContext(options, told.started))
  }

  function write(event: IrEvent): SseEvent[] {
    if (isOver(told)) return []
    if (event.type === 'error') return fail(event.error)
    const out = encoder.push(event)
    if (event.type === 'finish') out.push(...encoder.end())
    hear(told, event)
    if (out.length > 0) told.started = true
    return out
  }

  function guarded(events: () => readonly IrEvent[]): SseEvent[] {
    const out: SseEvent[] = []
    if (isOver(told)) return out
    try {
      for (const event of events()) for (const written of write(event)) out.push(written)
    } catch (thrown) {
      out.push(...fail(asHubError(asDeepAnswer(thrown))))
    }
    return out
  }

  return Object.assign(told, {
    push: (chunk: Uint8Array) => guarded(() => upstream.push(chunk)),
    end() {
      const out = guarded(() => upstream.end())
      return isOver(told) ? out : [...out, ...fail(truncated())]
    },
  })
}

type Told = { -readonly [Key in keyof StreamTold]: StreamTold[Key] }

function isOver(told: Told): boolean {
  return told.finish !== undefined || told.error !== undefined
}

function errorContext(options: AnswerOptions, started: boolean): ErrorContext {
  return {
    model: options.translated.request.model,
    requestId: options.requestId,
    newId: options.newId,
    nowSeconds: options.nowSeconds,
    stream: true,
    started,
    ...(options.agent === undefined ? {} : { agent: options.agent }),
  }
}

export type ReplayedResponse = {
  readonly events: readonly SseEvent[]
  readonly notes: readonly Note[]
  readonly response: IrResponse
}

/** For an upstream that answered whole although the agent asked for a stream. Throws as `translateResponse` does. */
export function responseToStream(options: AnswerOptions, body: JsonObject): ReplayedResponse {
  const { from, to, tools } = options.translated
  const notes: Note[] = []
  const decoded = to.client.decodeResponse(body, decodeContext(options))
  const response = toldResponse(tools.restoreResponse(decoded), telling(options, notes))
  const encoder = from.server.encodeStream(encodeContext(options), notes)
  const events = [...replay(response).flatMap((event) => encoder.push(event)), ...encoder.end()]
  return { events, notes, response }
}
