// Tools and the choice among them, wire → IR. Namespaces are spread into their members; `ir` tools keep the wire
// fields that have no place in the IR.

import { isObject, type JsonObject, list, object, objects, text } from '../../base/json.js'
import type { Note } from '../ir/note.js'
import type { IrTool, IrToolChoice } from '../ir/request.js'
import { searchPlace } from '../tools/search-place.js'
import { invalid, optionalFlag, optionalText, requiredText } from './check.js'
import { carried, leftover, own } from './wire.js'

type Namespace = { readonly namespace: string; readonly namespaceDescription?: string }

/** Throws HubError `invalid-request` with the path of the tool that cannot be read. */
export function decodeTools(tools: readonly JsonObject[], path: string): IrTool[] {
  return tools.flatMap((tool, index) => decodeTool(tool, `${path}[${index}]`))
}

function decodeTool(tool: JsonObject, path: string): IrTool[] {
  if (tool['type'] !== 'namespace') return [decodeOne(tool, {}, path)]
  const name = requiredText(tool, 'name', `${path}.name`)
  const description = optionalText(tool, 'description', `${path}.description`)
  const members = objects(tool, 'tools')
  const inside: Namespace = {
    namespace: name,
    ...(description === undefined ? {} : { namespaceDescription: description }),
  }
  const known = members.every((member) => member['type'] === 'function' || member['type'] === 'custom')
  if (!known || members.length === 0) return [{ type: 'server', name: 'other', carry: own(tool) }]
  return members.map((member, index) => decodeOne(member, inside, `${path}.tools[${index}]`))
}

function decodeOne(tool: JsonObject, inside: Namespace | Record<string, never>, path: string): IrTool {
  const type = optionalText(tool, 'type', `${path}.type`) ?? ''
  const description = optionalText(tool, 'description', `${path}.description`)
  const described = description === undefined ? {} : { description }
  if (type === 'function') {
    const strict = optionalFlag(tool, 'strict', `${path}.strict`)
    return {
      type: 'function',
      name: requiredText(tool, 'name', `${path}.name`),
      ...inside,
      ...described,
      schema: object(tool, 'parameters') ?? {},
      ...(strict === undefined ? {} : { strict }),
      ...carried(leftover(tool, ['type', 'name', 'description', 'parameters', 'strict'])),
    }
  }
  if (type === 'custom') {
    const grammar = decodeGrammar(tool)
    const held = ['type', 'name', 'description', ...(grammar === undefined ? [] : ['format'])]
    return {
      type: 'custom',
      name: requiredText(tool, 'name', `${path}.name`),
      ...inside,
      ...described,
      ...(grammar === undefined ? {} : { grammar }),
      ...carried(leftover(tool, held)),
    }
  }
  if (type === 'tool_search' && tool['execution'] !== 'server')
    return {
      type: 'search',
      name: 'tool_search',
      ...described,
      schema: object(tool, 'parameters') ?? {},
      ...carried(leftover(tool, ['type', 'description', 'parameters', 'execution'])),
    }
  return isWebSearch(type) ? decodeWebSearch(tool) : { type: 'server', name: 'other', carry: own(tool) }
}

function isWebSearch(type: string): boolean {
  return type.startsWith('web_search')
}

function decodeGrammar(tool: JsonObject): { syntax: string; definition: string } | undefined {
  const format = object(tool, 'format')
  if (format === undefined || format['type'] !== 'grammar') return undefined
  return { syntax: text(format, 'syntax') ?? '', definition: text(format, 'definition') ?? '' }
}

function decodeWebSearch(tool: JsonObject): IrTool {
  const filters = object(tool, 'filters') ?? {}
  const allowed = strings(filters, 'allowed_domains')
  const blocked = strings(filters, 'blocked_domains')
  const place = searchPlace(tool)
  const search = {
    ...(allowed.length === 0 ? {} : { allowedDomains: allowed }),
    ...(blocked.length === 0 ? {} : { blockedDomains: blocked }),
    ...(place === undefined ? {} : { place }),
  }
  return { type: 'server', name: 'web_search', search, carry: own(tool) }
}

function strings(source: JsonObject, key: string): string[] {
  return list(source, key).filter((value) => typeof value === 'string')
}

/** The request's tools and, behind them, those found in its input; the first of a name wins. */
export function joinTools(tools: readonly IrTool[], found: readonly IrTool[]): IrTool[] {
  const known = new Set(tools.map(toolKey))
  const fresh = found.filter((tool) => {
    const key = toolKey(tool)
    if (known.has(key)) return false
    known.add(key)
    return true
  })
  return [...tools, ...fresh]
}

export function toolKey(tool: IrTool): string {
  if (tool.type === 'server') return JSON.stringify([tool.name, tool.carry.fields])
  return JSON.stringify(['namespace' in tool ? (tool.namespace ?? '') : '', tool.name])
}

export type DecodedChoice = {
  readonly choice: IrToolChoice | undefined
  /** The tools that may be used; fewer than were given for `allowed_tools`. */
  readonly tools: readonly IrTool[]
  /** The wire form, when the IR cannot say the same. */
  readonly rest: JsonObject | undefined
}

/** Throws HubError `invalid-request` for a form that is neither a word nor an object. */
export function decodeToolChoice(body: JsonObject, tools: readonly IrTool[], notes: Note[]): DecodedChoice {
  const value = body['tool_choice']
  if (value === undefined || value === null) return { choice: undefined, tools, rest: undefined }
  if (value === 'auto' || value === 'none' || value === 'required')
    return { choice: { type: value }, tools, rest: undefined }
  if (!isObject(value)) throw invalid('tool_choice', 'auto, none, required or an object')
  const type = text(value, 'type') ?? ''
  if (type === 'allowed_tools') return decodeAllowedTools(value, tools, notes)
  if (isWebSearch(type)) return { choice: { type: 'tool', name: 'web_search' }, tools, rest: undefined }
  const name = text(value, 'name') ?? (type === 'tool_search' ? type : undefined)
  const namespace = text(value, 'namespace')
  if (name === undefined || (type !== 'function' && type !== 'custom' && type !== 'tool_search'))
    return { choice: { type: 'required' }, tools, rest: value }
  const choice = { type: 'tool', name, ...(namespace === undefined ? {} : { namespace }) } as const
  return { choice, tools, rest: undefined }
}

/** Protocols without such a list get only the tools that are on it. */
function decodeAllowedTools(value: JsonObject, tools: readonly IrTool[], notes: Note[]): DecodedChoice {
  const allowed = new Set(objects(value, 'tools').map(wireKey))
  const usable = tools.filter((tool) => allowed.has(irKey(tool)))
  notes.push({
    kind: 'emulated',
    path: 'tool_choice',
    reason: 'of the tools only those in allowed_tools are offered',
  })
  const mode = value['mode'] === 'required' ? 'required' : 'auto'
  return { choice: { type: mode }, tools: usable, rest: value }
}

function wireKey(tool: JsonObject): string {
  const type = text(tool, 'type') ?? ''
  if (isWebSearch(type)) return 'web_search'
  const label = text(tool, 'name') ?? text(tool, 'server_label')
  return label === undefined ? type : `${text(tool, 'namespace') ?? ''}.${label}`
}

function irKey(tool: IrTool): string {
  if (tool.type === 'server') return tool.name === 'web_search' ? 'web_search' : wireKey(tool.carry.fields)
  if (tool.type === 'search') return 'tool_search'
  return `${tool.namespace ?? ''}.${tool.name}`
}
