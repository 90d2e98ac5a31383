// What both faces of the Responses codec share: the protocol's name, how unknown fields are kept, and which fields
// of other protocols may go without a word because nothing is lost with them.

import { holdsOnly, type JsonObject, type JsonValue } from '../../base/json.js'
import { isHonoured } from '../ir/honoured.js'
import type { Note } from '../ir/note.js'
import type { Carry } from '../ir/part.js'

export const ID = 'openai-responses' as const

/** Joins the sections of a reasoning summary into one text. */
export const SECTION_BREAK = '\n\n'

/** Bookkeeping of whoever made the object; it says nothing to a model. */
const SILENT: ReadonlySet<string> = new Set([
  'id',
  'object',
  'type',
  'status',
  'phase',
  'index',
  'caller',
  'call_id',
  'created_at',
  'store',
  'user',
  'metadata',
  'client_metadata',
  'safety_identifier',
  'include',
  'stream_options',
  'tool_addition',
  'logprobs',
  'extra_content',
  'anthropic_version',
  'anthropic_beta',
])

/**
 * Fields of items that the agent keeps for itself (docs/clients.md). A vendor that speaks Codex's whole dialect gets
 * them back, a stricter one might refuse them.
 */
export function isClientField(name: string): boolean {
  return name === 'id' || name === 'status' || name === 'phase' || name.startsWith('internal_')
}

/** The fields of `source` that the IR does not hold; null says no more than absence and is left out. */
export function leftover(source: JsonObject, held: readonly string[]): JsonObject {
  if (holdsOnly(source, held)) return {}
  const result: JsonObject = {}
  for (const [key, value] of Object.entries(source))
    if (value !== null && !held.includes(key)) result[key] = value
  return result
}

export function own(fields: JsonObject): Carry {
  return { protocol: ID, fields }
}

/** `{carry}` when there is something to carry, else `{}`, to be spread into a part. */
export function carried(fields: JsonObject): { readonly carry?: Carry } {
  return Object.keys(fields).length === 0 ? {} : { carry: own(fields) }
}

/** The fields of our own carry; undefined when there is none or another protocol made it. */
export function ownFields(carry: Carry | undefined): JsonObject | undefined {
  return carry?.protocol === ID ? carry.fields : undefined
}

/** Notes each field of another protocol's carry that takes some meaning with it. */
export function noteForeign(carry: Carry | undefined, path: string, notes: Note[]): void {
  if (carry === undefined || carry.protocol === ID) return
  for (const [key, value] of Object.entries(carry.fields)) {
    if (SILENT.has(key) || key.startsWith('internal_') || isEmpty(value) || isHonoured(key, value)) continue
    notes.push({
      kind: 'dropped',
      path: path === '' ? key : `${path}.${key}`,
      reason: 'the Responses protocol has no such field',
    })
  }
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** The object without the fields for which `leaveOut` holds. */
export function filtered(fields: JsonObject, leaveOut: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !leaveOut(key)))
}
