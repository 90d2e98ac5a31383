// IR tools and choice → tools[] and toolConfig. Functions are described by real JSON Schema where the dialect allows it.

import { createHash } from 'node:crypto'
import { compact, isObject, type JsonObject } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { CustomTool, FunctionTool, IrRequest, IrTool, SearchTool, ServerTool } from '../ir/request.js'
import { repairSchema } from '../tools/schema.js'
import { asGeminiSchema } from './schema.js'
import { noteForeign, ownFields, PROTOCOL, restored } from './wire.js'

const LONGEST_NAME = 64
const HASH_LENGTH = 8

/**
 * Names begin with a letter or an underscore; what does not gets one before it, and loses it again in answers. One that is too long
 * with it ends in a hash of itself.
 */
export function wireName(name: string): string {
  if (/^[A-Za-z_]/.test(name)) return name
  const begun = `_${name}`
  if (begun.length <= LONGEST_NAME) return begun
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH)
  return `${begun.slice(0, LONGEST_NAME - HASH_LENGTH - 1)}_${hash}`
}

/** The name under which the tool was offered; a name that nobody offered stays as it is. */
export function offeredName(called: string, tools: readonly IrTool[]): string {
  if (!called.startsWith('_')) return called
  const names = tools.flatMap((tool) => (tool.type === 'server' ? [] : [tool.name]))
  return names.find((name) => name === called) ?? names.find((name) => wireName(name) === called) ?? called
}

/** The fields of the request that speak of tools; none of them without tools. */
export function encodeTools(request: IrRequest, dialect: Dialect, notes: Note[]): JsonObject {
  const functions = request.tools.flatMap((tool, index) =>
    tool.type === 'server' ? [] : [encodeFunction(tool, `tools[${index}]`, dialect, notes)],
  )
  const servers = request.tools.flatMap((tool, index) =>
    tool.type === 'server' ? encodeServer(tool, `tools[${index}]`, functions.length > 0, notes) : [],
  )
  const tools = [...(functions.length === 0 ? [] : [{ functionDeclarations: functions }]), ...servers]
  if (tools.length === 0) return {}
  return compact({ tools, toolConfig: functions.length === 0 ? undefined : encodeChoice(request, notes) })
}

function encodeFunction(
  tool: FunctionTool | CustomTool | SearchTool,
  path: string,
  dialect: Dialect,
  notes: Note[],
): JsonObject {
  const base = { name: wireName(tool.name), description: tool.description }
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

function encodeChoice(request: IrRequest, notes: Note[]): JsonObject | undefined {
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
      return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [wireName(choice.name)] } }
    }
  }
}
