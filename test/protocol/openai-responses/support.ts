// Shorthands of this folder's tests: contexts, requests, streams.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { isObject, type JsonObject, type JsonValue, parseJson } from '../../../src/base/json.js'
import type { DecodeContext, EncodeContext, ErrorContext } from '../../../src/protocol/codec.js'
import { type Dialect, PLAIN } from '../../../src/protocol/dialect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { grammar } from '../../../src/protocol/ir/grammar.js'
import type { Note } from '../../../src/protocol/ir/note.js'
import type { IrPart } from '../../../src/protocol/ir/part.js'
import type { IrRequest, IrTurn } from '../../../src/protocol/ir/request.js'
import { openaiResponses } from '../../../src/protocol/openai-responses/codec.js'
import type { SseEvent } from '../../../src/protocol/sse/event.js'

/** A vendor that speaks Codex's whole dialect: everything native goes back. */
export const RICH: Dialect = { customTools: true }
const { server, client } = openaiResponses

/** A request of another protocol's agent. */
export function foreign(over: Partial<IrRequest> = {}): IrRequest {
  return { model: 'model-x', stream: true, turns: [user('hello')], tools: [], sampling: {}, ...over }
}

export function user(...content: (string | IrPart)[]): IrTurn {
  return { role: 'user', parts: content.map(asPart) }
}

export function assistant(...content: (string | IrPart)[]): IrTurn {
  return { role: 'assistant', parts: content.map(asPart) }
}

function asPart(content: string | IrPart): IrPart {
  return typeof content === 'string' ? { type: 'text', text: content } : content
}

function newIds(): (prefix: string) => string {
  let count = 0
  return (prefix) => `${prefix}${++count}`
}

export function decodeContext(over: Partial<DecodeContext> = {}): DecodeContext {
  return { request: foreign(), dialect: PLAIN, footprint: 'channel-a', newId: newIds(), ...over }
}

export function encodeContext(over: Partial<EncodeContext> = {}): EncodeContext {
  return { request: foreign(), model: 'asked-model', newId: newIds(), nowSeconds: 1_700_000_000, ...over }
}

export function errorContext(over: Partial<ErrorContext> = {}): ErrorContext {
  return {
    model: 'asked-model',
    requestId: 'req-1',
    newId: newIds(),
    nowSeconds: 1_700_000_000,
    stream: true,
    ...over,
  }
}

/** A request of Codex: whatever it leaves out is as Codex sends it. */
export function codexBody(over: JsonObject = {}): JsonObject {
  return { model: 'gpt-x', stream: true, input: [message('user', 'hi')], ...over }
}

export function message(role: string, told: string, over: JsonObject = {}): JsonObject {
  const type = role === 'assistant' ? 'output_text' : 'input_text'
  const content = role === 'assistant' ? { type, text: told, annotations: [] } : { type, text: told }
  return { type: 'message', role, content: [content], ...over }
}

export function decode(body: JsonObject): IrRequest {
  return server.decodeRequest(body).value
}

/** The IR turns of an input. */
export function turnsOf(...input: JsonValue[]): readonly IrTurn[] {
  return decode(codexBody({ input })).turns
}

export function encode(request: IrRequest, dialect: Dialect = PLAIN, footprint = 'channel-a') {
  const { value, notes } = client.encodeRequest(request, { dialect, footprint })
  return { body: value.body, path: value.path, notes, input: items(value.body['input']) }
}

/** The input items that the turns of another agent become. */
export function inputOf(turns: readonly IrTurn[], dialect: Dialect = PLAIN): JsonObject[] {
  return encode(foreign({ turns }), dialect).input
}

/** The body after decode and encode by this codec alone. */
export function throughIr(body: JsonObject, dialect: Dialect = RICH): JsonObject {
  return encode(decode(body), dialect).body
}

export function items(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The events that the upstream's data become; the order is checked by the grammar. */
export function decodeEvents(data: readonly (JsonObject | string)[], over: Partial<DecodeContext> = {}) {
  const machine = client.decodeStream(decodeContext(over))
  const events = data.flatMap((one) =>
    machine.push({ data: typeof one === 'string' ? one : JSON.stringify(one) }),
  )
  return checked([...events, ...machine.end()])
}

export function checked(events: readonly IrEvent[]): readonly IrEvent[] {
  const rules = grammar()
  const wrong = events.flatMap((event) => {
    const what = rules.push(event)
    return what === undefined ? [] : [`${what}: ${JSON.stringify(event)}`]
  })
  expect(wrong).toEqual([])
  return events
}

/** What the agent is sent for these events, as parsed data. */
export function encodeEvents(events: readonly IrEvent[], over: Partial<EncodeContext> = {}) {
  const notes: Note[] = []
  const machine = server.encodeStream(encodeContext(over), notes)
  const sse = [...events.flatMap((event) => machine.push(event)), ...machine.end()]
  return { data: sse.map(dataOf), notes, sse }
}

export function dataOf(event: SseEvent): JsonObject {
  const data = parseJson(event.data)
  if (!isObject(data)) throw new Error(`not an object: ${event.data}`)
  return data
}

/** The `response` of the last event. */
export function lastResponse(data: readonly JsonObject[]): JsonObject {
  const response = data.at(-1)?.['response']
  return isObject(response) ? response : {}
}

export function typesOf(data: readonly JsonObject[]): JsonValue[] {
  return data.map((one) => one['type'] ?? null)
}

const CAPTURES: string = process.env['AXONHUB_CAPTURES'] ?? ''
export const WITHOUT_CAPTURES = CAPTURES === ''

/** The files of a capture folder whose names match, with their text. */
export function captures(folder: string, pattern: RegExp): { name: string; source: string }[] {
  if (WITHOUT_CAPTURES) return []
  const path = join(CAPTURES, folder)
  return readdirSync(path)
    .filter((name) => pattern.test(name))
    .map((name) => ({ name, source: readFileSync(join(path, name), 'utf8') }))
}

/** The JSON objects of an event stream's text. */
export function sseData(source: string): JsonObject[] {
  return source
    .split(/\r?\n\r?\n/)
    .flatMap((block) => block.split(/\r?\n/).filter((line) => line.startsWith('data:')))
    .map((line) => parseJson(line.slice('data:'.length)))
    .filter(isObject)
}
