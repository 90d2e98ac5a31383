// Events of this wire: their names, the opening one, and how a whole block is told in pieces.

import { type JsonObject, text, without } from '../../base/json.js'
import type { SseEvent } from '../sse/event.js'
import { encodeUsage } from './usage.js'

/** An event of this wire: its name stands both beside and inside the data. */
export function sse(type: string, fields: JsonObject): SseEvent {
  return { event: type, data: JSON.stringify({ type, ...fields }) }
}

/** data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],…}} */
export function messageStart(id: string, model: string): SseEvent {
  return sse('message_start', {
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: encodeUsage(undefined),
    },
  })
}

export type Pieces = { readonly head: JsonObject; readonly changes: JsonObject[] }

/** How a whole block streams: text, thinking and inputs come as deltas, everything else stands in the start. */
export function piecesOf(block: JsonObject): Pieces {
  switch (text(block, 'type')) {
    case 'text':
      return {
        head: { type: 'text', text: '' },
        changes: [{ type: 'text_delta', text: text(block, 'text') ?? '' }],
      }
    case 'thinking':
      return {
        head: { type: 'thinking', thinking: '', signature: '' },
        changes: [{ type: 'signature_delta', signature: text(block, 'signature') ?? '' }],
      }
    case 'server_tool_use':
    case 'mcp_tool_use':
      return {
        head: { ...block, input: {} },
        changes: [{ type: 'input_json_delta', partial_json: JSON.stringify(block['input'] ?? {}) }],
      }
    case 'compaction':
      return {
        head: { ...without(block, ['content']), content: null },
        changes: [{ type: 'compaction_delta', content: block['content'] ?? '' }],
      }
    default:
      return { head: block, changes: [] }
  }
}
