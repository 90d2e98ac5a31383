// The upstream's stream → events. Vendors leave out, repeat and misnumber events (providers §3–5): items are found by
// id, then by place, and the finished item always has the last word.

import { HubError } from '../../base/errors.js'
import {
  isObject,
  type JsonObject,
  type JsonValue,
  number,
  object,
  parseJson,
  text,
} from '../../base/json.js'
import type { DecodeContext, Step } from '../codec.js'
import { truncated } from '../ir/collect.js'
import type { IrEvent } from '../ir/event.js'
import type { ReasoningPart } from '../ir/part.js'
import type { FinishReason } from '../ir/response.js'
import { alikeEvents, type Repeat } from '../sse/alike.js'
import type { SseEvent } from '../sse/event.js'
import { decodeInnerError } from './error-decode.js'
import {
  completeInput,
  completeReasoning,
  completeText,
  finishItem,
  noteAnnotation,
  type OpenItem,
  openItem,
  type Sink,
  startCall,
  tellInput,
  tellReasoning,
  tellText,
} from './open-item.js'
import { stopAt } from './stop-sequences.js'
import { decodeUsage } from './usage.js'

type Decoder = {
  readonly sink: Sink
  readonly items: OpenItem[]
  place: 'waiting' | 'inside' | 'over'
  /** How the delta that is being read is told, with any words. */
  tell: ((words: string) => void) | undefined
}

/** Never throws: what cannot be read becomes an `error` event, and so does an end without a terminal event. */
export function decodeStream(context: DecodeContext): Step<SseEvent, IrEvent> {
  const decoder = newDecoder(context)
  const stop = stopAt(context.request.sampling.stop)
  const alike = alikeEvents<IrEvent>(['sequence_number', 'obfuscation'])
  const told = () => drained(decoder.sink.events, stop)
  const repeat = (data: JsonObject): Repeat<IrEvent> | undefined => {
    const { tell, sink } = decoder
    const words = text(data, 'delta')
    if (tell === undefined || words === undefined || sink.events.length !== 1) return undefined
    return {
      key: 'delta',
      words,
      again(more) {
        tell(more)
        return told()
      },
    }
  }
  return {
    push(event) {
      if (decoder.place === 'over') return []
      const known = alike.push(event)
      if (known !== undefined) return known
      const blank = event.data.trim()
      if (blank === '' || blank === '[DONE]') return []
      const data = parseJson(event.data)
      decoder.tell = undefined
      if (isObject(data)) {
        pushEvent(decoder, data, event.event)
        alike.learn(event, data, repeat(data))
      } else fail(decoder, new HubError('upstream-failed', 'The upstream sent an event that is not JSON.'))
      return told()
    },
    end() {
      if (decoder.place !== 'over') fail(decoder, truncated())
      return told()
    },
  }
}

/** What was told, as far as the stop sequences let it pass; the list is empty after it. */
function drained(events: IrEvent[], stop: Step<IrEvent, IrEvent>): IrEvent[] {
  const only = events[0]
  if (only === undefined) return []
  if (events.length > 1) return events.splice(0).flatMap((event) => stop.push(event))
  events.length = 0
  return stop.push(only)
}

/** The events of a whole answer, by the same machine. */
export function decodeWhole(body: JsonObject, context: DecodeContext): IrEvent[] {
  const decoder = newDecoder(context)
  begin(decoder, body)
  complete(decoder, body, undefined)
  const stop = stopAt(context.request.sampling.stop)
  return decoder.sink.events.flatMap((event) => stop.push(event))
}

function newDecoder(context: DecodeContext): Decoder {
  const sink: Sink = {
    events: [],
    next: 0,
    calls: 0,
    footprint: context.footprint,
    newId: context.newId,
  }
  return { sink, items: [], place: 'waiting', tell: undefined }
}

function fail(decoder: Decoder, error: HubError): void {
  decoder.sink.events.push({ type: 'error', error })
  decoder.place = 'over'
}

