// tools, tool_choice and their older forms functions and function_call → IR.

import { flag, isObject, type JsonObject, type JsonValue, object, text } from '../../base/json.js'
import type { CustomTool, FunctionTool, IrTool, IrToolChoice } from '../ir/request.js'
import { type SearchPlace, searchPlace } from '../tools/search-place.js'
import { cacheMark } from './content-decode.js'
import { isList, isText, refuse, refuseValue, wantObject, wantOptional, wantText } from './refuse.js'
import { carried, PROTOCOL } from './wire.js'

/** Marks a tool that came in the older `functions` list, so that its calls are answered in the older form. */
export const LEGACY_MARK = 'legacy_function'

/** The tools of a request, web search included, in their order. */
export function decodeTools(body: JsonObject): IrTool[] {
  const tools = wantOptional(body, 'tools', isList, 'a list of tools') ?? []
  const functions = wantOptional(body, 'functions', isList, 'a list of functions') ?? []
  const search = wantOptional(body, 'web_search_options', isObject, 'an object')
  return [
    ...tools.map((tool, index) => decodeTool(tool, `tools[${index}]`)),
    ...functions.map((value, index) => decodeLegacy(value, `functions[${index}]`)),
    ...(search === undefined
      ? []
      : [
          {
            type: 'server',
            name: 'web_search',
            ...placed(search),
            carry: { protocol: PROTOCOL, fields: { web_search_options: search } },
          } as const,
        ]),
  ]
}

function placed(options: JsonObject): { readonly search?: { readonly place: SearchPlace } } {
  const place = searchPlace(options)
  return place === undefined ? {} : { search: { place } }
}

function decodeTool(value: JsonValue, param: string): IrTool {
  const tool = wantObject(value, param)
  const type = wantText(tool, 'type', `${param}.type`)
  if (type === 'function')
    return {
      ...decodeFunction(wantObject(tool['function'], `${param}.function`), `${param}.function`),
      ...cacheMark(tool),
      ...carried(tool, ['type', 'function', 'cache_control']),
    }
  if (type === 'custom') return decodeCustom(tool, param)
  return {
    type: 'server',
    name: type.startsWith('web_search') ? 'web_search' : 'other',
    carry: { protocol: PROTOCOL, fields: tool },
  }
}

function decodeFunction(definition: JsonObject, param: string): FunctionTool {
  const description = wantOptional(definition, 'description', isText, 'a string', `${param}.description`)
  const schema = wantOptional(definition, 'parameters', isObject, 'a JSON schema', `${param}.parameters`)
  const strict = flag(definition, 'strict')
  return {
    type: 'function',
    name: wantText(definition, 'name', `${param}.name`),
    ...(description === undefined ? {} : { description }),
    schema: schema ?? { type: 'object', properties: {} },
    ...(strict === undefined ? {} : { strict }),
  }
}

function decodeLegacy(value: JsonValue, param: string): FunctionTool {
  return {
    ...decodeFunction(wantObject(value, param), param),
    carry: { protocol: PROTOCOL, fields: { [LEGACY_MARK]: true } },
  }
}

function decodeCustom(tool: JsonObject, param: string): CustomTool {
  const definition = wantObject(tool['custom'], `${param}.custom`)
  const description = text(definition, 'description')
  const format = object(definition, 'format')
  const grammar = format === undefined ? undefined : object(format, 'grammar')
  return {
    type: 'custom',
    name: wantText(definition, 'name', `${param}.custom.name`),
    ...(description === undefined ? {} : { description }),
    ...(grammar === undefined
      ? {}
      : {
          grammar: {
            syntax: text(grammar, 'syntax') ?? 'lark',
            definition: text(grammar, 'definition') ?? '',
          },
        }),
    ...carried(tool, ['type', 'custom']),
  }
}

/** The choice, and what of it only this protocol can say (`allowed_tools`). */
export type DecodedChoice = { readonly choice?: IrToolChoice; readonly exact?: JsonObject }

export function decodeToolChoice(body: JsonObject): DecodedChoice {
  const value = body['tool_choice'] ?? body['function_call']
  if (value === undefined || value === null) return {}
  if (typeof value === 'string') return { choice: decodeMode(value) }
  if (!isObject(value)) throw refuse('tool_choice', 'a string or an object', value)
  const allowed = object(value, 'allowed_tools')
  if (allowed !== undefined)
    return { choice: decodeMode(text(allowed, 'mode') ?? 'auto'), exact: { tool_choice: value } }
  const named = object(value, 'function') ?? object(value, 'custom') ?? value
  return { choice: { type: 'tool', name: wantText(named, 'name', 'tool_choice.function.name') } }
}

function decodeMode(mode: string): IrToolChoice {
  switch (mode) {
    case 'auto':
    case 'none':
    case 'required':
      return { type: mode }
    case 'any':
      return { type: 'required' }
    default:
      throw refuseValue('tool_choice', mode, ['none', 'auto', 'required'])
  }
}
