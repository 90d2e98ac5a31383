// One output item of a stream between its first sign and its end: what of it was told already, and how the whole item
// at the end is reconciled with that. Law: no text is lost and none is told twice, whichever events a vendor leaves out.

import { assertNever } from '../../base/assert-never.js'
import { type JsonObject, type JsonValue, text } from '../../base/json.js'
import type { IrEvent } from '../ir/event.js'
import type { Carry, IrPart, ReasoningPart, TextPart, ToolCallPart, ToolKind } from '../ir/part.js'
import { callKind, decodeOutputItem } from './item-decode.js'
import { own, ownFields, SECTION_BREAK } from './wire.js'

/** A text part that was begun. `ended` when its end was told. */
type OpenText = {
  readonly index: number
  told: string
  readonly annotations: JsonValue[]
  ended: boolean
}

export type OpenItem = {
  /** The item as it was announced, `{}` when it never was. */
  readonly seed: JsonObject
  readonly outputIndex: number | undefined
  /** Its start was told; else it is made up from a delta. */
  readonly announced: boolean
  done: boolean
  body: ItemBody
}

type ItemBody =
  | { readonly type: 'message'; readonly texts: Map<number, OpenText> }
  | { readonly type: 'reasoning'; part: OpenReasoning | undefined }
  | { readonly type: 'call'; readonly kind: ToolKind; index: number | undefined; told: string }
  /** Told only as a whole, when it is done. */
  | { readonly type: 'whole' }

/** `section` is the summary or content part that is being told. */
type OpenReasoning = {
  readonly index: number
  readonly visibility: ReasoningPart['visibility']
  section: number
  told: string
}

/** Where events go, and the number of the next part. */
export type Sink = {
  readonly events: IrEvent[]
  next: number
  readonly footprint: string
  calls: number
  readonly newId: (prefix: string) => string
}

export function openItem(seed: JsonObject, outputIndex: number | undefined, announced: boolean): OpenItem {
  return { seed, outputIndex, announced, done: false, body: emptyBody(seed) }
}

function emptyBody(seed: JsonObject): ItemBody {
  if (seed['type'] === 'message') return { type: 'message', texts: new Map() }
  if (seed['type'] === 'reasoning') return { type: 'reasoning', part: undefined }
  const kind = callKind(seed)
  if (kind === undefined || kind === 'search') return { type: 'whole' }
  return { type: 'call', kind, index: undefined, told: '' }
}

/** `response.output_text.delta`, `response.refusal.delta`; an earlier part of the item is complete by then. */
export function tellText(sink: Sink, item: OpenItem, place: number, delta: string, refusal: boolean): void {
  if (item.body.type !== 'message' || item.done) return
  for (const [other, open] of item.body.texts) if (other < place) endText(sink, item, open, undefined)
  const open = item.body.texts.get(place) ?? startText(sink, item.body.texts, place, refusal)
  if (delta === '' || open.ended) return
  open.told += delta
  sink.events.push({ type: 'text-delta', index: open.index, text: delta })
}

/** `response.output_text.done`, `response.refusal.done`: what the deltas left out of the whole text. */
export function completeText(
  sink: Sink,
  item: OpenItem,
  place: number,
  whole: string,
  refusal: boolean,
): void {
  if (item.body.type !== 'message') return
  const missing = rest(whole, item.body.texts.get(place)?.told ?? '')
  if (missing !== '') tellText(sink, item, place, missing, refusal)
}

export function noteAnnotation(item: OpenItem, place: number, annotation: JsonValue): void {
  if (item.body.type === 'message') item.body.texts.get(place)?.annotations.push(annotation)
}

function startText(sink: Sink, texts: Map<number, OpenText>, place: number, refusal: boolean): OpenText {
  const open: OpenText = { index: sink.next++, told: '', annotations: [], ended: false }
  texts.set(place, open)
  sink.events.push({ type: 'text-start', index: open.index, ...(refusal ? { refusal: true as const } : {}) })
  return open
}

function endText(sink: Sink, item: OpenItem, open: OpenText, part: TextPart | undefined): void {
  if (open.ended) return
  open.ended = true
  const id = text(item.seed, 'id')
  const fields = ownFields(part?.carry) ?? (id === undefined ? {} : { id })
  const annotated = open.annotations.length > 0 && fields['annotations'] === undefined
  const carry: Carry = own(annotated ? { ...fields, annotations: open.annotations } : fields)
  sink.events.push({ type: 'text-end', index: open.index, carry })
}

