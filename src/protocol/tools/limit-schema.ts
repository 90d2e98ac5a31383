// A JSON Schema in the words that a vendor can read. Law: what the schema accepted before it still accepts; it may
// accept more, and then a Note says so. Names of properties are never taken for keywords.

import { isObject, type JsonObject, type JsonValue, object } from '../../base/json.js'
import type { SchemaLimits } from '../dialect.js'
import type { Note, Noted } from '../ir/note.js'

const MAPS = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const SINGLE = ['items', 'additionalProperties', 'contains', 'propertyNames', 'not', 'if', 'then', 'else']
/** Keywords without effect on what is accepted: dropping them is no loss. */
const REMARKS = ['$schema', '$id', '$comment', 'title', 'default', 'examples', '$defs', 'definitions']

type Walk = {
  readonly limits: SchemaLimits
  readonly root: JsonObject
  readonly lost: Set<string>
  /** References that are being written out, to see circles. */
  readonly open: readonly string[]
  readonly depth: number
}

/** `path` names the schema in notes. */
export function limitSchema(schema: JsonObject, limits: SchemaLimits, path: string): Noted<JsonObject> {
  const lost = new Set<string>()
  const value = limited(schema, { limits, root: schema, lost, open: [], depth: 1 })
  const notes: Note[] = [...lost].map((what) => ({
    kind: 'approximated',
    path,
    reason: `the provider cannot read ${what} in a schema`,
  }))
  return { value, notes }
}

function drops(walk: Walk, keyword: string): boolean {
  return walk.limits.drop?.includes(keyword) === true
}

function limited(schema: JsonObject, walk: Walk): JsonObject {
  const whole = resolved(schema, walk)
  if (whole === undefined) return {}
  const { source, inside } = whole
  if (inside.limits.depth !== undefined && inside.depth > inside.limits.depth) return typeOnly(source, inside)
  let result: JsonObject = {}
  for (const [keyword, value] of Object.entries(source)) {
    if (keyword === 'allOf' && drops(inside, 'allOf') && Array.isArray(value)) continue
    const [name, kept] = word(keyword, value, inside)
    if (kept !== undefined) result[name] = kept
  }
  if (drops(inside, 'allOf')) result = merged(result, source['allOf'], inside)
  return result
}

/** A reference is replaced by what it means when the vendor knows none; a circle is left open. */
function resolved(
  schema: JsonObject,
  walk: Walk,
): { readonly source: JsonObject; readonly inside: Walk } | undefined {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || !drops(walk, '$ref')) return { source: schema, inside: walk }
  const meant = walk.open.includes(reference) ? undefined : atPointer(walk.root, reference)
  if (meant === undefined) {
    walk.lost.add('a reference in a circle or to another document')
    return undefined
  }
  const { $ref: _reference, ...beside } = schema
  const inside = { ...walk, open: [...walk.open, reference] }
  return resolved({ ...meant, ...beside }, inside)
}

function atPointer(root: JsonObject, reference: string): JsonObject | undefined {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let place: JsonValue | undefined = root
  for (const step of reference.slice(2).split('/')) {
    if (!isObject(place)) return undefined
    place = place[step.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return isObject(place) ? place : undefined
}

function typeOnly(source: JsonObject, walk: Walk): JsonObject {
  walk.lost.add(`more than ${walk.limits.depth} levels`)
  const { type, description } = source
  return { ...(type === undefined ? {} : { type }), ...(description === undefined ? {} : { description }) }
}

/** One keyword and its value as the vendor reads them; no value when it is left out. */
function word(keyword: string, value: JsonValue, walk: Walk): [string, JsonValue | undefined] {
  if (keyword === 'const' && walk.limits.enums === true) return ['enum', [value]]
  if (keyword === 'oneOf' && drops(walk, 'oneOf')) return ['anyOf', nested('anyOf', value, walk)]
  if (drops(walk, keyword)) {
    // `additionalProperties: true` and `{}` say what holds anyhow.
    const says = !REMARKS.includes(keyword) && value !== true && value !== false
    if (says) walk.lost.add(`\`${keyword}\``)
    return [keyword, undefined]
  }
  return [keyword, nested(keyword, value, walk)]
}

function nested(keyword: string, value: JsonValue, walk: Walk): JsonValue {
  const below = { ...walk, depth: walk.depth + 1 }
  if (MAPS.includes(keyword) && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inner(member, below)]))
  // Alternatives stand for the schema itself, so they are no deeper.
  if (LISTS.includes(keyword) && Array.isArray(value)) return value.map((member) => inner(member, walk))
  if (SINGLE.includes(keyword)) return inner(value, below)
  return value
}

function inner(value: JsonValue, walk: Walk): JsonValue {
  return isObject(value) ? limited(value, walk) : value
}

/** The members of `allOf` in one schema: properties and required together, of other keywords the first counts. */
function merged(base: JsonObject, parts: JsonValue | undefined, walk: Walk): JsonObject {
  let whole = base
  for (const part of Array.isArray(parts) ? parts : [])
    if (isObject(part)) whole = together(whole, limited(part, walk))
  return whole
}

function together(whole: JsonObject, more: JsonObject): JsonObject {
  const properties = { ...object(more, 'properties'), ...object(whole, 'properties') }
  const required = [...new Set([...names(whole), ...names(more)])]
  return {
    ...more,
    ...whole,
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
  }
}

function names(schema: JsonObject): string[] {
  const { required } = schema
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}
