// The agent's `input`, a flat list of items → turns. What the model said in a row becomes one assistant turn, what
// tools answered in a row one tool turn; each other message is a turn of its own. Order is never changed.

import { isObject, type JsonObject, type JsonValue, objects, text } from '../../base/json.js'
import { appendTurn, type GrowingTurn } from '../ir/growing-turns.js'
import type { IrPart, ToolKind, ToolResultPart } from '../ir/part.js'
import type { IrTurn } from '../ir/request.js'
import { invalid, objectList, optionalText, requiredText } from './check.js'
import { decodeContent } from './content-decode.js'
import { decodeOutputItem } from './item-decode.js'
import { opaque } from './opaque.js'
import { carried, leftover, own } from './wire.js'

export type DecodedInput = {
  readonly turns: readonly IrTurn[]
  /** Wire tools that stand inside the input: `additional_tools` and the results of tool searches (docs/clients.md). */
  readonly foundTools: readonly JsonObject[]
}

/** What one item says: at most one turn, and tools. */
type Piece = { readonly turn?: IrTurn; readonly foundTools?: readonly JsonObject[] }

/** Throws HubError `invalid-request` naming the item that cannot be read. */
export function decodeInput(value: JsonValue | undefined): DecodedInput {
  if (typeof value === 'string') {
    const parts = decodeContent(value, 'input')
    return { turns: [{ role: 'user', parts, carry: own({}) }], foundTools: [] }
  }
  if (!Array.isArray(value)) throw invalid('input', 'a string or a list of items')
  const turns: GrowingTurn[] = []
  const foundTools: JsonObject[] = []
  value.forEach((item, index) => {
    if (!isObject(item)) throw invalid(`input[${index}]`, 'an object')
    const piece = decodeItem(item, `input[${index}]`)
    if (piece.turn !== undefined) append(turns, piece.turn)
    for (const tool of piece.foundTools ?? []) foundTools.push(tool)
  })
  return { turns, foundTools }
}

/** Turns of the model and of tools grow; messages of others, which carry their own fields, stay apart. */
function append(turns: GrowingTurn[], turn: IrTurn): void {
  appendTurn(turns, turn, turn.role === 'assistant' || turn.role === 'tool')
}

function decodeItem(item: JsonObject, path: string): Piece {
  const type = optionalText(item, 'type', `${path}.type`) ?? (item['role'] === undefined ? '' : 'message')
  switch (type) {
    case 'message':
      return decodeMessage(item, path)
    case 'function_call':
    case 'custom_tool_call':
      requiredText(item, 'call_id', `${path}.call_id`)
      requiredText(item, 'name', `${path}.name`)
      return said('assistant', decodeOutputItem(item, ''))
    case 'function_call_output':
      return said('tool', [decodeResult(item, 'function', path)])
    case 'custom_tool_call_output':
      return said('tool', [decodeResult(item, 'custom', path)])
    case 'tool_search_output':
      return decodeSearchOutput(item, path)
    case 'additional_tools':
      return { foundTools: objectList(item, 'tools', `${path}.tools`) }
    default:
      return said(sideOf(type), decodeOutputItem(item, ''))
  }
}

function said(role: IrTurn['role'], parts: readonly IrPart[]): Piece {
  return { turn: { role, parts } }
}

/** Who speaks in an item that is kept whole. */
function sideOf(type: string): 'assistant' | 'user' {
  return /(_output|_response|_trigger|_update)$/.test(type) ? 'user' : 'assistant'
}

function decodeMessage(item: JsonObject, path: string): Piece {
  const role = requiredText(item, 'role', `${path}.role`)
  const content = decodeContent(item['content'], `${path}.content`)
  switch (role) {
    case 'assistant':
      return content.length === 0 ? {} : said(role, decodeOutputItem({ ...item, type: 'message' }, ''))
    case 'system':
    case 'developer':
    case 'user': {
      const carry = own(leftover(item, ['type', 'role', 'content']))
      return content.length === 0 ? {} : { turn: { role, parts: content, carry } }
    }
    default:
      throw invalid(`${path}.role`, 'one of system, developer, user, assistant')
  }
}

function decodeResult(item: JsonObject, kind: ToolKind, path: string): ToolResultPart {
  const output = item['output']
  return {
    type: 'tool-result',
    callId: requiredText(item, 'call_id', `${path}.call_id`),
    kind,
    // Older agents send an object; its text is all a model needs.
    content: isObject(output)
      ? [{ type: 'text', text: text(output, 'content') ?? JSON.stringify(output) }]
      : decodeContent(output, `${path}.output`),
    ...carried(leftover(item, ['type', 'call_id', 'output'])),
  }
}

/** The tools found join the request's own; the model is told their names. */
function decodeSearchOutput(item: JsonObject, path: string): Piece {
  const callId = optionalText(item, 'call_id', `${path}.call_id`)
  const foundTools = objectList(item, 'tools', `${path}.tools`)
  if (callId === undefined) return said('assistant', [opaque(item)])
  const found = JSON.stringify({ tools: foundTools.flatMap(describeTool) })
  const part: ToolResultPart = {
    type: 'tool-result',
    callId,
    kind: 'search',
    content: [{ type: 'text', text: found }],
    carry: own(leftover(item, ['type', 'call_id'])),
  }
  return { turn: { role: 'tool', parts: [part] }, foundTools }
}

function describeTool(tool: JsonObject): JsonObject[] {
  const name = text(tool, 'name') ?? text(tool, 'type') ?? ''
  if (tool['type'] === 'namespace')
    return objects(tool, 'tools').map((inner) => ({ namespace: name, name: text(inner, 'name') ?? '' }))
  return [{ name }]
}
