// Tool definitions and the choice among them, from the wire. Law: a tool without an `input_schema` of its own is
// run by the provider and is kept whole.

import { isObject, type JsonObject, object, objects, text } from '../../base/json.js'
import type { IrTool, IrToolChoice, ServerTool } from '../ir/request.js'
import { searchPlace } from '../tools/search-place.js'
import { cacheOf, carrying, listAt, objectAt, optionalAt, PROTOCOL, stringAt, wrongType } from './wire.js'

export function decodeTools(body: JsonObject): IrTool[] {
  const offered = listAt(body, 'tools', 'tools').map((entry, index) => {
    const tool = objectAt(entry, `tools[${index}]`)
    return decodeTool(tool, `tools[${index}]`)
  })
  return [...offered, ...addedTools(body)]
}

/** Marks a tool that a message of the system has added; here the message itself tells it. */
export const ADDED = 'tool_addition'

/** Tools that join in the middle of a conversation: other protocols know only those of the request. */
function addedTools(body: JsonObject): IrTool[] {
  const blocks = objects(body, 'messages')
    .filter((message) => message['role'] === 'system')
    .flatMap((message) => objects(message, 'content'))
  return blocks.flatMap((block) => {
    const definition = object(object(block, 'tool') ?? {}, 'definition')
    if (text(block, 'type') !== ADDED || definition === undefined) return []
    const tool = decodeTool(definition, ADDED)
    if (tool.type !== 'function') return []
    return [{ ...tool, carry: { protocol: PROTOCOL, fields: { [ADDED]: true } } }]
  })
}

/** Claude Code's stand-in that keeps tool search alive; no model may call it, so no other protocol is shown it. */
const PLACEHOLDER = 'DeferredToolPlaceholder'

function decodeTool(tool: JsonObject, path: string): IrTool {
  const type = text(tool, 'type') ?? 'custom'
  if (type !== 'custom') return serverTool(tool, type)
  const name = stringAt(tool, 'name', path)
  if (name === PLACEHOLDER && tool['defer_loading'] === true) return serverTool(tool, type)
  const schema = tool['input_schema']
  if (!isObject(schema)) throw wrongType(`${path}.input_schema`, 'a JSON Schema')
  const description = text(tool, 'description')
  const strict = tool['strict']
  return {
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    schema,
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...cacheOf(tool),
    ...carrying(tool, ['type', 'name', 'description', 'input_schema', 'strict', 'cache_control']),
  }
}

function serverTool(tool: JsonObject, type: string): ServerTool {
  const carry = { protocol: PROTOCOL, fields: tool } as const
  if (!type.startsWith('web_search')) return { type: 'server', name: 'other', carry }
  const maxUses = tool['max_uses']
  const allowed = domains(tool, 'allowed_domains')
  const blocked = domains(tool, 'blocked_domains')
  const place = searchPlace(tool)
  const search = {
    ...(typeof maxUses === 'number' ? { maxUses } : {}),
    ...(allowed === undefined ? {} : { allowedDomains: allowed }),
    ...(blocked === undefined ? {} : { blockedDomains: blocked }),
    ...(place === undefined ? {} : { place }),
  }
  return { type: 'server', name: 'web_search', search, carry }
}

function domains(tool: JsonObject, key: string): string[] | undefined {
  const value = tool[key]
  if (!Array.isArray(value)) return undefined
  return value.filter((entry): entry is string => typeof entry === 'string')
}

/** `tool_choice`; an unknown type reads as no choice. */
export function decodeToolChoice(body: JsonObject): IrToolChoice | undefined {
  const choice = optionalAt(body, 'tool_choice', 'object')
  if (choice === undefined) return undefined
  switch (stringAt(choice, 'type', 'tool_choice')) {
    case 'auto':
      return { type: 'auto' }
    case 'any':
      return { type: 'required' }
    case 'none':
      return { type: 'none' }
    case 'tool':
      return { type: 'tool', name: stringAt(choice, 'name', 'tool_choice') }
    default:
      throw wrongType('tool_choice.type', 'auto, any, tool or none')
  }
}

export function parallelCalls(body: JsonObject): boolean | undefined {
  const choice = body['tool_choice']
  const disabled = isObject(choice) ? choice['disable_parallel_tool_use'] : undefined
  return typeof disabled === 'boolean' ? !disabled : undefined
}