/** `response.reasoning_summary_text.delta` and `response.reasoning_text.delta`; the kind that came first is told. */
export function tellReasoning(
  sink: Sink,
  item: OpenItem,
  visibility: ReasoningPart['visibility'],
  section: number,
  delta: string,
): void {
  const { body } = item
  if (body.type !== 'reasoning' || item.done || delta === '') return
  const part = body.part ?? startReasoning(sink, visibility, section, text(item.seed, 'id'))
  body.part = part
  if (part.visibility !== visibility) return
  const told = part.section === section ? delta : SECTION_BREAK + delta
  part.section = section
  part.told += told
  sink.events.push({ type: 'reasoning-delta', index: part.index, text: told })
}

function startReasoning(
  sink: Sink,
  visibility: ReasoningPart['visibility'],
  section: number,
  id: string | undefined,
): OpenReasoning {
  const index = sink.next++
  sink.events.push({ type: 'reasoning-start', index, visibility, ...(id === undefined ? {} : { id }) })
  return { index, visibility, section, told: '' }
}

/** Arguments or free input of a call; held back while its name or id is unknown. */
export function tellInput(sink: Sink, item: OpenItem, delta: string): void {
  const { body } = item
  if (body.type !== 'call' || item.done) return
  startCall(sink, item, undefined)
  if (body.index !== undefined && delta !== '')
    sink.events.push({ type: 'tool-call-delta', index: body.index, input: delta })
  body.told += delta
}

/** `response.function_call_arguments.done`, `response.custom_tool_call_input.done`. */
export function completeInput(sink: Sink, item: OpenItem, whole: string): void {
  if (item.body.type === 'call') tellInput(sink, item, rest(whole, item.body.told))
}

/** `response.reasoning_summary_text.done`, `response.reasoning_text.done`: a section of which no delta came. */
export function completeReasoning(
  sink: Sink,
  item: OpenItem,
  visibility: ReasoningPart['visibility'],
  section: number,
  whole: string,
): void {
  if (item.body.type !== 'reasoning') return
  const { part } = item.body
  if (part === undefined || section > part.section) tellReasoning(sink, item, visibility, section, whole)
}

/** Tells that a call begins as soon as it has a name and an id. */
export function startCall(sink: Sink, item: OpenItem, whole: ToolCallPart | undefined): void {
  const { body } = item
  if (body.type !== 'call' || body.index !== undefined) return
  const name = whole?.name ?? text(item.seed, 'name')
  const id = whole?.id ?? text(item.seed, 'call_id')
  if (name === undefined || name === '' || id === undefined || id === '') return
  body.index = sink.next++
  const namespace = whole?.namespace ?? text(item.seed, 'namespace')
  pushCallStart(sink, body.index, {
    id,
    kind: body.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  })
  if (body.told !== '') sink.events.push({ type: 'tool-call-delta', index: body.index, input: body.told })
}

type CallHead = Pick<ToolCallPart, 'id' | 'kind' | 'name' | 'namespace'>

function pushCallStart(sink: Sink, index: number, head: CallHead): void {
  sink.calls += 1
  sink.events.push({ type: 'tool-call-start', index, ...head })
}

/** The item as a whole, or what is known of it when the stream ends without it. */
export function finishItem(sink: Sink, item: OpenItem, final: JsonObject | undefined): void {
  if (item.done) return
  const parts = decodeOutputItem(wholeItem(sink, item, final), sink.footprint)
  const { body } = item
  switch (body.type) {
    case 'message':
      finishMessage(sink, item, body.texts, parts)
      break
    case 'reasoning':
      finishReasoning(sink, body.part, parts[0])
      break
    case 'call':
      finishCall(sink, item, body, parts[0])
      break
    case 'whole':
      for (const part of parts) tellPart(sink, part)
      break
    default:
      assertNever(body)
  }
  item.done = true
}

/** The final item over the announced one; a call always gets an id, or no result could answer it. */
function wholeItem(sink: Sink, item: OpenItem, final: JsonObject | undefined): JsonObject {
  const whole: JsonObject = { ...item.seed, ...final }
  if (item.body.type !== 'call') return whole
  const callId = text(whole, 'call_id') || text(item.seed, 'call_id') || text(whole, 'id')
  const input = item.body.told
  const known = item.body.kind === 'custom' ? whole['input'] : whole['arguments']
  const field = item.body.kind === 'custom' ? 'input' : 'arguments'
  return {
    ...whole,
    call_id: callId || sink.newId('call_'),
    ...((known === undefined || known === null || known === '') && input !== '' ? { [field]: input } : {}),
  }
}

