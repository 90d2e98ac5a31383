// What every file of this codec shares: its name, the two spellings of a field, and the law of carried fields. Fields
// that the IR has no place for travel in `carry`, come back verbatim to this protocol, and are noted elsewhere.

import { isObject, type JsonObject, type JsonValue } from '../../base/json.js'
import { isHonoured } from '../ir/honoured.js'
import type { Note } from '../ir/note.js'
import type { Carry } from '../ir/part.js'

export const PROTOCOL = 'gemini'

/**
 * The object with its own keys in camel case: this wire is JSON of protocol buffers, which takes `system_instruction` for
 * `systemInstruction`. Only for objects of the protocol, never for arguments, results or schemas.
 */
export function camelKeys(source: JsonObject): JsonObject {
  if (!Object.keys(source).some((key) => key.includes('_'))) return source
  const renamed = Object.entries(source).map(
    ([key, value]) =>
      [key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), value] as const,
  )
  return Object.fromEntries(renamed)
}

/** The object under `key` in camel case; undefined when there is none. */
export function camelObject(source: JsonObject, key: string): JsonObject | undefined {
  const value = source[key]
  return isObject(value) ? camelKeys(value) : undefined
}

/** The members of `object` that are not in `known`, as a carry to spread; null says nothing and is left out. */
export function carried(object: JsonObject, known: readonly string[]): { readonly carry?: Carry } {
  const fields: JsonObject = {}
  for (const [key, value] of Object.entries(object))
    if (value !== null && !known.includes(key)) fields[key] = value
  return carryOf(fields)
}

/** A carry of these fields to spread; nothing when there are none. */
export function carryOf(fields: JsonObject): { readonly carry?: Carry } {
  return Object.keys(fields).length === 0 ? {} : { carry: { protocol: PROTOCOL, fields } }
}

/** The fields this protocol put into a carry; none of a foreign one. */
export function ownFields(carry: Carry | undefined): JsonObject {
  return carry?.protocol === PROTOCOL ? carry.fields : {}
}

/** `wire` with the carried fields put back; what the encoder wrote wins, objects are merged one level deep. */
export function restored(wire: JsonObject, carry: Carry | undefined): JsonObject {
  const result: JsonObject = { ...wire }
  for (const [key, value] of Object.entries(ownFields(carry))) {
    const written = result[key]
    if (written === undefined) result[key] = value
    else if (isObject(written) && isObject(value)) result[key] = { ...value, ...written }
  }
  return result
}

/** Foreign fields whose absence changes nothing for the user: ids, bookkeeping, storage wishes, marks of caches. */
const HARMLESS: ReadonlySet<string> = new Set([
  'id',
  'status',
  'phase',
  'type',
  'object',
  'created',
  'index',
  'logprobs',
  'obfuscation',
  'system_fingerprint',
  'metadata',
  'client_metadata',
  'user',
  'user_id',
  'safety_identifier',
  'store',
  'include',
  'background',
  'truncation',
  'prompt_cache_retention',
  'prompt_cache_options',
  'prompt_cache_breakpoint',
  'cache_control',
  'defer_loading',
  'eager_input_streaming',
  'betas',
  'anthropic_beta',
  'anthropic_version',
  'caller',
  'stream_options',
  'tool_addition',
  'legacy_function',
])

/** Notes each field of a foreign carry that is lost, and was worth something. */
export function noteForeign(carry: Carry | undefined, path: string, notes: Note[]): void {
  if (carry === undefined || carry.protocol === PROTOCOL) return
  for (const [key, value] of Object.entries(carry.fields)) {
    if (HARMLESS.has(key) || key.startsWith('internal_') || isEmpty(value) || isHonoured(key, value)) continue
    notes.push({
      kind: 'dropped',
      path: path === '' ? key : `${path}.${key}`,
      reason: 'Gemini has no such field',
    })
  }
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === false || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}
