// IR tools and choice → tools[], web_search_options, tool_choice. Tools that a chat model cannot have are noted.

import { compact, type JsonObject } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { CustomTool, FunctionTool, IrRequest, IrTool, SearchTool, ServerTool } from '../ir/request.js'
import { addressOf, type ToolNames } from '../tools/names.js'
import { repairSchema } from '../tools/schema.js'
import { encodeCacheMark } from './content-decode.js'
import { LEGACY_MARK } from './tools-decode.js'
import { noteForeign, ownFields, PROTOCOL, restored } from './wire.js'

export type ToolPlace = { readonly dialect: Dialect; readonly names: ToolNames; readonly notes: Note[] }

/** The fields of the request that speak of tools; none of them without tools, because vendors refuse that. */
export function encodeTools(request: IrRequest, place: ToolPlace): JsonObject {
  const { dialect } = place
  const search = searchOptions(request.tools, dialect)
  const tools = request.tools.flatMap((tool, index) => encodeTool(tool, `tools[${index}]`, place))
  if (tools.length === 0) return compact({ web_search_options: search })
  return compact({
    tools,
    tool_choice: encodeChoice(request, place),
    parallel_tool_calls: request.parallelToolCalls,
    web_search_options: search,
  })
}

function encodeTool(tool: IrTool, path: string, place: ToolPlace): JsonObject[] {
  const { notes } = place
  switch (tool.type) {
    case 'function':
      noteForeign(tool.carry, path, notes)
      return [encodeFunction(tool, place)]
    case 'custom':
      noteForeign(tool.carry, path, notes)
      return [encodeCustom(tool, path, place)]
    case 'search':
      return [encodeFunction(tool, place)]
    default:
      return encodeServer(tool, path, place)
  }
}

function encodeFunction(tool: FunctionTool | SearchTool, place: ToolPlace): JsonObject {
  const { dialect } = place
  // A schema that cannot be repaired is noted by tools/repair and sent as it is.
  const { schema } = repairSchema(tool.schema)
  const strict = tool.type === 'function' && dialect.strictTools !== false ? tool.strict : undefined
  const cache = tool.type === 'function' && dialect.cacheControl === true ? tool.cache : undefined
  const wire: JsonObject = {
    type: 'function',
    function: compact({
      name: wireName(tool, place.names),
      description: tool.description,
      parameters: schema,
      strict,
    }),
    ...encodeCacheMark(cache),
  }
  const { [LEGACY_MARK]: _legacy, ...fields } = ownFields(tool.carry)
  return restored(wire, { protocol: PROTOCOL, fields })
}

function encodeCustom(tool: CustomTool, path: string, place: ToolPlace): JsonObject {
  const name = wireName(tool, place.names)
  if (place.dialect.customTools === true) {
    const format = tool.grammar === undefined ? undefined : { type: 'grammar', grammar: { ...tool.grammar } }
    return restored(
      { type: 'custom', custom: compact({ name, description: tool.description, format }) },
      tool.carry,
    )
  }
  place.notes.push({ kind: 'emulated', path, reason: 'a free-text tool is offered as a function' })
  const input = { type: 'string', description: 'The whole input of the tool, as free text.' }
  const parameters = { type: 'object', properties: { input }, required: ['input'] }
  return { type: 'function', function: compact({ name, description: tool.description, parameters }) }
}

function encodeServer(tool: ServerTool, path: string, place: ToolPlace): JsonObject[] {
  const own = ownFields(tool.carry)
  if (own['web_search_options'] !== undefined) return []
  if (tool.carry.protocol === PROTOCOL) return [own]
  if (tool.name === 'web_search' && place.dialect.webSearchOptions === true) return []
  const what = tool.name === 'web_search' ? 'web search' : 'a tool that its provider runs itself'
  place.notes.push({ kind: 'dropped', path, reason: `${what} is not offered by this channel` })
  return []
}

/** The options of an own search tool; a foreign one asks for search with the vendor's defaults, from the same place. */
function searchOptions(tools: readonly IrTool[], dialect: Dialect): JsonObject | undefined {
  for (const tool of tools) {
    if (tool.type !== 'server') continue
    const own = ownFields(tool.carry)['web_search_options']
    if (typeof own === 'object' && own !== null && !Array.isArray(own)) return own
    const foreign = tool.carry.protocol !== PROTOCOL && tool.name === 'web_search'
    if (!foreign || dialect.webSearchOptions !== true) continue
    const place = tool.search?.place
    return place === undefined ? {} : { user_location: { type: 'approximate', approximate: { ...place } } }
  }
  return undefined
}

function encodeChoice(request: IrRequest, place: ToolPlace): string | JsonObject | undefined {
  const choice = request.toolChoice
  if (choice === undefined) return undefined
  if (choice.type === 'required' && place.dialect.toolChoice === 'any') return 'any'
  if (choice.type !== 'tool') return choice.type
  const tool = request.tools.find(
    (candidate) =>
      candidate.type !== 'server' &&
      candidate.name === choice.name &&
      (candidate.type === 'search' || candidate.namespace === choice.namespace),
  )
  // A tool that was dropped cannot be forced; the model chooses among the others.
  if (tool === undefined || tool.type === 'server') return undefined
  const name = wireName(tool, place.names)
  return tool.type === 'custom' && place.dialect.customTools === true
    ? { type: 'custom', custom: { name } }
    : { type: 'function', function: { name } }
}

function wireName(tool: FunctionTool | CustomTool | SearchTool, names: ToolNames): string {
  return names.flat(addressOf(tool))
}
