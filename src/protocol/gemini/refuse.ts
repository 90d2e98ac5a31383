// How a request of the wrong shape is refused: with the field that is wrong, named as this wire names it.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, type JsonValue } from '../../base/json.js'

/** The error for a value of the wrong type at `param`. */
export function refuse(param: string, wanted: string): HubError {
  return new HubError('invalid-request', `Invalid value at '${param}': ${wanted} was expected.`, {
    param,
    hint: `Send ${wanted} there.`,
  })
}

export function wantObject(value: JsonValue | undefined, param: string): JsonObject {
  if (!isObject(value)) throw refuse(param, 'an object')
  return value
}

export function wantText(source: JsonObject, key: string, path: string): string {
  const value = source[key]
  if (typeof value !== 'string') throw refuse(`${path}.${key}`, 'a string')
  return value
}

/** A list; absent and null read as empty. */
export function wantList(source: JsonObject, key: string, param: string): JsonValue[] {
  const value = source[key]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw refuse(param, 'a list')
  return value
}

/** An object; absent and null are the same: not set. */
export function wantOptional(source: JsonObject, key: string, param: string): JsonObject | undefined {
  const value = source[key]
  return value === undefined || value === null ? undefined : wantObject(value, param)
}

/** A number, which this wire also takes as text; absent and null: not set. */
export function wantNumber(source: JsonObject, key: string, param: string): number | undefined {
  const value = source[key]
  if (value === undefined || value === null) return undefined
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof read !== 'number' || !Number.isFinite(read)) throw refuse(param, 'a number')
  return read
}

/** A string; absent and null: not set. */
export function wantOptionalText(source: JsonObject, key: string, param: string): string | undefined {
  const value = source[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw refuse(param, 'a string')
  return value
}
