// Turns → the flat list of input items. Each call and each proof of reasoning is an item of its own, in the order of
// the parts. Law: the same history gives the same items, so that the provider's prompt cache stays warm.

import { createHash } from 'node:crypto'
import { assertNever } from '../../base/assert-never.js'
import { compact, isObject, type JsonObject, type JsonValue, list, parseJson, text } from '../../base/json.js'
import type { EncodeRequestContext } from '../codec.js'
import { isBillingText } from '../ir/billing.js'
import type { Note, Path } from '../ir/note.js'
import type {
  IrPart,
  MediaPart,
  OpaquePart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../ir/part.js'
import type { IrTurn } from '../ir/request.js'
import { usableSeal } from '../ir/seal.js'
import { keptContent } from './content-decode.js'
import { encodeContentPart, foreignWords } from './content-encode.js'
import { reasoningInput } from './reasoning.js'
import { filtered, ID, isClientField, noteForeign, own, ownFields } from './wire.js'

type Place = { readonly context: EncodeRequestContext; readonly notes: Note[] }

/** The longest `call_id` that OpenAI accepts (providers §4). */
const CALL_ID_LIMIT = 64

export function encodeTurns(
  turns: readonly IrTurn[],
  context: EncodeRequestContext,
  notes: Note[],
): JsonObject[] {
  const place: Place = { context, notes }
  const items: JsonObject[] = []
  turns.forEach((turn, index) => {
    for (const item of encodeTurn(turn, () => `turns[${index}]`, place)) items.push(item)
  })
  return withoutLonelyReasoning(items, notes)
}

function encodeTurn(turn: IrTurn, path: Path, place: Place): JsonObject[] {
  if (turn.carry !== undefined) noteForeign(turn.carry, path(), place.notes)
  switch (turn.role) {
    case 'assistant':
      return encodeAssistant(turn, path, place)
    case 'system':
    case 'developer':
    case 'user':
    case 'tool':
      return encodeInput(turn, path, place)
    default:
      return assertNever(turn.role)
  }
}

/** A message of others; results and own items among its parts stand for themselves. */
function encodeInput(turn: IrTurn, path: Path, place: Place): JsonObject[] {
  const items: JsonObject[] = []
  let content: JsonObject[] = []
  const close = () => {
    if (content.length > 0)
      items.push({ type: 'message', role: wireRole(turn, place), content, ...ownItemFields(turn, place) })
    content = []
  }
  turn.parts.forEach((part, index) => {
    const at = () => `${path()}.parts[${index}]`
    if (part.type === 'text' && turn.role !== 'user' && isBillingText(part.text)) return
    if (part.type === 'text' || part.type === 'media' || (part.type === 'opaque' && !isOwnItem(part))) {
      const encoded = encodeContentPart(part, 'input', at, place.notes)
      if (encoded !== undefined) content.push(encoded)
      return
    }
    close()
    items.push(...encodeItem(part, turn, at, place))
  })
  close()
  return items
}

function isOwnItem(part: OpaquePart): boolean {
  return part.protocol === ID && keptContent(part) === undefined
}

/** `developer` is this protocol's word for instructions; `system` is kept where the agent itself said it here. */
function wireRole(turn: IrTurn, place: Place): string {
  if (turn.role !== 'system' && turn.role !== 'developer') return 'user'
  if (place.context.dialect.developerRole === false) return 'system'
  return turn.role === 'system' && ownFields(turn.carry) !== undefined ? 'system' : 'developer'
}

function ownItemFields(from: { readonly carry?: IrTurn['carry'] }, place: Place): JsonObject {
  const fields = ownFields(from.carry)
  if (fields === undefined) return {}
  return place.context.dialect.customTools === true ? fields : filtered(fields, isClientField)
}

function encodeAssistant(turn: IrTurn, path: Path, place: Place): JsonObject[] {
  const items: JsonObject[] = []
  let message: JsonValue[] | undefined
  turn.parts.forEach((part, index) => {
    const at = () => `${path()}.parts[${index}]`
    if (part.type !== 'text') {
      message = undefined
      items.push(...encodeItem(part, turn, at, place))
      return
    }
    const { item, content } = splitFields(part, place)
    const encoded = encodeContentPart(content, 'output', at, place.notes)
    if (encoded === undefined) return
    if (message !== undefined && continues(part)) {
      message.push(encoded)
      return
    }
    message = [encoded]
    items.push({ type: 'message', role: 'assistant', content: message, ...item })
  })
  return items
}

/** A text of ours opens a new message unless its place in the old one says otherwise (see `item-decode.ts`). */
function continues(part: TextPart): boolean {
  const fields = ownFields(part.carry)
  return fields === undefined || fields['content_index'] !== undefined
}

/** The carry of an assistant's text holds fields of the message and of the content part. */
function splitFields(part: TextPart, place: Place): { item: JsonObject; content: TextPart } {
  const fields = ownFields(part.carry)
  if (fields === undefined) return { item: {}, content: part }
  const item = filtered(fields, (name) => !isClientField(name))
  const rest = filtered(fields, (name) => isClientField(name) || name === 'content_index')
  return {
    item: place.context.dialect.customTools === true ? item : {},
    content: { ...part, carry: own(rest) },
  }
}

function encodeItem(part: IrPart, turn: IrTurn, path: Path, place: Place): JsonObject[] {
  switch (part.type) {
    case 'reasoning':
      return encodeReasoning(part, turn, path, place)
    case 'tool-call':
      if (part.carry !== undefined) noteForeign(part.carry, path(), place.notes)
      return [encodeCall(part, place)]
    case 'tool-result':
      if (part.carry !== undefined) noteForeign(part.carry, path(), place.notes)
      return [encodeResult(part, path, place)]
    case 'media':
      return encodeAssistantMedia(part, path, place)
    case 'opaque': {
      if (part.protocol === ID) return [part.value]
      const content = foreignWords(part, 'output', path, place.notes)
      return content === undefined ? [] : [{ type: 'message', role: 'assistant', content: [content] }]
    }
    case 'text':
      return []
    default:
      return assertNever(part)
  }
}

/** Only what this very upstream made goes back with its proof; a proof of another maker would be refused. */
function encodeReasoning(part: ReasoningPart, turn: IrTurn, path: Path, place: Place): JsonObject[] {
  const { dialect, footprint } = place.context
  if (part.seal !== undefined && usableSeal(part.seal, { protocol: ID, footprint }))
    return [reasoningInput(part, part.seal.data)]
  if (part.text === '' && part.seal === undefined) return []
  const inLoop = turn.parts.some((other) => other.type === 'tool-call')
  const wanted = dialect.replayReasoning === 'always' || (dialect.replayReasoning === 'tool-loop' && inLoop)
  if (wanted && part.text !== '')
    return [{ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: part.text }] }]
  const reason =
    part.seal === undefined
      ? 'reasoning without a proof of its maker is not accepted'
      : 'the proof of this reasoning was made by another provider'
  place.notes.push({ kind: 'dropped', path: path(), reason })
  return []
}

