// The state of one answer on its way to an agent, and the events that open and close an item. An answer has one open
// item at a time; its place is the number of the items before it.

import type { JsonObject } from '../../base/json.js'
import type { EncodeContext } from '../codec.js'
import type { Note } from '../ir/note.js'
import type { ToolKind } from '../ir/part.js'
import type { IrUsage } from '../ir/usage.js'
import type { SseEvent } from '../sse/event.js'
import { type ResponseStatus, requestEcho, responseObject, wireEvent } from './response-object.js'
import { encodeUsage } from './usage.js'

export type State =
  | { readonly type: 'waiting' }
  | { readonly type: 'between' }
  | { readonly type: 'text'; readonly refusal: boolean; id: string | undefined; told: string }
  | {
      readonly type: 'reasoning'
      readonly visibility: 'summary' | 'raw'
      readonly madeId: string | undefined
      id: string | undefined
      told: string
    }
  | { readonly type: 'call'; readonly call: Call; told: string }
  | { readonly type: 'over' }

export type Call = {
  readonly id: string
  readonly callId: string
  readonly kind: ToolKind
  readonly name: string
  readonly namespace: string | undefined
}

export type Writer = {
  readonly context: EncodeContext
  readonly notes: Note[]
  readonly id: string
  readonly events: SseEvent[]
  readonly output: JsonObject[]
  sequence: number
  state: State
  usage: IrUsage | undefined
  last: JsonObject | undefined
}

export function newWriter(context: EncodeContext, notes: Note[]): Writer {
  return {
    context,
    notes,
    id: context.newId('resp_'),
    events: [],
    output: [],
    sequence: 0,
    state: { type: 'waiting' },
    usage: undefined,
    last: undefined,
  }
}

export function emit(writer: Writer, type: string, fields: JsonObject): void {
  writer.events.push(wireEvent(type, { sequence_number: writer.sequence++, ...fields }))
}

export function start(writer: Writer): void {
  if (writer.state.type !== 'waiting') return
  writer.state = { type: 'between' }
  const response = snapshot(writer, 'in_progress')
  emit(writer, 'response.created', { response })
  emit(writer, 'response.in_progress', { response })
}

/** Codex reads nothing but id, status, output and usage; to repeat its tools to it costs some 30 kB. */
export function snapshot(
  writer: Writer,
  status: ResponseStatus,
  more: { readonly error?: JsonObject; readonly incomplete?: string } = {},
): JsonObject {
  const { context } = writer
  return responseObject({
    id: writer.id,
    model: context.model,
    createdAt: context.nowSeconds,
    status,
    output: writer.output,
    ...(writer.usage === undefined ? {} : { usage: encodeUsage(writer.usage) }),
    ...(context.agent === 'codex' ? {} : { echo: requestEcho(context.request) }),
    ...more,
  })
}

/** The place of the open item, or of the next one. */
export function at(writer: Writer, itemId: string): JsonObject {
  return { item_id: itemId, output_index: writer.output.length }
}

export function addItem(writer: Writer, item: JsonObject): void {
  emit(writer, 'response.output_item.added', { output_index: writer.output.length, item })
}

export function endItem(writer: Writer, item: JsonObject): void {
  emit(writer, 'response.output_item.done', { output_index: writer.output.length, item })
  writer.output.push(item)
  writer.state = { type: 'between' }
}
