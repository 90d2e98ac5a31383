// The state of one answer on its way to an agent, and the events that open and close an item. An answer has one open
// item at a time; its place is the number of the items before it.

import type { JsonObject } from '../../base/json.js'
import type { EncodeContext } from '../codec.js'
import type { Note } from '../ir/note.js'
import type { ToolKind } from '../ir/part.js'
import type { IrUsage } from '../ir/usage.js'
import type { SseEvent } from '../sse/event.js'
import { numberedForm } from '../sse/form.js'
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
  /** The deltas of the open item, see `emitDelta`. */
  form: DeltaForm
}

type DeltaForm = {
  readonly type: string
  readonly itemId: string
  readonly output: number
  readonly write: (sequence: number, delta: string) => string
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
    form: { type: '', itemId: '', output: -1, write: () => '' },
  }
}

export function emit(writer: Writer, type: string, fields: JsonObject): void {
  writer.events.push(wireEvent(type, { sequence_number: writer.sequence++, ...fields }))
}

/**
 * A delta of an open item: `place` and `delta` behind the number of the event, then `more`. Only number and words differ
 * from one to the next, so all else of the last kind of delta is kept as it was written.
 */
export function emitDelta(writer: Writer, type: string, itemId: string, delta: string): void {
  const output = writer.output.length
  const { form } = writer
  if (form.type !== type || form.itemId !== itemId || form.output !== output)
    writer.form = { type, itemId, output, write: numberedForm(deltaOf(type, itemId, output)) }
  writer.events.push({ event: type, data: writer.form.write(writer.sequence++, delta) })
}

function deltaOf(type: string, itemId: string, output: number) {
  return (sequence: number | string, delta: string): JsonObject => ({
    type,
    sequence_number: sequence,
    item_id: itemId,
    output_index: output,
    ...INDEX[type],
    delta,
    ...(type === 'response.output_text.delta' ? { logprobs: [] } : {}),
  })
}

/** Where in its item a delta belongs; an item of ours has one part of each kind. */
const INDEX: Readonly<Record<string, JsonObject>> = {
  'response.output_text.delta': { content_index: 0 },
  'response.refusal.delta': { content_index: 0 },
  'response.reasoning_text.delta': { content_index: 0 },
  'response.reasoning_summary_text.delta': { summary_index: 0 },
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
