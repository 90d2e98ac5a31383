// IR tools and choice → tools[] and toolConfig. Functions are described by real JSON Schema where the dialect allows it.

import { compact, isObject, type JsonObject } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { CustomTool, FunctionTool, IrRequest, SearchTool, ServerTool } from '../ir/request.js'
import { repairSchema } from '../tools/schema.js'
import type { WireNames } from './names.js'
import { asGeminiSchema } from './schema.js'
import { noteForeign, ownFields, PROTOCOL, restored } from './wire.js'

/** The fields of the request that speak of tools; none of them without tools. */
export function encodeTools(
  request: IrRequest,
  names: WireNames,
  dialect: Dialect,
  notes: Note[],
): JsonObject {
  const functions = request.tools.flatMap((tool, index) =>
    tool.type === 'server'
      ? []
      : [encodeFunction(tool, names.wire(tool.name), { path: `tools[${index}]`, dialect, notes })],
  )
  const servers = request.tools.flatMap((tool, index) =>
    tool.type === 'server' ? encodeServer(tool, `tools[${index}]`, functions.length > 0, notes) : [],
  )
  const tools = [...(functions.length === 0 ? [] : [{ functionDeclarations: functions }]), ...servers]
  if (tools.length === 0) return {}
  return compact({
    tools,
    toolConfig: functions.length === 0 ? undefined : encodeChoice(request, names, notes),
  })
}

function encodeFunction(
  tool: FunctionTool | CustomTool | SearchTool,
  name: string,
  { path, dialect, notes }: { readonly path: string; readonly dialect: Dialect; readonly notes: Note[] },
): JsonObject {
  const base = { name, description: tool.description }
  if (tool.type === 'custom') {
    notes.push({ kind: 'emulated', path, reason: 'a free-text tool is offered as a function' })
    const input = { type: 'string', description: 'The whole input of the tool, as free text.' }
    const parameters = { type: 'object', properties: { input }, required: ['input'] }
    return compact({ ...base, parametersJsonSchema: parameters })
  }
  noteForeign(tool.carry, path, notes)
  // A schema that cannot be repaired is noted by tools/repair and sent as it is.
  const { schema } = repairSchema(tool.schema)
  const told =
    dialect.jsonSchemaTools === false
      ? withoutEmpty(asGeminiSchema(schema))
      : { parametersJsonSchema: schema }
  return restored(compact({ ...base, ...told }), tool.carry)
}

/** In its own subset an object without properties is refused: a function without arguments has no parameters. */
function withoutEmpty(schema: JsonObject): JsonObject {
  const { properties } = schema
  return isObject(properties) && Object.keys(properties).length > 0 ? { parameters: schema } : {}
}

/** Google's search and the agent's functions do not go together on most models. */
function encodeServer(tool: ServerTool, path: string, besideFunctions: boolean, notes: Note[]): JsonObject[] {
  if (tool.carry.protocol === PROTOCOL) return [ownFields(tool.carry)]
  if (tool.name === 'web_search' && !besideFunctions) {
    if (tool.search?.place !== undefined)
      notes.push({ kind: 'dropped', path: `${path}.user_location`, reason: 'Google finds the place itself' })
    return [{ googleSearch: {} }]
  }
  const what =
    tool.name === 'web_search' ? 'web search beside functions' : 'a tool that its provider runs itself'
  notes.push({ kind: 'dropped', path, reason: `${what} is not offered by this channel` })
  return []
}

function encodeChoice(request: IrRequest, names: WireNames, notes: Note[]): JsonObject | undefined {
  const choice = request.toolChoice
  if (request.parallelToolCalls === false)
    notes.push({ kind: 'dropped', path: 'parallel_tool_calls', reason: 'Gemini may always call several' })
  if (choice === undefined) return undefined
  switch (choice.type) {
    case 'auto':
      return { functionCallingConfig: { mode: 'AUTO' } }
    case 'none':
      return { functionCallingConfig: { mode: 'NONE' } }
    case 'required':
      return { functionCallingConfig: { mode: 'ANY' } }
    case 'tool': {
      // A tool that was dropped cannot be forced; the model chooses among the others.
      const known = request.tools.some((tool) => tool.type !== 'server' && tool.name === choice.name)
      if (!known) return undefined
      return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [names.wire(choice.name)] } }
    }
  }
}
