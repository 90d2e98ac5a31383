// Reads an Anthropic request's history, tools and wishes into the form that scripts work on.

import { flag, type JsonObject, object, objects, text } from '../../../../src/base/json.js'
import { type Conversation, joinTurns, type PastCall, type PastResult, type Turn } from '../history.js'
import type { OfferedTool } from '../script.js'
import type { Sealer } from '../seal.js'

export function readAnthropic(body: JsonObject, sealer: Sealer): Conversation {
  const thinking = text(object(body, 'thinking') ?? {}, 'type')
  const format = object(object(body, 'output_config') ?? {}, 'format')
  return {
    turns: joinTurns(objects(body, 'messages').flatMap((message) => turnsOf(message, sealer))),
    tools: objects(body, 'tools').flatMap(toolOf),
    wantsJson: format !== undefined,
    thinkingReturns: thinking === 'adaptive' || thinking === 'enabled' ? 'always' : 'never',
  }
}

function toolOf(tool: JsonObject): OfferedTool[] {
  const name = text(tool, 'name')
  const schema = object(tool, 'input_schema')
  if (name === undefined || schema === undefined) return []
  return [{ name, kind: 'function', properties: Object.keys(object(schema, 'properties') ?? {}) }]
}

function turnsOf(message: JsonObject, sealer: Sealer): Turn[] {
  const role = text(message, 'role')
  if (role === 'system') return []
  const plain = text(message, 'content')
  const blocks = plain === undefined ? objects(message, 'content') : [{ type: 'text', text: plain }]
  if (role === 'assistant') return [assistantTurn(blocks, sealer)]
  const results = blocks.flatMap(resultOf)
  const said = textOf(blocks)
  return [
    ...(results.length > 0 ? [{ type: 'results' as const, results }] : []),
    ...(said !== '' ? [{ type: 'user' as const, text: said }] : []),
  ]
}

function assistantTurn(blocks: readonly JsonObject[], sealer: Sealer): Turn {
  const calls: PastCall[] = blocks
    .filter((block) => block['type'] === 'tool_use')
    .map((block) => ({
      id: text(block, 'id') ?? '',
      name: text(block, 'name') ?? '',
      input: block['input'] ?? null,
    }))
  const thinking = blocks
    .filter((block) => block['type'] === 'thinking')
    .map((block) => sealer.open(text(block, 'signature') ?? '', 'base64') ?? text(block, 'thinking') ?? '')
  return { type: 'assistant', thinking: thinking.join(''), text: textOf(blocks), calls }
}

function resultOf(block: JsonObject): PastResult[] {
  if (block['type'] !== 'tool_result') return []
  const content = text(block, 'content') ?? textOf(objects(block, 'content'))
  const failed = flag(block, 'is_error') === true ? '[error] ' : ''
  return [{ id: text(block, 'tool_use_id') ?? '', text: failed + content }]
}

function textOf(blocks: readonly JsonObject[]): string {
  return blocks
    .filter((block) => block['type'] === 'text')
    .map((block) => text(block, 'text') ?? '')
    .join('')
}
