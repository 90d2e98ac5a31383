// Parts of the IR as content blocks of a request. Law: text of the user is never lost; what this protocol cannot
// take becomes words with a Note; reasoning goes back only with a proof that this upstream can read.

import { isObject, type JsonObject, parseJson } from '../../base/json.js'
import type { Note, Path } from '../ir/note.js'
import type {
  CacheMark,
  IrPart,
  MediaPart,
  OpaquePart,
  ReasoningPart,
  ToolCallPart,
  ToolResultPart,
} from '../ir/part.js'
import { usableSeal } from '../ir/seal.js'
import { encodeMedia, placeholder } from './media.js'
import type { CallIds } from './tool-id.js'
import { cacheControl, noteForeign, ownFields, PROTOCOL } from './wire.js'

export type BlockContext = {
  readonly notes: Note[]
  readonly footprint: string
  readonly ids: CallIds
  /** Blocks that only users may send (images, documents) are told in words elsewhere. */
  readonly media: 'allowed' | 'words'
}

/** The blocks of one part: none when it is empty or cannot be sent. */
export function encodePart(part: IrPart, path: Path, context: BlockContext): JsonObject[] {
  if (part.type !== 'opaque' && part.carry !== undefined) noteForeign(part.carry, path(), context.notes)
  switch (part.type) {
    case 'text':
      return textBlock(part.text, { ...ownFields(part.carry) }, part.cache)
    case 'reasoning':
      return encodeReasoning(part, path, context)
    case 'tool-call':
      return [encodeCall(part, path, context)]
    case 'tool-result':
      return [encodeResult(part, path, context)]
    case 'media':
      return encodeMediaPart(part, path, context)
    case 'opaque':
      return encodeOpaque(part, path, context)
  }
}

/** Empty and blank text blocks are refused by the API, so they are not written. */
function textBlock(text: string, fields: JsonObject, cache: CacheMark | undefined): JsonObject[] {
  if (text.trim() === '') return []
  return [{ type: 'text', text, ...marked(cache), ...fields }]
}

function marked(cache: CacheMark | undefined): JsonObject {
  return cache === undefined ? {} : { cache_control: cacheControl(cache) }
}

function encodeReasoning(part: ReasoningPart, path: Path, context: BlockContext): JsonObject[] {
  const { seal } = part
  if (seal === undefined || !usableSeal(seal, { protocol: PROTOCOL, footprint: context.footprint })) {
    if (part.text !== '' || seal !== undefined) {
      const reason = 'reasoning without a proof of this upstream cannot be sent back'
      context.notes.push({ kind: 'dropped', path: path(), reason })
    }
    return []
  }
  const fields = ownFields(part.carry)
  if (seal.redacted === true) return [{ type: 'redacted_thinking', data: seal.data, ...fields }]
  return [{ type: 'thinking', thinking: part.text, signature: seal.data, ...fields }]
}

function encodeCall(part: ToolCallPart, path: Path, context: BlockContext): JsonObject {
  return {
    type: 'tool_use',
    id: context.ids.call(part.id),
    name: toolName(part.name, part.namespace),
    input: callInput(part, path, context.notes),
    ...marked(part.cache),
    ...ownFields(part.carry),
  }
}

/** The one name that this wire knows for a tool inside a namespace. */
export function toolName(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}__${name}`
}

/** Input must be an object here: free text and broken JSON go in as `{"input": …}`. */
function callInput(part: ToolCallPart, path: Path, notes: Note[]): JsonObject {
  if (part.kind === 'custom') return { input: part.input }
  if (part.input.trim() === '') return {}
  const parsed = parseJson(part.input)
  if (isObject(parsed)) return parsed
  notes.push({
    kind: 'approximated',
    path: `${path()}.input`,
    reason: 'the arguments are not a JSON object; they are sent inside one',
  })
  return { input: parsed ?? part.input }
}

function encodeResult(part: ToolResultPart, path: Path, context: BlockContext): JsonObject {
  const inside: BlockContext = context.media === 'allowed' ? context : { ...context, media: 'allowed' }
  const blocks = part.content.flatMap((entry, index) =>
    encodePart(entry, () => `${path()}.content[${index}]`, inside),
  )
  return {
    type: 'tool_result',
    tool_use_id: context.ids.result(part.callId),
    content: plainContent(blocks),
    ...(part.isError === true ? { is_error: true } : {}),
    ...marked(part.cache),
    ...ownFields(part.carry),
  }
}

/** A single plain text is written as a string, as agents do. */
export function plainContent(blocks: readonly JsonObject[]): string | JsonObject[] {
  const [first] = blocks
  if (first === undefined) return ''
  const text = first['text']
  const plain = blocks.length === 1 && first['type'] === 'text' && Object.keys(first).length === 2
  return plain && typeof text === 'string' ? text : [...blocks]
}

function encodeMediaPart(part: MediaPart, path: Path, context: BlockContext): JsonObject[] {
  const encoded = context.media === 'allowed' ? encodeMedia(part) : 'only users may send it'
  if (typeof encoded !== 'string') return [{ ...encoded, ...marked(part.cache), ...ownFields(part.carry) }]
  context.notes.push({ kind: 'approximated', path: path(), reason: `${part.kind} told in words: ${encoded}` })
  return textBlock(placeholder(part, encoded), {}, part.cache)
}

function encodeOpaque(part: OpaquePart, path: Path, context: BlockContext): JsonObject[] {
  if (part.protocol === PROTOCOL) return [structuredClone(part.value)]
  if (part.fallback === undefined) {
    const type = typeof part.value['type'] === 'string' ? part.value['type'] : 'block'
    context.notes.push({ kind: 'dropped', path: path(), reason: `${type} exists only in ${part.protocol}` })
    return []
  }
  context.notes.push({
    kind: 'approximated',
    path: path(),
    reason: `a block of ${part.protocol} is told in words`,
  })
  return textBlock(part.fallback, {}, undefined)
}