function finishMessage(
  sink: Sink,
  item: OpenItem,
  texts: Map<number, OpenText>,
  parts: readonly IrPart[],
): void {
  parts.forEach((part, place) => {
    const open = texts.get(place)
    if (open === undefined || part.type !== 'text') {
      if (!(part.type === 'text' && part.text === '')) tellPart(sink, part)
      return
    }
    const missing = rest(part.text, open.told)
    if (missing !== '' && !open.ended)
      sink.events.push({ type: 'text-delta', index: open.index, text: missing })
    endText(sink, item, open, part)
  })
  for (const open of texts.values()) endText(sink, item, open, undefined)
}

function finishReasoning(sink: Sink, open: OpenReasoning | undefined, part: IrPart | undefined): void {
  const whole = part?.type === 'reasoning' ? part : undefined
  if (open === undefined) {
    if (whole !== undefined && (whole.text !== '' || whole.seal !== undefined)) tellPart(sink, whole)
    return
  }
  const missing = whole?.visibility === open.visibility ? rest(whole.text, open.told) : ''
  if (missing !== '') sink.events.push({ type: 'reasoning-delta', index: open.index, text: missing })
  sink.events.push({ type: 'reasoning-end', index: open.index, ...ending(whole) })
}

function ending(part: ReasoningPart | undefined): Pick<ReasoningPart, 'seal' | 'carry'> {
  return {
    ...(part?.seal === undefined ? {} : { seal: part.seal }),
    ...(part?.carry === undefined ? {} : { carry: part.carry }),
  }
}

function finishCall(
  sink: Sink,
  item: OpenItem,
  body: Extract<ItemBody, { readonly type: 'call' }>,
  part: IrPart | undefined,
): void {
  if (part?.type !== 'tool-call') {
    // Without a name there is nothing to run; what it holds is kept whole.
    if (body.index === undefined && part !== undefined) tellPart(sink, part)
    else if (body.index !== undefined) sink.events.push({ type: 'tool-call-end', index: body.index })
    return
  }
  startCall(sink, item, part)
  if (body.index === undefined) return
  const missing = body.told === '' ? part.input : rest(part.input, body.told)
  if (missing !== '') sink.events.push({ type: 'tool-call-delta', index: body.index, input: missing })
  const carry = part.carry === undefined ? {} : { carry: part.carry }
  sink.events.push({ type: 'tool-call-end', index: body.index, ...carry })
}

/** What of `whole` was not told yet; nothing when the two differ, for what was told cannot be taken back. */
function rest(whole: string, told: string): string {
  return whole.startsWith(told) ? whole.slice(told.length) : ''
}

/** A part of which nothing was told. */
function tellPart(sink: Sink, part: IrPart): void {
  switch (part.type) {
    case 'text': {
      const index = sink.next++
      const carry = part.carry === undefined ? {} : { carry: part.carry }
      const refusal = part.refusal === true ? { refusal: true as const } : {}
      sink.events.push({ type: 'text-start', index, ...refusal })
      if (part.text !== '') sink.events.push({ type: 'text-delta', index, text: part.text })
      sink.events.push({ type: 'text-end', index, ...carry })
      return
    }
    case 'reasoning': {
      const id = part.seal?.id
      const open = startReasoning(sink, part.visibility, 0, id)
      if (part.text !== '') sink.events.push({ type: 'reasoning-delta', index: open.index, text: part.text })
      sink.events.push({ type: 'reasoning-end', index: open.index, ...ending(part) })
      return
    }
    case 'tool-call': {
      const index = sink.next++
      const { id, kind, name, namespace } = part
      pushCallStart(sink, index, { id, kind, name, ...(namespace === undefined ? {} : { namespace }) })
      if (part.input !== '') sink.events.push({ type: 'tool-call-delta', index, input: part.input })
      sink.events.push({
        type: 'tool-call-end',
        index,
        ...(part.carry === undefined ? {} : { carry: part.carry }),
      })
      return
    }
    case 'media':
      sink.events.push({ type: 'media', index: sink.next++, part })
      return
    case 'opaque':
      sink.events.push({ type: 'opaque', index: sink.next++, part })
      return
    case 'tool-result':
      return
    default:
      assertNever(part)
  }
}
