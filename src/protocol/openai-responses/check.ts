// Readers for the agent's body: null and absent are the same, another type is an error that names the parameter.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, type JsonValue } from '../../base/json.js'

/** The HubError `invalid-request` about one parameter, for example `input[2].content`. */
export function invalid(param: string, expected: string): HubError {
  return new HubError('invalid-request', `Invalid request: \`${param}\` must be ${expected}.`, { param })
}

export function optionalText(source: JsonObject, key: string, path = key): string | undefined {
  const value = source[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalid(path, 'a string')
  return value
}

export function requiredText(source: JsonObject, key: string, path = key): string {
  const value = optionalText(source, key, path)
  if (value === undefined) throw invalid(path, 'a string')
  return value
}

export function optionalNumber(source: JsonObject, key: string, path = key): number | undefined {
  const value = source[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw invalid(path, 'a number')
  return value
}

export function optionalFlag(source: JsonObject, key: string, path = key): boolean | undefined {
  const value = source[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw invalid(path, 'true or false')
  return value
}

export function optionalObject(source: JsonObject, key: string, path = key): JsonObject | undefined {
  const value = source[key]
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw invalid(path, 'an object')
  return value
}

function optionalList(source: JsonObject, key: string, path = key): JsonValue[] | undefined {
  const value = source[key]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw invalid(path, 'a list')
  return value
}

/** The list under `key`, each element an object; absent reads as empty. */
export function objectList(source: JsonObject, key: string, path = key): JsonObject[] {
  return (optionalList(source, key, path) ?? []).map((element, index) => {
    if (!isObject(element)) throw invalid(`${path}[${index}]`, 'an object')
    return element
  })
}
