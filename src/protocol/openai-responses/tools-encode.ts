// Tools and the choice among them, IR → wire.

import { compact, isObject, type JsonObject, type JsonValue, objects, text } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { CustomTool, FunctionTool, IrRequest, IrTool, IrToolChoice, ServerTool } from '../ir/request.js'
import { decodeTools, toolKey } from './tools-decode.js'
import { ID, noteForeign, ownFields } from './wire.js'

/** Members of one namespace that stand together become one namespace again. */
export function encodeTools(request: IrRequest, dialect: Dialect, notes: Note[]): JsonObject[] {
  const native = ownFields(request.carry) !== undefined
  const searched = dialect.customTools === true ? searchedTools(request) : new Set<string>()
  const wire: JsonObject[] = []
  let open: { readonly name: string; readonly members: JsonObject[] } | undefined
  request.tools.forEach((tool, index) => {
    if (searched.has(toolKey(tool))) return
    const encoded = encodeTool(tool, { dialect, native, path: `tools[${index}]`, notes })
    if (encoded === undefined) return
    const namespace = dialect.customTools === true && 'namespace' in tool ? tool.namespace : undefined
    if (namespace === undefined) {
      open = undefined
      wire.push(encoded)
      return
    }
    if (open?.name !== namespace) {
      open = { name: namespace, members: [] }
      const description = 'namespaceDescription' in tool ? tool.namespaceDescription : undefined
      wire.push(compact({ type: 'namespace', name: namespace, description, tools: open.members }))
    }
    open.members.push(encoded)
  })
  return wire
}

/** Tools that the upstream knows from a search result in the history need not be told twice. */
function searchedTools(request: IrRequest): Set<string> {
  const results = request.turns
    .flatMap((turn) => turn.parts)
    .filter((part) => part.type === 'tool-result' && part.kind === 'search')
  const wire = results.flatMap((part) =>
    'carry' in part ? objects(ownFields(part.carry) ?? {}, 'tools') : [],
  )
  return new Set(decodeTools(wire, 'tools').map(toolKey))
}

type Place = {
  readonly dialect: Dialect
  readonly native: boolean
  readonly path: string
  readonly notes: Note[]
}

function encodeTool(tool: IrTool, place: Place): JsonObject | undefined {
  if (tool.type !== 'server') noteForeign(tool.carry, place.path, place.notes)
  switch (tool.type) {
    case 'function':
      return encodeFunction(tool, place)
    case 'custom':
      return encodeCustom(tool, place)
    case 'search':
      return compact({
        type: 'tool_search',
        execution: 'client',
        description: tool.description,
        parameters: tool.schema,
        ...ownFields(tool.carry),
      })
    case 'server':
      return encodeServer(tool, place)
  }
}

/**
 * OpenAI rewrites schemas of functions that do not say `strict`, so that optional parameters become required; only
 * an agent of this protocol may leave it open.
 */
function encodeFunction(tool: FunctionTool, place: Place): JsonObject {
  const strict = tool.strict ?? (place.native ? undefined : false)
  return compact({
    type: 'function',
    name: tool.name,
    description: tool.description,
    parameters: objectSchema(tool.schema),
    strict: place.dialect.strictTools === false ? undefined : strict,
    ...ownFields(tool.carry),
  })
}

/** A schema without `type` or `properties` means an object without parameters, but is refused as it is. */
function objectSchema(schema: JsonObject): JsonObject {
  if (schema['type'] !== undefined && schema['type'] !== 'object') return schema
  const open = ['anyOf', 'oneOf', 'allOf', '$ref'].some((key) => schema[key] !== undefined)
  return {
    ...schema,
    type: 'object',
    ...(isObject(schema['properties']) || open ? {} : { properties: {} }),
  }
}

function encodeCustom(tool: CustomTool, place: Place): JsonObject {
  const rich = place.dialect.customTools === true
  if (!rich)
    return compact({
      type: 'function',
      name: tool.name,
      description: tool.description,
      parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
      strict: place.dialect.strictTools === false ? undefined : false,
    })
  const grammar = tool.grammar === undefined ? undefined : { type: 'grammar', ...tool.grammar }
  return compact({
    type: 'custom',
    name: tool.name,
    description: tool.description,
    format: grammar,
    ...ownFields(tool.carry),
  })
}

function encodeServer(tool: ServerTool, place: Place): JsonObject | undefined {
  if (tool.carry.protocol === ID) return tool.carry.fields
  if (tool.name === 'other') {
    const type = text(tool.carry.fields, 'type') ?? 'server tool'
    place.notes.push({ kind: 'dropped', path: place.path, reason: `\`${type}\` runs at another provider` })
    return undefined
  }
  const { maxUses, allowedDomains, blockedDomains, place: from } = tool.search ?? {}
  const gone = compact({
    max_uses: maxUses,
    blocked_domains: blockedDomains === undefined ? undefined : [...blockedDomains],
  })
  for (const field of Object.keys(gone))
    place.notes.push({
      kind: 'dropped',
      path: `${place.path}.${field}`,
      reason: 'web_search of the Responses protocol has no such limit',
    })
  return compact({
    type: 'web_search',
    filters: allowedDomains === undefined ? undefined : { allowed_domains: [...allowedDomains] },
    user_location: from === undefined ? undefined : { type: 'approximate', ...from },
  })
}

/** `tool_choice` for the wire; undefined leaves it to the provider. */
function encodeToolChoice(request: IrRequest, tools: readonly JsonObject[]): JsonValue | undefined {
  const kept = ownFields(request.carry)?.['tool_choice']
  if (isObject(kept)) return kept
  const choice = request.toolChoice
  if (choice === undefined) return undefined
  if (choice.type !== 'tool') return choice.type
  const tool = tools
    .flatMap((one) => (one['type'] === 'namespace' ? objects(one, 'tools') : [one]))
    .find((one) => one['name'] === choice.name)
  return namedChoice(choice, tool, tools)
}

type Named = Extract<IrToolChoice, { readonly type: 'tool' }>

function namedChoice(choice: Named, tool: JsonObject | undefined, tools: readonly JsonObject[]): JsonObject {
  const search = tools.find((one) => text(one, 'type')?.startsWith('web_search'))
  if (tool === undefined && choice.name === 'web_search' && search !== undefined)
    return { type: search['type'] ?? 'web_search' }
  if (tool === undefined && choice.name === 'tool_search') return { type: 'tool_search' }
  const type = tool?.['type'] === 'custom' ? 'custom' : 'function'
  return compact({ type, name: choice.name, namespace: choice.namespace })
}

/** The settings that only make sense beside tools; some vendors refuse them without (providers §4, xAI). */
export function encodeToolSettings(request: IrRequest, dialect: Dialect, notes: Note[]): JsonObject {
  const tools = encodeTools(request, dialect, notes)
  if (tools.length === 0) return {}
  return compact({
    tools,
    tool_choice: encodeToolChoice(request, tools),
    parallel_tool_calls: request.parallelToolCalls,
  })
}