function encodeCall(part: ToolCallPart, place: Place): JsonObject {
  const rich = place.context.dialect.customTools === true
  const common = { call_id: wireCallId(part.id), ...ownItemFields(part, place) }
  if (rich && part.kind === 'custom')
    return compact({
      type: 'custom_tool_call',
      name: part.name,
      namespace: part.namespace,
      input: part.input,
      ...common,
    })
  if (rich && part.kind === 'search') {
    const given = parseJson(part.input)
    return {
      type: 'tool_search_call',
      execution: 'client',
      arguments: isObject(given) ? given : {},
      ...common,
    }
  }
  return compact({
    type: 'function_call',
    name: part.name,
    namespace: rich ? part.namespace : undefined,
    arguments: part.kind === 'custom' ? JSON.stringify({ input: part.input }) : part.input || '{}',
    ...common,
  })
}

function encodeResult(part: ToolResultPart, path: Path, place: Place): JsonObject {
  const rich = place.context.dialect.customTools === true
  const fields = ownFields(part.carry) ?? {}
  const common = { call_id: wireCallId(part.callId), ...filtered(ownItemFields(part, place), isSearchField) }
  if (rich && part.kind === 'search')
    return {
      type: 'tool_search_output',
      execution: 'client',
      tools: list(fields, 'tools'),
      ...ownItemFields(part, place),
      call_id: common.call_id,
    }
  if (part.isError === true)
    place.notes.push({
      kind: 'approximated',
      path: path(),
      reason: 'only the text says that the tool failed',
    })
  const type = rich && part.kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output'
  return { type, output: encodeOutput(part, path, place), ...common }
}

function isSearchField(name: string): boolean {
  return name === 'tools' || name === 'execution'
}

/** Plain text wherever it says the same: not every vendor of this protocol takes lists. */
function encodeOutput(part: ToolResultPart, path: Path, place: Place): JsonValue {
  const content = part.content
    .map((inner, index) =>
      encodeContentPart(inner, 'input', () => `${path()}.content[${index}]`, place.notes),
    )
    .filter((encoded) => encoded !== undefined)
  const [first] = content
  if (first === undefined) return ''
  return (content.length === 1 && first['type'] === 'input_text' ? text(first, 'text') : undefined) ?? content
}

/** An image the model made is an item of its own here; other media in its mouth can only be named. */
function encodeAssistantMedia(part: MediaPart, path: Path, place: Place): JsonObject[] {
  const fields = ownFields(part.carry)
  if (fields?.['type'] === 'image_generation_call' && part.source.type === 'base64')
    return [{ ...fields, result: part.source.data }]
  const content = encodeContentPart(part, 'output', path, place.notes)
  return content === undefined ? [] : [{ type: 'message', role: 'assistant', content: [content] }]
}

/** Shortens a long id the same way in a call and in its output. */
function wireCallId(id: string): string {
  if (id.length <= CALL_ID_LIMIT) return id
  return `call_${createHash('sha256')
    .update(id)
    .digest('hex')
    .slice(0, CALL_ID_LIMIT - 'call_'.length)}`
}

/** A proof must stand before something the same model said, or the provider refuses it (providers §4). */
function withoutLonelyReasoning(items: readonly JsonObject[], notes: Note[]): JsonObject[] {
  let partner = false
  if (!items.some((item) => item['type'] === 'reasoning')) return [...items]
  const kept: JsonObject[] = []
  for (const item of items.toReversed()) {
    if (item['type'] === 'reasoning') {
      if (partner) kept.push(item)
      else notes.push({ kind: 'dropped', path: 'input', reason: 'reasoning that nothing followed' })
      continue
    }
    partner = isModelItem(item)
    kept.push(item)
  }
  return kept.toReversed()
}

function isModelItem(item: JsonObject): boolean {
  if (item['type'] === 'message') return item['role'] === 'assistant'
  return !/(_output|_response|_trigger|_update)$/.test(text(item, 'type') ?? '')
}
