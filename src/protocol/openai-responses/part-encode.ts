// The parts of an answer → items with their start, pieces, end and whole. Codex keeps only the whole, SDKs build on
// the pieces.

import { assertNever } from '../../base/assert-never.js'
import { compact, isObject, type JsonObject, parseJson, text } from '../../base/json.js'
import { foreignCitations, urlCitation } from '../citations.js'
import type { IrEvent } from '../ir/event.js'
import type { Carry, MediaPart, OpaquePart, Seal } from '../ir/part.js'
import { mediaWords } from './content-encode.js'
import { opaqueProof, reasoningItem } from './reasoning.js'
import { addItem, at, type Call, emit, emitDelta, endItem, type State, type Writer } from './stream-writer.js'
import { filtered, ID, isClientField, noteForeign, ownFields } from './wire.js'

function textPart(refusal: boolean, told: string, fields: JsonObject = {}): JsonObject {
  return refusal
    ? { type: 'refusal', refusal: told, ...fields }
    : { type: 'output_text', text: told, annotations: [], logprobs: [], ...fields }
}

export function pushText(writer: Writer, delta: string): void {
  const { state } = writer
  if (state.type !== 'text' || delta === '') return
  if (state.id === undefined) {
    state.id = writer.context.newId('msg_')
    addItem(writer, {
      id: state.id,
      type: 'message',
      status: 'in_progress',
      role: 'assistant',
      content: [],
    })
    const part = textPart(state.refusal, '')
    emit(writer, 'response.content_part.added', { ...at(writer, state.id), content_index: 0, part })
  }
  state.told += delta
  emitDelta(writer, state.refusal ? 'response.refusal.delta' : 'response.output_text.delta', state.id, delta)
}

/** A text without a word is not told: it would come back as an empty message. */
export function endText(writer: Writer, carry: Carry | undefined): void {
  const { state } = writer
  if (state.type !== 'text') return
  if (state.id === undefined) {
    writer.state = { type: 'between' }
    return
  }
  const { citations, rest } = foreignCitations(carry, ID)
  noteForeign(rest, `output[${writer.output.length}]`, writer.notes)
  const annotations = citations.map((citation) => ({
    type: 'url_citation',
    ...urlCitation(citation, state.told.length),
  }))
  const fields = { ...(annotations.length === 0 ? {} : { annotations }), ...ownFields(carry) }
  const onItem = filtered(fields, (name) => !isClientField(name) || name === 'id' || name === 'status')
  const onPart = filtered(fields, (name) => isClientField(name) || name === 'content_index')
  const place = { ...at(writer, state.id), content_index: 0 }
  const part = textPart(state.refusal, state.told, onPart)
  annotations.forEach((annotation, annotation_index) => {
    emit(writer, 'response.output_text.annotation.added', { ...place, annotation_index, annotation })
  })
  if (state.refusal) emit(writer, 'response.refusal.done', { ...place, refusal: state.told })
  else emit(writer, 'response.output_text.done', { ...place, text: state.told, logprobs: [] })
  emit(writer, 'response.content_part.done', { ...place, part })
  endItem(writer, {
    id: state.id,
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [part],
    ...onItem,
  })
}

type ReasoningState = Extract<State, { readonly type: 'reasoning' }>

function openReasoning(writer: Writer, state: ReasoningState, madeId: string | undefined): string {
  if (state.id !== undefined) return state.id
  const id = madeId?.startsWith('rs_') ? madeId : writer.context.newId('rs_')
  state.id = id
  addItem(writer, { id, type: 'reasoning', status: 'in_progress', summary: [] })
  return id
}

export function pushReasoning(writer: Writer, delta: string): void {
  const { state } = writer
  if (state.type !== 'reasoning' || delta === '') return
  const first = state.told === ''
  const id = openReasoning(writer, state, state.madeId)
  state.told += delta
  if (state.visibility === 'summary') {
    const part = { type: 'summary_text', text: '' }
    if (first)
      emit(writer, 'response.reasoning_summary_part.added', { ...at(writer, id), summary_index: 0, part })
    emitDelta(writer, 'response.reasoning_summary_text.delta', id, delta)
    return
  }
  const part = { type: 'reasoning_text', text: '' }
  if (first) emit(writer, 'response.content_part.added', { ...at(writer, id), content_index: 0, part })
  emitDelta(writer, 'response.reasoning_text.delta', id, delta)
}

export function endReasoning(writer: Writer, seal: Seal | undefined, carry: Carry | undefined): void {
  const { state } = writer
  if (state.type !== 'reasoning') return
  const { told, visibility } = state
  const proof = opaqueProof(seal, told, visibility)
  if (state.id === undefined && proof === undefined) {
    writer.state = { type: 'between' }
    return
  }
  noteForeign(carry, `output[${writer.output.length}]`, writer.notes)
  const madeId = seal?.maker === ID ? seal.id : undefined
  const id = openReasoning(writer, state, state.madeId ?? madeId)
  if (told !== '' && visibility === 'summary') {
    const place = { ...at(writer, id), summary_index: 0 }
    emit(writer, 'response.reasoning_summary_text.done', { ...place, text: told })
    const part = { type: 'summary_text', text: told }
    emit(writer, 'response.reasoning_summary_part.done', { ...place, part })
  }
  if (told !== '' && visibility === 'raw') {
    const place = { ...at(writer, id), content_index: 0 }
    emit(writer, 'response.reasoning_text.done', { ...place, text: told })
    emit(writer, 'response.content_part.done', { ...place, part: { type: 'reasoning_text', text: told } })
  }
  // The maker checks its proof against its own id.
  endItem(writer, reasoningItem({ text: told, visibility }, proof, madeId ?? id))
}

