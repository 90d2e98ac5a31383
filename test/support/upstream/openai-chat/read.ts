// Reads a chat request's history, tools and wishes into the form that scripts work on.

import { type JsonObject, object, objects, parseJson, text } from '../../../../src/base/json.js'
import { type Conversation, joinTurns, type PastCall, type Turn } from '../history.js'
import type { OfferedTool } from '../script.js'
import type { ChatFlavour } from './flavour.js'

export function readChat(body: JsonObject, flavour: ChatFlavour): Conversation {
  const format = text(object(body, 'response_format') ?? {}, 'type')
  const off = text(object(body, 'thinking') ?? {}, 'type') === 'disabled'
  const returns = { hidden: 'never', told: 'with-calls', 'must-return': 'always' } as const
  return {
    turns: joinTurns(objects(body, 'messages').flatMap(turnOf)),
    tools: objects(body, 'tools').flatMap(toolOf),
    wantsJson: format === 'json_schema' || format === 'json_object',
    thinkingReturns: off ? 'never' : returns[flavour.reasoning],
  }
}

function toolOf(tool: JsonObject): OfferedTool[] {
  const type = text(tool, 'type')
  if (type !== 'function' && type !== 'custom') return []
  const definition = object(tool, type) ?? {}
  const name = text(definition, 'name')
  const properties = object(object(definition, 'parameters') ?? {}, 'properties') ?? {}
  return name === undefined ? [] : [{ name, kind: type, properties: Object.keys(properties) }]
}

function turnOf(message: JsonObject): Turn[] {
  switch (text(message, 'role')) {
    case 'user':
      return [{ type: 'user', text: contentText(message) }]
    case 'assistant':
      return [
        {
          type: 'assistant',
          thinking: text(message, 'reasoning_content') ?? '',
          text: contentText(message),
          calls: objects(message, 'tool_calls').map(callOf),
        },
      ]
    case 'tool':
      return [
        {
          type: 'results',
          results: [{ id: text(message, 'tool_call_id') ?? '', text: contentText(message) }],
        },
      ]
    default:
      return []
  }
}

function callOf(call: JsonObject): PastCall {
  const called = object(call, text(call, 'type') ?? 'function') ?? {}
  const custom = text(called, 'input')
  return {
    id: text(call, 'id') ?? '',
    name: text(called, 'name') ?? '',
    input: custom ?? parseJson(text(called, 'arguments') ?? '') ?? null,
  }
}

function contentText(message: JsonObject): string {
  return (
    text(message, 'content') ??
    objects(message, 'content')
      .map((part) => text(part, 'text') ?? '')
      .join('')
  )
}
