// What the whole codec shares: the protocol's name, carried fields, cache marks, and wrong types of a request.
// Law: a field is either in the IR or in the carry, never in both.

import { HubError } from '../../base/errors.js'
import { holdsOnly, isObject, type JsonObject, type JsonValue, text, without } from '../../base/json.js'
import type { Note } from '../ir/note.js'
import type { CacheMark, Carry } from '../ir/part.js'

export const PROTOCOL = 'anthropic-messages'

/** The fields of `source` that the IR has no place for, as an optional member of a part, turn or tool. */
export function carrying(source: JsonObject, known: readonly string[]): { carry?: Carry } {
  const mark = source['cache_control']
  if (mark === undefined && holdsOnly(source, known)) return {}
  const fields = without(source, known)
  if (known.includes('cache_control') && isObject(mark) && hasMore(mark)) fields['cache_control'] = mark
  return Object.keys(fields).length === 0 ? {} : { carry: { protocol: PROTOCOL, fields } }
}

/** Members of an object that is placed only in part, under their paths: `thinking.display`. */
export function pathed(path: string, members: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(members).map(([key, value]) => [`${path}.${key}`, value]))
}

/** The members that `pathed` put under the path. */
export function unpathed(path: string, fields: JsonObject): JsonObject {
  const inside = Object.entries(fields).filter(([key]) => key.startsWith(`${path}.`))
  return Object.fromEntries(inside.map(([key, value]) => [key.slice(path.length + 1), value]))
}

/** What this protocol put aside earlier; a carry of another protocol reads as empty. */
export function ownFields(carry: Carry | undefined): JsonObject {
  return carry?.protocol === PROTOCOL ? carry.fields : {}
}

/**
 * Fields of other protocols that mean nothing to a model or an answer: ids, bookkeeping of the client, and
 * values that only repeat a default. Dropping them loses nothing, so it makes no Note.
 */
const HARMLESS = new Set([
  'id',
  'status',
  'phase',
  'object',
  'created',
  'created_at',
  'type',
  'index',
  'annotations',
  'logprobs',
  'obfuscation',
  'system_fingerprint',
  'metadata',
  'client_metadata',
  'user',
  'store',
  'include',
  'stream_options',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'truncation',
  'background',
])

/** Notes each field of a foreign carry that is lost here. */
export function noteForeign(carry: Carry | undefined, path: string, notes: Note[]): void {
  if (carry === undefined || carry.protocol === PROTOCOL) return
  for (const [key, value] of Object.entries(carry.fields)) {
    if (value === null || value === false || HARMLESS.has(key) || key.startsWith('internal_')) continue
    const where = path === '' ? key : `${path}.${key}`
    notes.push({ kind: 'dropped', path: where, reason: 'Anthropic Messages has no such field' })
  }
}

/** `cache_control` of a block as a mark; unknown members of it are kept by `carrying`. */
export function cacheOf(block: JsonObject): { cache?: CacheMark } {
  const mark = block['cache_control']
  if (!isObject(mark) || text(mark, 'type') !== 'ephemeral') return {}
  return { cache: { ttl: text(mark, 'ttl') === '1h' ? '1h' : '5m' } }
}

/** The wire form of a mark; 5 minutes is the wire's default and is not written. */
export function cacheControl(mark: CacheMark): JsonObject {
  return mark.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' }
}

function hasMore(mark: JsonObject): boolean {
  return (
    text(mark, 'type') !== 'ephemeral' || Object.keys(mark).some((key) => key !== 'type' && key !== 'ttl')
  )
}

/** The error of a body whose field has the wrong type; `param` is its path. */
export function wrongType(param: string, expected: string): HubError {
  return new HubError('invalid-request', `${param}: ${expected} was expected.`, { param })
}

/** The list at `key`; absent or null reads as empty. Throws `invalid-request` for anything else. */
export function listAt(source: JsonObject, key: string, path: string): readonly JsonValue[] {
  const value = source[key]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrongType(path, 'a list')
  return value
}

/** The object, or `invalid-request`. */
export function objectAt(value: JsonValue | undefined, path: string): JsonObject {
  if (!isObject(value)) throw wrongType(path, 'an object')
  return value
}

/** The string at `key`, or `invalid-request`. */
export function stringAt(source: JsonObject, key: string, path: string): string {
  const value = source[key]
  if (typeof value !== 'string') throw wrongType(`${path}.${key}`, 'a string')
  return value
}

/** An optional member of type number, string or boolean; null counts as absent, others are `invalid-request`. */
export function optionalAt(source: JsonObject, key: string, type: 'number'): number | undefined
export function optionalAt(source: JsonObject, key: string, type: 'string'): string | undefined
export function optionalAt(source: JsonObject, key: string, type: 'boolean'): boolean | undefined
export function optionalAt(source: JsonObject, key: string, type: 'object'): JsonObject | undefined
export function optionalAt(source: JsonObject, key: string, type: string): unknown {
  const value = source[key]
  if (value === undefined || value === null) return undefined
  if (type === 'object' ? !isObject(value) : typeof value !== type) {
    throw wrongType(key, type === 'object' ? 'an object' : `a ${type}`)
  }
  return value
}
