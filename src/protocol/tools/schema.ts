// Repairs tool schemas that strict upstreams refuse. Law: the arguments of a tool are an object, and the repaired
// schema accepts just the objects that the schema accepted before; repairing twice changes nothing.

import { isObject, type JsonObject, type JsonValue } from '../../base/json.js'

export type RepairedSchema = {
  readonly schema: JsonObject
  readonly changed: boolean
  /** Why no repair can make this a schema of tool arguments; it is handed on as it is. */
  readonly problem?: string
}

/** The keywords under which schemas stand, by the form of what stands there. */
const SCHEMA_MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
const SCHEMA_LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items'])
const SCHEMAS = new Set([
  'items',
  'additionalItems',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
])

/** The schema of a tool's arguments, fit for strict upstreams. */
export function repairSchema(schema: JsonValue | undefined): RepairedSchema {
  const empty = { type: 'object', properties: {} }
  if (schema === false)
    return { schema: { ...empty, not: {} }, changed: true, problem: 'the schema accepts nothing' }
  if (!isObject(schema)) return { schema: empty, changed: true }
  const problem = rootProblem(schema)
  if (problem !== undefined) return { schema, changed: false, problem }
  // A reference to another document leans on the `$id`; those of inner schemas are never taken, for the same reason.
  const leaning = typeof schema['$id'] === 'string' && refersElsewhere(schema)
  const inner = repairInside(schema, (key) => key === '$schema' || (key === '$id' && !leaning))
  const root = inner['type'] === 'object' ? inner : { type: 'object', ...without(inner, 'type') }
  const repaired = withProperties(root)
  return repaired === schema ? { schema, changed: false } : { schema: repaired, changed: true }
}

function rootProblem(schema: JsonObject): string | undefined {
  const { type } = schema
  if (type === undefined || type === 'object') return undefined
  if (Array.isArray(type) && type.includes('object')) return undefined
  return `the schema is of type ${JSON.stringify(type)}, but arguments are objects`
}

/** The schema without the marks that say nothing about documents, and all below it repaired; the same object when nothing had to change. */
function repairInside(schema: JsonObject, isMark: (key: string) => boolean): JsonObject {
  return mapMembers(schema, (value, key) =>
    typeof value === 'string' ? (isMark(key) ? undefined : value) : repairMember(key, value),
  )
}

function repairMember(key: string, value: JsonValue): JsonValue {
  if (isObject(value) && SCHEMA_MAPS.has(key)) return mapMembers(value, repairNested)
  if (Array.isArray(value) && SCHEMA_LISTS.has(key)) return mapElements(value, repairNested)
  if (isObject(value) && SCHEMAS.has(key)) return repairNested(value)
  return value
}

function repairNested(schema: JsonValue): JsonValue {
  if (schema === true) return {}
  if (!isObject(schema)) return schema
  const inner = repairInside(schema, (key) => key === '$schema')
  return inner['type'] === 'object' ? withProperties(inner) : inner
}

function refersElsewhere(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(refersElsewhere)
  if (!isObject(value)) return false
  return Object.entries(value).some(
    ([key, member]) =>
      ((key === '$ref' || key === '$dynamicRef') && typeof member === 'string' && !member.startsWith('#')) ||
      refersElsewhere(member),
  )
}

function withProperties(schema: JsonObject): JsonObject {
  return isObject(schema['properties']) ? schema : { ...schema, properties: {} }
}

/** The same object when nothing changes; members for which `change` gives nothing are left out. */
function mapMembers(
  source: JsonObject,
  change: (value: JsonValue, key: string) => JsonValue | undefined,
): JsonObject {
  const keys = Object.keys(source)
  let result: JsonObject | undefined
  keys.forEach((key, at) => {
    const value = source[key]
    const next = value === undefined ? undefined : change(value, key)
    if (result === undefined && next !== value) result = chosen(source, keys.slice(0, at))
    if (result !== undefined && next !== undefined) define(result, key, next)
  })
  return result ?? source
}

function mapElements(source: JsonValue[], change: (value: JsonValue) => JsonValue): JsonValue[] {
  const result = source.map(change)
  return result.some((value, index) => value !== source[index]) ? result : source
}

function chosen(source: JsonObject, keys: readonly string[]): JsonObject {
  const result: JsonObject = {}
  for (const key of keys) define(result, key, source[key] ?? null)
  return result
}

/** Sets a member whatever its name: an assignment to `__proto__` would not. */
function define(target: JsonObject, key: string, value: JsonValue): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function without(source: JsonObject, key: string): JsonObject {
  const { [key]: _, ...rest } = source
  return rest
}
