// The law of carried fields, for a codec whose wire is flat JSON: what the IR has no place for travels in `carry`, comes back
// verbatim where the target is the same protocol, and is noted where it is not.

import { holdsOnly, isObject, type JsonObject, type JsonValue } from '../../base/json.js'
import type { ProtocolId } from '../ids.js'
import { isHonoured } from './honoured.js'
import type { Note } from './note.js'
import type { Carry } from './part.js'

/**
 * Foreign fields whose absence changes nothing for the user: ids and bookkeeping of the asker, storage and
 * retention wishes, marks that only steer the foreign provider's own cache or billing.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'id',
  'status',
  'phase',
  'type',
  'index',
  'logprobs',
  'metadata',
  'client_metadata',
  'user',
  'user_id',
  'safety_identifier',
  'store',
  'include',
  'background',
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

export type CarriedFields = {
  /** The members of `object` that are not in `known`, as a carry to spread; null says nothing and is left out. */
  readonly carried: (object: JsonObject, known: readonly string[]) => { readonly carry?: Carry }
  /** A carry of these fields to spread; nothing when there are none. */
  readonly carryOf: (fields: JsonObject) => { readonly carry?: Carry }
  /** The fields this protocol put into a carry; none of a foreign one. */
  readonly ownFields: (carry: Carry | undefined) => JsonObject
  /** `wire` with the carried fields put back; what the encoder wrote wins, objects are merged one level deep. */
  readonly restored: (wire: JsonObject, carry: Carry | undefined) => JsonObject
  /** Notes each field of a foreign carry that is lost, and was worth something. */
  readonly noteForeign: (carry: Carry | undefined, path: string, notes: Note[]) => void
}

/** `name` is the protocol as a person calls it; `harmless` are foreign fields that mean nothing to this protocol alone. */
export function carriedFields(
  protocol: ProtocolId,
  name: string,
  harmless: readonly string[] = [],
): CarriedFields {
  const isHarmless = new Set([...HARMLESS, ...harmless])
  const carryOf: CarriedFields['carryOf'] = (fields) =>
    Object.keys(fields).length === 0 ? {} : { carry: { protocol, fields } }
  return {
    carryOf,
    carried(object, known) {
      if (holdsOnly(object, known)) return {}
      const fields: JsonObject = {}
      for (const [key, value] of Object.entries(object))
        if (value !== null && !known.includes(key)) fields[key] = value
      return carryOf(fields)
    },
    ownFields: (carry) => (carry?.protocol === protocol ? carry.fields : {}),
    restored(wire, carry) {
      if (carry?.protocol !== protocol) return wire
      const result: JsonObject = { ...wire }
      for (const [key, value] of Object.entries(carry.fields)) {
        const written = result[key]
        if (written === undefined) result[key] = value
        else if (isObject(written) && isObject(value)) result[key] = { ...value, ...written }
      }
      return result
    },
    noteForeign(carry, path, notes) {
      if (carry === undefined || carry.protocol === protocol) return
      for (const [key, value] of Object.entries(carry.fields)) {
        if (isHarmless.has(key) || key.startsWith('internal_') || isEmpty(value) || isHonoured(key, value))
          continue
        const reason = `${name} has no such field`
        notes.push({ kind: 'dropped', path: path === '' ? key : `${path}.${key}`, reason })
      }
    },
  }
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === false || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}
