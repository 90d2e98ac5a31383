// Shared by the tests of this codec: contexts, short ways through it, and an event stream's check by the grammar.
import type { JsonObject } from '../../../src/base/json.js'
import { isObject, parseJson } from '../../../src/base/json.js'
import type { DecodeContext, EncodeContext, ErrorContext } from '../../../src/protocol/codec.js'
import { type Dialect, PLAIN } from '../../../src/protocol/dialect.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { grammar } from '../../../src/protocol/ir/grammar.js'
import type { Note } from '../../../src/protocol/ir/note.js'
import type { IrPart } from '../../../src/protocol/ir/part.js'
import type { IrRequest, IrTurn } from '../../../src/protocol/ir/request.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import type { SseEvent } from '../../../src/protocol/sse/event.js'

export const FOOTPRINT = 'channel-a'

/** Ids that count up, so that answers can be compared. */
function counter(): (prefix: string) => string {
  let count = 0
  return (prefix) => `${prefix}${++count}`
}

export function request(fields: Partial<IrRequest> = {}): IrRequest {
  return { model: 'm', stream: true, turns: [], tools: [], sampling: {}, ...fields }
}

export function user(...parts: readonly (IrPart | string)[]): IrTurn {
  return { role: 'user', parts: parts.map(asPart) }
}

export function assistant(...parts: readonly (IrPart | string)[]): IrTurn {
  return { role: 'assistant', parts: parts.map(asPart) }
}

function asPart(part: IrPart | string): IrPart {
  return typeof part === 'string' ? { type: 'text', text: part } : part
}

export function decodeContext(fields: Partial<DecodeContext> = {}): DecodeContext {
  return { request: request(), dialect: PLAIN, footprint: FOOTPRINT, newId: counter(), ...fields }
}

export function encodeContext(asked: Partial<IrRequest> = {}): EncodeContext {
  return { request: request(asked), model: 'asked-model', newId: counter(), nowSeconds: 1_700_000_000 }
}

export const errorContext: ErrorContext = {
  model: 'asked-model',
  requestId: 'r1',
  newId: (prefix) => `${prefix}1`,
  nowSeconds: 1_700_000_000,
  stream: false,
}

export type Encoded = { readonly body: JsonObject; readonly notes: readonly Note[] }

export function encode(asked: Partial<IrRequest>, dialect: Dialect = PLAIN, footprint = FOOTPRINT): Encoded {
  const { value, notes } = openaiChat.client.encodeRequest(request(asked), { dialect, footprint })
  return { body: value.body, notes }
}

export function messages(asked: Partial<IrRequest>, dialect: Dialect = PLAIN): JsonObject[] {
  const list = encode(asked, dialect).body['messages']
  return Array.isArray(list) ? list.filter(isObject) : []
}

export function decodeRequest(fields: JsonObject): IrRequest {
  return openaiChat.server.decodeRequest({ model: 'm', ...fields }).value
}

/** native → IR → native. */
export function around(body: JsonObject, dialect: Dialect = PLAIN): JsonObject {
  const asked = openaiChat.server.decodeRequest(body).value
  return openaiChat.client.encodeRequest(asked, { dialect, footprint: FOOTPRINT }).value.body
}

/** The events of a stream of chunks; strings are data as it is. */
export function decodeChunks(
  chunks: readonly (JsonObject | string)[],
  context: DecodeContext = decodeContext(),
): IrEvent[] {
  const data = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : JSON.stringify(chunk)))
  return decodeEvents(
    data.map((text) => ({ data: text })),
    context,
  )
}

export function decodeEvents(events: readonly SseEvent[], context: DecodeContext): IrEvent[] {
  const machine = openaiChat.client.decodeStream(context)
  return [...events.flatMap((event) => machine.push(event)), ...machine.end()]
}

/** A chunk with this delta. */
export function delta(fields: JsonObject, rest: JsonObject = {}): JsonObject {
  return {
    id: 'chatcmpl-up',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'up-model',
    choices: [{ index: 0, delta: fields, finish_reason: null, ...rest }],
  }
}

export function finish(reason: string | null, rest: JsonObject = {}): JsonObject {
  return { ...delta({}, { finish_reason: reason }), ...rest }
}

/** What the grammar has against the events; empty when they are legal and end. */
export function complaints(events: readonly IrEvent[]): string[] {
  const check = grammar()
  const wrong = events.map((event) => check.push(event)).filter((said) => said !== undefined)
  const last = events.at(-1)?.type
  return last === 'finish' || last === 'error' ? wrong : [...wrong, `ends with ${last}`]
}

/** The JSON of the chunks an agent is sent, [DONE] as a string. */
export function encodeEvents(events: readonly IrEvent[], context: EncodeContext): (JsonObject | string)[] {
  const notes: Note[] = []
  const machine = openaiChat.server.encodeStream(context, notes)
  return [...events.flatMap((event) => machine.push(event)), ...machine.end()].map(({ data }) => {
    const value = parseJson(data)
    return isObject(value) ? value : data
  })
}

/** The answer of a stream that must be legal and must end well. */
export function whole(...chunks: (JsonObject | string)[]): IrResponse {
  const events = decodeChunks(chunks)
  const wrong = complaints(events)
  if (wrong.length > 0) throw new Error(wrong.join('; '))
  return collect(events)
}
