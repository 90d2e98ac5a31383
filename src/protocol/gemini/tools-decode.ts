// tools and toolConfig → IR. One entry of `tools` may hold many functions and several tools of the provider.

import { type JsonObject, type JsonValue, text } from '../../base/json.js'
import type { FunctionTool, IrTool, IrToolChoice } from '../ir/request.js'
import { refuse, wantList, wantObject, wantOptional, wantOptionalText, wantText } from './refuse.js'
import { asJsonSchema, evenSchema } from './schema.js'
import { camelKeys, camelObject, carried, PROTOCOL } from './wire.js'

/** The tools of a request, those of the provider included, in their order. `body` has camel keys. */
export function decodeTools(body: JsonObject): IrTool[] {
  return wantList(body, 'tools', 'tools').flatMap((value, index) => {
    const path = `tools[${index}]`
    return Object.entries(camelKeys(wantObject(value, path))).flatMap(([key, member]): IrTool[] => {
      if (key !== 'functionDeclarations') return serverTool(key, member)
      if (member === null) return []
      if (!Array.isArray(member)) throw refuse(`${path}.functionDeclarations`, 'a list')
      return member.map((one, at) => decodeFunction(one, `${path}.functionDeclarations[${at}]`))
    })
  })
}

function serverTool(key: string, value: JsonValue): IrTool[] {
  if (value === null) return []
  const searches = key === 'googleSearch' || key === 'googleSearchRetrieval'
  return [
    {
      type: 'server',
      name: searches ? 'web_search' : 'other',
      carry: { protocol: PROTOCOL, fields: { [key]: value } },
    },
  ]
}

function decodeFunction(value: JsonValue, path: string): FunctionTool {
  const declaration = camelKeys(wantObject(value, path))
  const description = wantOptionalText(declaration, 'description', `${path}.description`)
  const own = wantOptional(declaration, 'parameters', `${path}.parameters`)
  const schema = wantOptional(declaration, 'parametersJsonSchema', `${path}.parametersJsonSchema`)
  return {
    type: 'function',
    name: wantText(declaration, 'name', path),
    ...(description === undefined ? {} : { description }),
    schema: schemaOf(schema, own),
    ...carried(declaration, ['name', 'description', 'parameters', 'parametersJsonSchema']),
  }
}

function schemaOf(schema: JsonObject | undefined, own: JsonObject | undefined): JsonObject {
  if (schema !== undefined) return evenSchema(schema)
  return own === undefined ? { type: 'object', properties: {} } : asJsonSchema(own)
}

/** The choice, and what of it only this protocol can say (several allowed functions, `VALIDATED`). */
export type DecodedChoice = { readonly choice?: IrToolChoice; readonly exact?: JsonObject }

export function decodeToolChoice(body: JsonObject): DecodedChoice {
  const config = camelObject(body, 'toolConfig')
  const calling = config === undefined ? undefined : camelObject(config, 'functionCallingConfig')
  if (config === undefined) return {}
  const rest = carried(config, ['functionCallingConfig']).carry?.fields
  const other = rest === undefined ? {} : { exact: { toolConfig: rest } }
  if (calling === undefined) return other
  const allowed = calling['allowedFunctionNames']
  const names = Array.isArray(allowed) ? allowed.filter((name) => typeof name === 'string') : []
  const [only] = names
  switch (text(calling, 'mode')?.toUpperCase()) {
    case 'NONE':
      return { choice: { type: 'none' }, ...other }
    case 'ANY':
      if (names.length === 1 && only !== undefined) return { choice: { type: 'tool', name: only }, ...other }
      return names.length === 0
        ? { choice: { type: 'required' }, ...other }
        : { choice: { type: 'required', among: names }, exact: { toolConfig: config } }
    case 'VALIDATED':
      return {
        choice: { type: 'auto', ...(names.length === 0 ? {} : { among: names }) },
        exact: { toolConfig: config },
      }
    default:
      return { choice: { type: 'auto' }, ...other }
  }
}
