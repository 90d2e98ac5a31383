// How a request of the wrong shape is refused: with the parameter that is wrong, in the words of this protocol.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, type JsonValue } from '../../base/json.js'

/** The error for a value of the wrong type at `param`. */
export function refuse(param: string, wanted: string, found: JsonValue | undefined): HubError {
  const message =
    found === undefined
      ? `Missing required parameter: '${param}'.`
      : `Invalid type for '${param}': expected ${wanted}, but got ${typeName(found)}.`
  return new HubError('invalid-request', message, { param, hint: `Send ${wanted} there.` })
}

/** The error for a value of the right type that is not one of the allowed ones. */
export function refuseValue(param: string, found: string, allowed: readonly string[]): HubError {
  return new HubError('invalid-request', `Invalid value for '${param}': '${found.slice(0, 60)}'.`, {
    param,
    hint: `Supported values are: ${allowed.join(', ')}.`,
  })
}

export function wantObject(value: JsonValue | undefined, param: string): JsonObject {
  if (!isObject(value)) throw refuse(param, 'an object', value)
  return value
}

export function wantText(source: JsonObject, key: string, param: string): string {
  const value = source[key]
  if (typeof value !== 'string') throw refuse(param, 'a string', value)
  return value
}

/** null and absent are the same: not set. */
export function wantOptional<T extends JsonValue>(
  source: JsonObject,
  key: string,
  is: (value: JsonValue) => value is T,
  wanted: string,
  path = key,
): T | undefined {
  const value = source[key]
  if (value === undefined || value === null) return undefined
  if (!is(value)) throw refuse(path, wanted, value)
  return value
}

export function isText(value: JsonValue): value is string {
  return typeof value === 'string'
}

export function isNumber(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

export function isFlag(value: JsonValue): value is boolean {
  return typeof value === 'boolean'
}

export function isList(value: JsonValue): value is JsonValue[] {
  return Array.isArray(value)
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
