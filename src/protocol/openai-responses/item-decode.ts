// Items that a model makes, wire → IR: the same mapping for a whole answer, for the end of a streamed item, and for
// the agent's history.

import { isObject, type JsonObject, objects, text } from '../../base/json.js'
import type { IrPart, MediaPart, ToolCallPart, ToolKind } from '../ir/part.js'
import { decodeContentPart } from './content-decode.js'
import { opaque } from './opaque.js'
import { decodeReasoning } from './reasoning.js'
import { ID, leftover, own } from './wire.js'

/** The parts of one output item; `footprint` as in `decodeReasoning`. Never throws: what is odd stays opaque. */
export function decodeOutputItem(item: JsonObject, footprint: string): IrPart[] {
  switch (item['type']) {
    case 'message':
      return decodeMessage(item)
    case 'reasoning':
      return [decodeReasoning(item, footprint)]
    case 'function_call':
    case 'custom_tool_call':
    case 'tool_search_call':
      return [decodeCall(item) ?? opaque(item)]
    case 'image_generation_call':
      return [decodeGeneratedImage(item) ?? opaque(item)]
    default:
      return [opaque(item)]
  }
}

/** One part per content part; the first one carries the item's own fields, the others their place in the item. */
function decodeMessage(item: JsonObject): IrPart[] {
  const content = item['content']
  const parts =
    typeof content === 'string' ? [{ type: 'output_text', text: content }] : objects(item, 'content')
  return parts.map((part, place): IrPart => {
    const decoded = decodeContentPart(part)
    // What is kept whole has to be an item, or the encoder could not tell it from one.
    if (decoded.type === 'opaque') return opaque({ type: 'message', role: 'assistant', content: [part] })
    if (decoded.type === 'media') return decoded
    const fields = place === 0 ? leftover(item, ['type', 'role', 'content']) : { content_index: place }
    return { ...decoded, carry: own({ ...fields, ...decoded.carry?.fields }) }
  })
}

/** How the wire names the three kinds of calls. */
export function callKind(item: JsonObject): ToolKind | undefined {
  if (item['type'] === 'function_call') return 'function'
  if (item['type'] === 'custom_tool_call') return 'custom'
  // One that the provider runs itself is not for the agent.
  if (item['type'] === 'tool_search_call' && item['execution'] !== 'server') return 'search'
  return undefined
}

/** Undefined when it cannot be answered: no `call_id`, no name, or run by the provider. */
function decodeCall(item: JsonObject): ToolCallPart | undefined {
  const kind = callKind(item)
  const id = text(item, 'call_id')
  const name = kind === 'search' ? 'tool_search' : text(item, 'name')
  if (kind === undefined || id === undefined || name === undefined) return undefined
  const namespace = text(item, 'namespace')
  const fields = leftover(item, ['type', 'call_id', 'name', 'namespace', 'arguments', 'input', 'execution'])
  return {
    type: 'tool-call',
    id,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    input: callInput(item, kind),
    carry: own(fields),
  }
}

/** Some vendors send `arguments` as an object; agents take only a string. Never empty JSON. */
function callInput(item: JsonObject, kind: ToolKind): string {
  const value = kind === 'custom' ? item['input'] : item['arguments']
  if (typeof value === 'string' && (value !== '' || kind === 'custom')) return value
  return isObject(value) ? JSON.stringify(value) : kind === 'custom' ? '' : '{}'
}

function decodeGeneratedImage(item: JsonObject): MediaPart | undefined {
  const data = text(item, 'result')
  if (data === undefined || data === '') return undefined
  const mediaType = `image/${text(item, 'output_format') ?? 'png'}`
  return {
    type: 'media',
    kind: 'image',
    source: { type: 'base64', mediaType, data },
    carry: { protocol: ID, fields: leftover(item, ['result']) },
  }
}
