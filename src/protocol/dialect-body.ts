// The part of a dialect that speaks of fields: forbid, clamp, rename and default, applied to a body that a codec has
// written. Law: the same body gives the same bytes, and what is lost is noted.

import { isObject, type JsonObject, type JsonValue, without } from '../base/json.js'
import type { Dialect } from './dialect.js'
import type { Note } from './ir/note.js'

/** Fields whose absence no answer is worse for. */
const HARMLESS: ReadonlySet<string> = new Set([
  'stream_options',
  'include',
  'store',
  'safety_identifier',
  'prompt_cache_key',
])

/** The body as the vendor takes it. `forbid` and `clamp` speak of the protocol's fields, `defaults` of the vendor's. */
export function applyDialect(body: JsonObject, dialect: Dialect, notes: Note[]): JsonObject {
  const allowed = (dialect.forbid ?? []).reduce((rest, path) => withoutPath(rest, path, notes), body)
  return withDefaults(renamed(clamped(allowed, dialect, notes), dialect), dialect)
}

function withoutPath(body: JsonObject, path: string, notes: Note[]): JsonObject {
  const rest = removed(body, path.split('.'))
  if (rest === body || !isObject(rest)) return body
  if (!HARMLESS.has(path)) notes.push({ kind: 'dropped', path, reason: 'the provider refuses this field' })
  return rest
}

/** The value without the members at the path; the same value when there is none. Lists are passed through. */
function removed(value: JsonValue, path: readonly string[]): JsonValue {
  if (Array.isArray(value)) {
    const result = value.map((element) => removed(element, path))
    return result.some((element, index) => element !== value[index]) ? result : value
  }
  const [name, ...below] = path
  if (!isObject(value) || name === undefined) return value
  const member = value[name]
  if (member === undefined) return value
  if (below.length === 0) return without(value, [name])
  const rest = removed(member, below)
  return rest === member ? value : { ...value, [name]: rest }
}

function clamped(body: JsonObject, dialect: Dialect, notes: Note[]): JsonObject {
  const result = { ...body }
  for (const [name, { min, max }] of Object.entries(dialect.clamp ?? {})) {
    const value = body[name]
    if (typeof value !== 'number') continue
    const inside = Math.max(min ?? value, Math.min(max ?? value, value))
    if (inside === value) continue
    result[name] = inside
    notes.push({
      kind: 'approximated',
      path: name,
      reason: `${value} is outside of what the provider takes; ${inside} is sent`,
    })
  }
  return result
}

function renamed(body: JsonObject, dialect: Dialect): JsonObject {
  const { rename } = dialect
  if (rename === undefined) return body
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [rename[name] ?? name, value]))
}

function withDefaults(body: JsonObject, dialect: Dialect): JsonObject {
  return Object.entries(dialect.defaults ?? {}).reduce(
    (rest, [path, value]) => defaulted(rest, path.split('.'), value),
    body,
  )
}

function defaulted(parent: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [name, ...below] = path
  if (name === undefined) return parent
  const member = parent[name]
  if (below.length === 0) return member === undefined ? { ...parent, [name]: value } : parent
  return isObject(member) ? { ...parent, [name]: defaulted(member, below, value) } : parent
}
