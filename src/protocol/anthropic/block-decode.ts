// A content block as a part of the IR, the same for a request's history and for an answer.
// Law: a block that cannot be said exactly becomes an opaque part that holds it whole.

import { isObject, type JsonObject, type JsonValue, object, text } from '../../base/json.js'
import type {
  IrPart,
  MediaPart,
  OpaquePart,
  ReasoningPart,
  Seal,
  TextPart,
  ToolResultPart,
  WebSearch,
} from '../ir/part.js'
import { envelopeText, openEnvelope } from '../ir/seal.js'
import { wordsOf } from './fallback.js'
import { decodeMedia } from './media.js'
import { cacheOf, carrying, PROTOCOL } from './wire.js'

/**
 * Any block. `footprint` names the maker of raw signatures: the channel for an answer, '' for an agent's history.
 * Never throws: what is malformed becomes opaque.
 */
export function decodeBlock(block: JsonObject, footprint: string): IrPart {
  switch (text(block, 'type')) {
    case 'text':
      return decodeText(block) ?? opaque(block)
    case 'thinking':
      return decodeThinking(block, footprint)
    case 'redacted_thinking':
      return decodeRedacted(block, footprint) ?? opaque(block)
    case 'tool_use':
      return decodeCall(block) ?? opaque(block)
    case 'tool_result':
      return decodeResult(block) ?? opaque(block)
    case 'image':
      return decodeMedia(block, 'image') ?? opaque(block)
    case 'document':
      return decodeMedia(block, 'document') ?? opaque(block)
    default:
      return opaque(block)
  }
}

/** A block that only this protocol understands, with its words. */
export function opaque(block: JsonObject): OpaquePart {
  const fallback = wordsOf(block)
  const search = searchOf(block)
  return {
    type: 'opaque',
    protocol: PROTOCOL,
    value: block,
    ...(fallback === undefined ? {} : { fallback }),
    ...(search === undefined ? {} : { search }),
  }
}

function searchOf(block: JsonObject): WebSearch | undefined {
  if (text(block, 'type') !== 'server_tool_use' || text(block, 'name') !== 'web_search') return undefined
  const query = text(object(block, 'input') ?? {}, 'query')
  return query === undefined ? undefined : { id: text(block, 'id') ?? '', query, results: [] }
}

function decodeText(block: JsonObject): TextPart | undefined {
  const content = text(block, 'text')
  if (content === undefined) return undefined
  const citations = block['citations']
  const cited = Array.isArray(citations) && citations.length > 0
  const known = ['type', 'text', 'cache_control', ...(cited ? [] : ['citations'])]
  return { type: 'text', text: content, ...cacheOf(block), ...carrying(block, known) }
}

function decodeThinking(block: JsonObject, footprint: string): ReasoningPart {
  const seal = sealOf(text(block, 'signature') ?? '', footprint)
  return {
    type: 'reasoning',
    text: text(block, 'thinking') ?? '',
    visibility: 'summary',
    ...(seal === undefined ? {} : { seal }),
    ...carrying(block, ['type', 'thinking', 'signature']),
  }
}

function decodeRedacted(block: JsonObject, footprint: string): ReasoningPart | undefined {
  const data = text(block, 'data')
  if (data === undefined || data === '') return undefined
  const seal = openEnvelope(data) ?? { maker: PROTOCOL, footprint, data, redacted: true }
  return {
    type: 'reasoning',
    text: envelopeText(data) ?? '',
    visibility: 'summary',
    seal,
    ...carrying(block, ['type', 'data']),
  }
}

/** The proof in a signature: an envelope of ours is opened, anything else was made by Anthropic. */
function sealOf(signature: string, footprint: string): Seal | undefined {
  const opened = openEnvelope(signature)
  if (signature === '' || opened?.data === '') return undefined
  return opened ?? { maker: PROTOCOL, footprint, data: signature }
}

function decodeCall(block: JsonObject): IrPart | undefined {
  const id = text(block, 'id')
  const name = text(block, 'name')
  if (id === undefined || name === undefined) return undefined
  return {
    type: 'tool-call',
    id,
    kind: 'function',
    name,
    input: inputText(block['input']),
    ...cacheOf(block),
    ...carrying(block, ['type', 'id', 'name', 'input', 'cache_control']),
  }
}

/** The input of a call as JSON text; an absent one is the empty object. */
export function inputText(input: JsonValue | undefined): string {
  return input === undefined || input === null ? '{}' : JSON.stringify(input)
}

function decodeResult(block: JsonObject): ToolResultPart | undefined {
  const callId = text(block, 'tool_use_id')
  const content = resultContent(block['content'])
  if (callId === undefined || content === undefined) return undefined
  return {
    type: 'tool-result',
    callId,
    kind: 'function',
    content,
    ...(block['is_error'] === true ? { isError: true } : {}),
    ...cacheOf(block),
    ...carrying(block, ['type', 'tool_use_id', 'content', 'is_error', 'cache_control']),
  }
}

function resultContent(content: JsonValue | undefined): ToolResultPart['content'] | undefined {
  if (content === undefined || content === null || content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content) || !content.every(isObject)) return undefined
  return content.map(resultPart)
}

/** text, image and document are the IR's own; search results and tool references keep their words. */
function resultPart(block: JsonObject): TextPart | MediaPart | OpaquePart {
  const part = decodeBlock(block, '')
  return part.type === 'text' || part.type === 'media' ? part : opaque(block)
}
