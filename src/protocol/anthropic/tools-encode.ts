// Tool definitions and the choice among them, to the wire. Law: the same tools give the same bytes; a tool that
// only another provider can run is dropped with a Note.

import { compact, type JsonObject, text } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { FunctionTool, IrRequest, IrTool, ServerTool } from '../ir/request.js'
import { toolName } from './block-encode.js'
import { ADDED } from './tools-decode.js'
import { cacheControl, noteForeign, ownFields, PROTOCOL } from './wire.js'

/** The API takes no more tools than this with `strict` (providers §4 Anthropic). */
const MOST_STRICT_TOOLS = 20

export function encodeTools(request: IrRequest, dialect: Dialect, notes: Note[]): JsonObject[] {
  const strict = request.tools.filter((tool) => tool.type === 'function' && tool.strict === true).length
  const allowed = dialect.strictTools !== false && strict <= MOST_STRICT_TOOLS
  if (strict > 0 && !allowed) {
    notes.push({ kind: 'dropped', path: 'tools', reason: 'strict tools are more than this upstream takes' })
  }
  return request.tools.flatMap((tool, index) => encodeTool(tool, `tools[${index}]`, allowed, notes))
}

function encodeTool(tool: IrTool, path: string, strict: boolean, notes: Note[]): JsonObject[] {
  switch (tool.type) {
    case 'function':
      noteForeign(tool.carry, path, notes)
      return ownFields(tool.carry)[ADDED] === true ? [] : [functionTool(tool, strict)]
    case 'custom':
    case 'search':
      noteForeign(tool.carry, path, notes)
      return [
        compact({
          name: tool.type === 'custom' ? toolName(tool.name, tool.namespace) : tool.name,
          description: tool.description,
          input_schema: tool.type === 'search' ? tool.schema : INPUT_SCHEMA,
        }),
      ]
    case 'server':
      return serverTool(tool, path, notes)
  }
}

const INPUT_SCHEMA: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
}

function functionTool(tool: FunctionTool, strict: boolean): JsonObject {
  return {
    name: toolName(tool.name, tool.namespace),
    ...compact({ description: tool.description }),
    input_schema: tool.schema['type'] === 'object' ? tool.schema : { type: 'object', ...tool.schema },
    ...(tool.strict === true && strict ? { strict: true } : {}),
    ...(tool.cache === undefined ? {} : { cache_control: cacheControl(tool.cache) }),
    ...ownFields(tool.carry),
  }
}

function serverTool(tool: ServerTool, path: string, notes: Note[]): JsonObject[] {
  if (tool.carry.protocol === PROTOCOL) return [tool.carry.fields]
  if (tool.name !== 'web_search') {
    const type = text(tool.carry.fields, 'type') ?? 'server tool'
    notes.push({ kind: 'dropped', path, reason: `${type} is run by another provider` })
    return []
  }
  const search = tool.search ?? {}
  return [
    compact({
      type: 'web_search_20250305',
      name: 'web_search',
      max_uses: search.maxUses,
      allowed_domains: search.allowedDomains === undefined ? undefined : [...search.allowedDomains],
      blocked_domains: search.blockedDomains === undefined ? undefined : [...search.blockedDomains],
      user_location: search.place === undefined ? undefined : { type: 'approximate', ...search.place },
    }),
  ]
}

/** `tool_choice` with `disable_parallel_tool_use`; only sent together with tools. */
export function encodeToolChoice(request: IrRequest, tools: readonly JsonObject[]): JsonObject | undefined {
  if (tools.length === 0) return undefined
  const choice = choiceOf(request)
  const parallel = request.parallelToolCalls
  if (choice?.['type'] === 'none') return choice
  if (parallel === false) return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true }
  const native = request.carry?.protocol === PROTOCOL
  return parallel === true && native && choice !== undefined
    ? { ...choice, disable_parallel_tool_use: false }
    : choice
}

function choiceOf(request: IrRequest): JsonObject | undefined {
  const choice = request.toolChoice
  switch (choice?.type) {
    case undefined:
      return undefined
    case 'auto':
      return { type: 'auto' }
    case 'none':
      return { type: 'none' }
    case 'required':
      return { type: 'any' }
    case 'tool':
      return { type: 'tool', name: toolName(choice.name, choice.namespace) }
  }
}
