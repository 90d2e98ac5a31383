// JSON values and tolerant readers for other people's wires: every field may be absent or of another type.

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject
export type JsonObject = { [key: string]: JsonValue }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function text(object: JsonObject, key: string): string | undefined {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}

export function number(object: JsonObject, key: string): number | undefined {
  const value = object[key]
  return typeof value === 'number' ? value : undefined
}

export function flag(object: JsonObject, key: string): boolean | undefined {
  const value = object[key]
  return typeof value === 'boolean' ? value : undefined
}

export function object(parent: JsonObject, key: string): JsonObject | undefined {
  const value = parent[key]
  return isObject(value) ? value : undefined
}

/** The array under `key`; an absent or other value reads as an empty list. */
export function list(parent: JsonObject, key: string): JsonValue[] {
  const value = parent[key]
  return Array.isArray(value) ? value : []
}

/** The objects of the array under `key`, other elements left out. */
export function objects(parent: JsonObject, key: string): JsonObject[] {
  const value = parent[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Parses JSON text; undefined when it is not JSON. */
export function parseJson(source: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(source)
    return value
  } catch {
    return undefined
  }
}

/** The object without its undefined members, so that optional fields can be written in place; itself when all are there. */
export function compact(source: { [key: string]: JsonValue | undefined }): JsonObject {
  if (isFilled(source)) return source
  const result: JsonObject = {}
  for (const key of Object.keys(source)) {
    const value = source[key]
    if (value !== undefined) result[key] = value
  }
  return result
}

function isFilled(source: { [key: string]: JsonValue | undefined }): source is JsonObject {
  return Object.values(source).every((value) => value !== undefined)
}

/** A copy of the object without the named members. */
export function without(source: JsonObject, keys: readonly string[]): JsonObject {
  const result: JsonObject = {}
  for (const key of Object.keys(source)) {
    const value = source[key]
    if (value !== undefined && !keys.includes(key)) result[key] = value
  }
  return result
}

/** Whether all members of the object are among the named ones. */
export function holdsOnly(source: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(source).every((key) => keys.includes(key))
}
