// What every file of this codec shares: its name, the two spellings of a field, and the law of carried fields. Fields
// that the IR has no place for travel in `carry`, come back verbatim to this protocol, and are noted elsewhere.

import { isObject, type JsonObject } from '../../base/json.js'
import { carriedFields } from '../ir/carried-fields.js'

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

export const { carried, carryOf, ownFields, restored, noteForeign } = carriedFields(PROTOCOL, 'Gemini', [
  'object',
  'created',
  'obfuscation',
  'system_fingerprint',
  'truncation',
])
