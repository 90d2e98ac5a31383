// Shorthands of this folder's tests: contexts, requests, streams.

import { expect } from 'vitest'
import { isObject, type JsonObject, type JsonValue, object, parseJson, text } from '../../../src/base/json.js'
import { anthropicMessages } from '../../../src/protocol/anthropic/codec.js'
import type { DecodeContext, EncodeContext } from '../../../src/protocol/codec.js'
import { type Dialect, PLAIN } from '../../../src/protocol/dialect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { grammar } from '../../../src/protocol/ir/grammar.js'
import type { Note } from '../../../src/protocol/ir/note.js'
import type { IrPart } from '../../../src/protocol/ir/part.js'
import type { IrRequest } from '../../../src/protocol/ir/request.js'
import type { SseEvent } from '../../../src/protocol/sse/event.js'

export const PROTOCOL = 'anthropic-messages'
const { server, client } = anthropicMessages

/** A request of another protocol's agent. */
export function foreign(over: Partial<IrRequest> = {}): IrRequest {
  return {
    model: 'claude-x',
    stream: true,
    turns: [userTurn('hello')],
    tools: [],
    sampling: {},
    ...over,
  }
}

export function userTurn(text: string): IrRequest['turns'][number] {
  return { role: 'user', parts: [{ type: 'text', text }] }
}

export function assistantTurn(...parts: IrPart[]): IrRequest['turns'][number] {
  return { role: 'assistant', parts }
}

export function functionTool(name: string): IrRequest['tools'][number] {
  return { type: 'function', name, schema: { type: 'object', properties: {} } }
}

export function newIds(): (prefix: string) => string {
  let count = 0
  return (prefix) => `${prefix}${++count}`
}

export function decodeContext(over: Partial<DecodeContext> = {}): DecodeContext {
  return { request: foreign(), dialect: PLAIN, footprint: 'channel-a', newId: newIds(), ...over }
}

export function encodeContext(over: Partial<EncodeContext> = {}): EncodeContext {
  return { request: foreign(), model: 'asked-model', newId: newIds(), nowSeconds: 1_700_000_000, ...over }
}

export function encode(request: IrRequest, dialect: Dialect = PLAIN, footprint = 'channel-a') {
  const { value, notes } = client.encodeRequest(request, { dialect, footprint })
  return { body: value.body, headers: value.headers, path: value.path, notes }
}

/** The body after decode and encode by this codec alone. */
export function again(body: JsonObject, dialect: Dialect = PLAIN): JsonObject {
  return encode(server.decodeRequest(body).value, dialect).body
}

export function decode(body: JsonObject): IrRequest {
  return server.decodeRequest(body).value
}

/** Wire events as SSE, from their data. */
export function wire(...data: readonly JsonObject[]): SseEvent[] {
  return data.map((event) => ({ event: text(event, 'type') ?? '', data: JSON.stringify(event) }))
}

/** All events of a stream, checked against the grammar. */
export function decodeAll(events: readonly SseEvent[], context = decodeContext()): IrEvent[] {
  const machine = client.decodeStream(context)
  const decoded = [...events.flatMap((event) => machine.push(event)), ...machine.end()]
  expect(violations(decoded)).toEqual([])
  return decoded
}

export function violations(events: readonly IrEvent[]): string[] {
  const rules = grammar()
  return events.map((event) => rules.push(event)).filter((wrong): wrong is string => wrong !== undefined)
}

export function encodeAll(events: readonly IrEvent[], context = encodeContext()) {
  const notes: Note[] = []
  const machine = server.encodeStream(context, notes)
  const encoded = [...events.flatMap((event) => machine.push(event)), ...machine.end()]
  return { events: encoded, data: encoded.map((event) => parsed(event.data)), notes }
}

export function parsed(source: string): JsonObject {
  const value = parseJson(source)
  if (!isObject(value)) throw new Error(`not an object: ${source.slice(0, 80)}`)
  return value
}

/** A minimal stream around the events of some blocks. */
export function streamOf(
  blocks: readonly JsonObject[],
  reason = 'end_turn',
  usage: JsonObject = {},
): SseEvent[] {
  return wire(
    { type: 'message_start', message: { id: 'msg_1', model: 'claude-x', content: [], usage: {} } },
    ...blocks,
    { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage },
    { type: 'message_stop' },
  )
}

export function blockStart(index: number, block: JsonObject): JsonObject {
  return { type: 'content_block_start', index, content_block: block }
}

export function blockDelta(index: number, delta: JsonObject): JsonObject {
  return { type: 'content_block_delta', index, delta }
}

export function blockStop(index: number): JsonObject {
  return { type: 'content_block_stop', index }
}

export function messagesOf(body: JsonObject): JsonValue[] {
  const messages = body['messages']
  return Array.isArray(messages) ? messages : []
}

/** A text inside a member of an event, for example `inside(event, 'delta', 'text')`; '' when it is not there. */
export function inside(event: JsonObject | undefined, member: string, key: string): string {
  return text(object(event ?? {}, member) ?? {}, key) ?? ''
}