export function startCall(
  writer: Writer,
  event: Extract<IrEvent, { readonly type: 'tool-call-start' }>,
): void {
  const prefix = { function: 'fc_', custom: 'ctc_', search: 'tsc_' }[event.kind]
  const call: Call = {
    id: writer.context.newId(prefix),
    callId: event.id,
    kind: event.kind,
    name: event.name,
    namespace: event.namespace,
  }
  writer.state = { type: 'call', call, told: '' }
  addItem(writer, callItem(call, '', 'in_progress'))
}

/** `arguments` of a function is a string, of a search an object; anything else is dropped by Codex (docs/clients.md). */
function callItem(call: Call, input: string, status: string): JsonObject {
  const { id, callId, kind, name, namespace } = call
  const common = { id, status, call_id: callId }
  switch (kind) {
    case 'function':
      return compact({ type: 'function_call', ...common, name, namespace, arguments: input })
    case 'custom':
      return compact({ type: 'custom_tool_call', ...common, name, namespace, input })
    case 'search': {
      const given = parseJson(input)
      const query = isObject(given) ? given : {}
      return { type: 'tool_search_call', ...common, execution: 'client', arguments: query }
    }
    default:
      return assertNever(kind)
  }
}

export function pushInput(writer: Writer, delta: string): void {
  const { state } = writer
  if (state.type !== 'call' || delta === '') return
  state.told += delta
  const { id, kind } = state.call
  if (kind === 'function') emitDelta(writer, 'response.function_call_arguments.delta', id, delta)
  if (kind === 'custom') emitDelta(writer, 'response.custom_tool_call_input.delta', id, delta)
}

export function endCall(writer: Writer, carry: Carry | undefined): void {
  const { state } = writer
  if (state.type !== 'call') return
  noteForeign(carry, `output[${writer.output.length}]`, writer.notes)
  const { call } = state
  if (call.kind === 'function' && state.told === '') pushInput(writer, '{}')
  const place = at(writer, call.id)
  if (call.kind === 'function')
    emit(writer, 'response.function_call_arguments.done', { ...place, arguments: state.told })
  if (call.kind === 'custom')
    emit(writer, 'response.custom_tool_call_input.done', { ...place, input: state.told })
  const fields = filtered(ownFields(carry) ?? {}, (name) => name === 'id' || name === 'status')
  endItem(writer, { ...callItem(call, state.told, 'completed'), ...fields })
}

/** An image is what the protocol's own image tool gives; other media can only be named. */
export function pushMedia(writer: Writer, part: MediaPart): void {
  noteForeign(part.carry, `output[${writer.output.length}]`, writer.notes)
  if (part.kind === 'image' && part.source.type === 'base64') {
    const fields = filtered(ownFields(part.carry) ?? {}, (name) => ['id', 'type', 'status'].includes(name))
    const id = writer.context.newId('ig_')
    addItem(writer, { id, type: 'image_generation_call', status: 'in_progress', result: null })
    endItem(writer, {
      id,
      type: 'image_generation_call',
      status: 'completed',
      result: part.source.data,
      ...fields,
    })
    return
  }
  const reason = `the Responses protocol has no ${part.kind} in answers`
  writer.notes.push({ kind: 'approximated', path: `output[${writer.output.length}]`, reason })
  wholeText(writer, part.source.type === 'text' ? part.source.text : mediaWords(part))
}

export function pushOpaque(writer: Writer, part: OpaquePart): void {
  if (part.protocol === ID) {
    addItem(writer, part.value)
    endItem(writer, part.value)
    return
  }
  if (part.search !== undefined) {
    const { query } = part.search
    const item = {
      id: writer.context.newId('ws_'),
      type: 'web_search_call',
      status: 'completed',
      action: { type: 'search', query },
    }
    addItem(writer, { ...item, status: 'in_progress' })
    endItem(writer, item)
    return
  }
  const told = part.fallback ?? ''
  const reason = `\`${text(part.value, 'type') ?? 'block'}\` is known to ${part.protocol} only`
  const kind = told === '' ? 'dropped' : 'approximated'
  writer.notes.push({ kind, path: `output[${writer.output.length}]`, reason })
  if (told !== '') wholeText(writer, told)
}

function wholeText(writer: Writer, told: string): void {
  writer.state = { type: 'text', refusal: false, id: undefined, told: '' }
  pushText(writer, told)
  endText(writer, undefined)
}
