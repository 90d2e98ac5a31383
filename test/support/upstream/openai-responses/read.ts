// Reads a Responses request's history, tools and wishes into the form that scripts work on.

import { isObject, type JsonObject, object, objects, parseJson, text } from '../../../../src/base/json.js'
import { type Conversation, joinTurns, type Turn } from '../history.js'
import type { OfferedTool } from '../script.js'
import type { Sealer } from '../seal.js'

export function readResponses(body: JsonObject, sealer: Sealer): Conversation {
  const plain = text(body, 'input')
  const format = text(object(object(body, 'text') ?? {}, 'format') ?? {}, 'type')
  const effort = text(object(body, 'reasoning') ?? {}, 'effort')
  const turns: Turn[] =
    plain === undefined
      ? objects(body, 'input').flatMap((item) => turnOf(item, sealer))
      : [{ type: 'user', text: plain }]
  return {
    turns: joinTurns(turns),
    tools: [
      ...objects(body, 'tools'),
      ...objects(body, 'input').flatMap((item) => objects(item, 'tools')),
    ].flatMap(toolOf),
    wantsJson: format === 'json_schema' || format === 'json_object',
    thinkingReturns: effort === 'none' ? 'never' : 'always',
  }
}

function toolOf(tool: JsonObject): OfferedTool[] {
  const name = text(tool, 'name')
  const type = text(tool, 'type')
  if (type === 'namespace') return objects(tool, 'tools').flatMap(toolOf)
  if (name === undefined || (type !== 'function' && type !== 'custom')) return []
  const properties = object(object(tool, 'parameters') ?? {}, 'properties') ?? {}
  return [{ name, kind: type, properties: Object.keys(properties) }]
}

function turnOf(item: JsonObject, sealer: Sealer): Turn[] {
  switch (text(item, 'type') ?? 'message') {
    case 'message':
      return messageTurn(item)
    case 'reasoning':
      return [{ type: 'assistant', thinking: thinkingOf(item, sealer), text: '', calls: [] }]
    case 'function_call':
      return [callTurn(item, parseJson(text(item, 'arguments') ?? '') ?? null)]
    case 'custom_tool_call':
      return [callTurn(item, text(item, 'input') ?? null)]
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [
        {
          type: 'results',
          results: [{ id: text(item, 'call_id') ?? '', text: contentText(item, 'output') }],
        },
      ]
    default:
      return []
  }
}

function messageTurn(item: JsonObject): Turn[] {
  const said = contentText(item, 'content')
  if (item['role'] === 'user') return [{ type: 'user', text: said }]
  if (item['role'] === 'assistant') return [{ type: 'assistant', thinking: '', text: said, calls: [] }]
  return []
}

function callTurn(item: JsonObject, input: JsonObject | null | ReturnType<typeof parseJson>): Turn {
  return {
    type: 'assistant',
    thinking: '',
    text: '',
    calls: [{ id: text(item, 'call_id') ?? '', name: text(item, 'name') ?? '', input: input ?? null }],
  }
}

/** The sealed text is what counts; a summary alone is only what the user saw of it. */
function thinkingOf(item: JsonObject, sealer: Sealer): string {
  const sealed = sealer.open(text(item, 'encrypted_content') ?? '', 'base64url')
  return sealed === undefined ? '' : sealed.slice(sealed.indexOf('\n') + 1)
}

function contentText(item: JsonObject, key: string): string {
  const plain = text(item, key)
  if (plain !== undefined) return plain
  const parts = item[key]
  if (!Array.isArray(parts)) return ''
  return parts
    .filter(isObject)
    .map((part) => text(part, 'text') ?? '')
    .join('')
}