/** `data: {"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hi"}` */
function pushEvent(decoder: Decoder, data: JsonObject, name: string | undefined): void {
  const type = text(data, 'type') ?? name ?? ''
  switch (type) {
    case 'response.created':
    case 'response.queued':
    case 'response.in_progress':
      begin(decoder, object(data, 'response') ?? {})
      return
    case 'response.output_item.added':
    case 'response.output_item.done':
      begin(decoder, {})
      pushItem(decoder, data, type === 'response.output_item.done')
      return
    case 'response.completed':
    case 'response.done':
    case 'response.incomplete':
    case 'response.failed':
    case 'response.cancelled': {
      const response = object(data, 'response') ?? {}
      if (type !== 'response.failed') begin(decoder, response)
      complete(decoder, response, type.slice('response.'.length))
      return
    }
    case 'error':
      fail(decoder, decodeInnerError(data))
      return
    default:
      if (type.startsWith('response.')) pushContent(decoder, type, data)
      else if (isObject(data['error'])) fail(decoder, decodeInnerError(data))
  }
}

function begin(decoder: Decoder, response: JsonObject): void {
  if (decoder.place !== 'waiting') return
  decoder.place = 'inside'
  const id = text(response, 'id')
  const model = text(response, 'model')
  decoder.sink.events.push({
    type: 'start',
    ...(id === undefined ? {} : { id }),
    ...(model === undefined ? {} : { model }),
  })
}

function pushItem(decoder: Decoder, data: JsonObject, done: boolean): void {
  const wire = object(data, 'item')
  if (wire === undefined) return
  const outputIndex = number(data, 'output_index')
  const sought = { type: wire['type'], id: text(wire, 'id') || undefined, outputIndex }
  const item = findItem(decoder, sought, done) ?? addItem(decoder, wire, outputIndex)
  if (done) finishItem(decoder.sink, item, wire)
  else startCall(decoder.sink, item, undefined)
}

function addItem(
  decoder: Decoder,
  seed: JsonObject,
  outputIndex: number | undefined,
  announced = true,
): OpenItem {
  const item = openItem(seed, outputIndex, announced)
  decoder.items.push(item)
  return item
}

type Sought = {
  readonly type: JsonValue | undefined
  readonly id: string | undefined
  readonly outputIndex: number | undefined
}

/** By id, then by place; an item announced twice by the same place is a new one once the old one is done. */
function findItem(decoder: Decoder, sought: Sought, orLast: boolean): OpenItem | undefined {
  const { id, outputIndex } = sought
  const alike = decoder.items.filter((item) => item.seed['type'] === sought.type)
  const open = alike.filter((item) => !item.done)
  const byId = id === undefined ? undefined : alike.find((item) => item.seed['id'] === id)
  if (byId !== undefined) return byId
  if (outputIndex !== undefined) return open.find((item) => item.outputIndex === outputIndex)
  return orLast && id === undefined ? open.at(-1) : undefined
}

/** What a delta belongs to; vendors that announce nothing get an item made up from the kind of delta. */
function itemFor(decoder: Decoder, data: JsonObject, type: string): OpenItem {
  const id = text(data, 'item_id') || undefined
  const outputIndex = number(data, 'output_index')
  begin(decoder, {})
  return (
    findItem(decoder, { type, id, outputIndex }, true) ??
    // Some name the item differently in its deltas than in its start.
    decoder.items.findLast((item) => !item.done && item.announced && item.seed['type'] === type) ??
    addItem(decoder, id === undefined ? { type } : { type, id }, outputIndex, false)
  )
}

/** Deltas, and the ends of pieces, which matter only where deltas were left out. */
function pushContent(decoder: Decoder, type: string, data: JsonObject): void {
  const { sink } = decoder
  const delta = text(data, 'delta') ?? ''
  const place = number(data, 'content_index') ?? 0
  const section = number(data, 'summary_index') ?? 0
  switch (type) {
    case 'response.output_text.delta':
    case 'response.refusal.delta': {
      const item = itemFor(decoder, data, 'message')
      const refusal = type === 'response.refusal.delta'
      tellDelta(decoder, delta, (words) => tellText(sink, item, place, words, refusal))
      return
    }
    case 'response.output_text.done':
      completeText(sink, itemFor(decoder, data, 'message'), place, text(data, 'text') ?? '', false)
      return
    case 'response.refusal.done':
      completeText(sink, itemFor(decoder, data, 'message'), place, text(data, 'refusal') ?? '', true)
      return
    case 'response.output_text.annotation.added':
      noteAnnotation(itemFor(decoder, data, 'message'), place, data['annotation'] ?? null)
      return
    default:
      pushInner(decoder, type, data, { delta, place, section })
  }
}

type Piece = { readonly delta: string; readonly place: number; readonly section: number }

