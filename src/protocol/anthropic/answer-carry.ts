// Fields of an answer that only this protocol knows (`container`, `stop_details`, `context_management`, extra usage
// counters): gathered while decoding, put back where they belong while encoding.

import { isObject, type JsonObject, without } from '../../base/json.js'
import type { Carry } from '../ir/part.js'
import { usageLeftover } from './usage.js'
import { ownFields, PROTOCOL } from './wire.js'

const PLACED_IN_MESSAGE = ['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage']

/** What a message, or the two objects of a `message_delta`, tell beyond the IR; null members say nothing. */
export function answerLeftover(message: JsonObject): JsonObject {
  const fields: JsonObject = {}
  for (const [key, value] of Object.entries(without(message, PLACED_IN_MESSAGE))) {
    if (value !== null) fields[key] = value
  }
  const usage = message['usage']
  const rest = usageLeftover(isObject(usage) ? usage : undefined)
  if (Object.keys(rest).length > 0) fields['usage'] = rest
  return fields
}

/** Later fields over earlier ones, the usage objects member by member. */
export function mergeLeftover(earlier: JsonObject, later: JsonObject): JsonObject {
  const usage = { ...objectOf(earlier['usage']), ...objectOf(later['usage']) }
  return {
    ...earlier,
    ...later,
    ...(Object.keys(usage).length === 0 ? {} : { usage }),
  }
}

export function carryOf(fields: JsonObject): { carry?: Carry } {
  return Object.keys(fields).length === 0 ? {} : { carry: { protocol: PROTOCOL, fields } }
}

export type AnswerExtras = {
  /** Members of the message or of `message_delta.delta`. */
  readonly message: JsonObject
  /** `context_management`, which streams beside `delta`. */
  readonly beside: JsonObject
  readonly usage: JsonObject
}

/** The fields of a carry, sorted by where the wire has them. */
export function extrasOf(carry: Carry | undefined): AnswerExtras {
  const fields = ownFields(carry)
  const beside = fields['context_management']
  return {
    message: without(fields, ['usage', 'context_management']),
    beside: beside === undefined ? {} : { context_management: beside },
    usage: objectOf(fields['usage']),
  }
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