/** The same for thoughts and calls; progress of server tools is left out, their finished item says it all. */
function pushInner(decoder: Decoder, type: string, data: JsonObject, { delta, place, section }: Piece): void {
  const { sink } = decoder
  const whole = text(data, 'text') ?? ''
  switch (type) {
    case 'response.reasoning_summary_text.delta':
      thought(decoder, data, 'summary', section, delta)
      return
    case 'response.reasoning_summary_text.done':
      completeReasoning(sink, itemFor(decoder, data, 'reasoning'), 'summary', section, whole)
      return
    case 'response.reasoning_text.delta':
    case 'response.reasoning.delta':
      thought(decoder, data, 'raw', place, delta)
      return
    case 'response.reasoning_text.done':
      completeReasoning(sink, itemFor(decoder, data, 'reasoning'), 'raw', place, whole)
      return
    case 'response.function_call_arguments.delta':
      input(decoder, data, 'function_call', delta)
      return
    case 'response.function_call_arguments.done':
      completeInput(sink, itemFor(decoder, data, 'function_call'), text(data, 'arguments') ?? '')
      return
    case 'response.custom_tool_call_input.delta':
      input(decoder, data, 'custom_tool_call', delta)
      return
    case 'response.custom_tool_call_input.done':
      completeInput(sink, itemFor(decoder, data, 'custom_tool_call'), text(data, 'input') ?? '')
      return
    default:
  }
}

function thought(
  decoder: Decoder,
  data: JsonObject,
  visibility: ReasoningPart['visibility'],
  section: number,
  delta: string,
): void {
  const item = itemFor(decoder, data, 'reasoning')
  tellDelta(decoder, delta, (words) => tellReasoning(decoder.sink, item, visibility, section, words))
}

function input(decoder: Decoder, data: JsonObject, type: string, delta: string): void {
  const item = itemFor(decoder, data, type)
  tellDelta(decoder, delta, (words) => tellInput(decoder.sink, item, words))
}

/** The further deltas of the same place are told the same way. */
function tellDelta(decoder: Decoder, delta: string, tell: (words: string) => void): void {
  decoder.tell = tell
  tell(delta)
}

/** `status` as the event names it; else (a whole answer) as the response does. */
function complete(decoder: Decoder, response: JsonObject, status: string | undefined): void {
  const { sink } = decoder
  const usage = decodeUsage(object(response, 'usage'))
  const told = text(response, 'status')
  const failed = status === 'failed' || told === 'failed' || status === 'cancelled' || told === 'cancelled'
  if (failed) {
    if (usage !== undefined && decoder.place === 'inside') sink.events.push({ type: 'usage', usage })
    fail(decoder, decodeInnerError({ error: object(response, 'error') ?? {} }))
    return
  }
  finishItems(decoder, response)
  const incomplete = status === 'incomplete' || told === 'incomplete'
  const reason = incomplete ? incompleteReason(response) : finishReason(sink, response)
  sink.events.push({ type: 'finish', reason, ...(usage === undefined ? {} : { usage }) })
  decoder.place = 'over'
}

/** Items the stream forgot to finish, or to mention at all, are in the final response. */
function finishItems(decoder: Decoder, response: JsonObject): void {
  const output = response['output']
  const finals = Array.isArray(output) ? output.filter(isObject) : []
  const told = new Map<JsonObject, OpenItem>()
  const matches: ((item: OpenItem, final: JsonObject, place: number) => boolean)[] = [
    (item, final) => item.seed['id'] !== undefined && item.seed['id'] === final['id'],
    (item, _, place) => item.outputIndex === place,
    () => true,
  ]
  for (const match of matches) {
    finals.forEach((final, place) => {
      if (told.has(final)) return
      const taken = new Set(told.values())
      const alike = (item: OpenItem) => item.seed['type'] === final['type'] && !taken.has(item)
      const item = decoder.items.find((candidate) => alike(candidate) && match(candidate, final, place))
      if (item !== undefined) told.set(final, item)
    })
  }
  finals.forEach((final, place) => {
    finishItem(decoder.sink, told.get(final) ?? addItem(decoder, final, place), final)
  })
  for (const item of decoder.items) finishItem(decoder.sink, item, undefined)
}

function incompleteReason(response: JsonObject): FinishReason {
  const reason = text(object(response, 'incomplete_details') ?? {}, 'reason')
  return reason === 'content_filter' ? 'filter' : 'length'
}

function finishReason(sink: Sink, response: JsonObject): FinishReason {
  if (sink.calls > 0) return 'tool-calls'
  return response['end_turn'] === false ? 'pause' : 'stop'
}
