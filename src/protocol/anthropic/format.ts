// The shape of the answer: `output_config.format` (JSON Schema), the older top-level `output_format`, and
// JSON mode, which this protocol does not have and which is asked for in words.

import { isObject, type JsonObject, type JsonValue, text, without } from '../../base/json.js'
import type { Note } from '../ir/note.js'
import type { IrFormat, IrRequest } from '../ir/request.js'
import { decodeReasoning } from './thinking.js'
import { optionalAt, ownFields, pathed, unpathed } from './wire.js'

/** Only schemas exist here; the wire gives them no name, so the IR's is always the same. */
export function decodeFormat(body: JsonObject): IrFormat | undefined {
  const format = formatOf(body)
  const schema = format?.['schema']
  if (format === undefined || text(format, 'type') !== 'json_schema' || !isObject(schema)) return undefined
  return { type: 'json-schema', name: 'answer', schema }
}

function formatOf(body: JsonObject): JsonObject | undefined {
  const config = optionalAt(body, 'output_config', 'object')
  const inner = config === undefined ? undefined : config['format']
  return isObject(inner) ? inner : optionalAt(body, 'output_format', 'object')
}

/**
 * What of `output_config` has no place in the IR, under its path: other members, an unknown effort or format, and
 * the effort of the whole request where a message has changed it since (null where the request had none).
 */
export function configLeftover(body: JsonObject): JsonObject {
  const config = body['output_config']
  const rest = isObject(config) ? without(config, ['effort', 'format']) : {}
  const effort = isObject(config) ? (config['effort'] ?? undefined) : undefined
  if (effort !== decodeReasoning(body)?.effort) rest['effort'] = effort ?? null
  const format = formatOf(body)
  if (format === undefined) return pathed('output_config', rest)
  if (decodeFormat(body) === undefined) return pathed('output_config', { ...rest, format })
  return {
    ...pathed('output_config', rest),
    ...pathed('output_format', without(format, ['type', 'schema'])),
  }
}

/** The format of a request on the wire, with what `configLeftover` put aside. */
export function encodeFormat(request: IrRequest, native: boolean, notes: Note[]): JsonObject | undefined {
  if (request.format?.type !== 'json-schema') return undefined
  const removed = new Set<string>()
  const schema = native ? request.format.schema : plainSchema(request.format.schema, removed)
  if (removed.size > 0) {
    const reason = `structured outputs do not take ${[...removed].sort().join(', ')}`
    notes.push({ kind: 'approximated', path: 'response_format', reason })
  }
  return { type: 'json_schema', schema, ...unpathed('output_format', ownFields(request.carry)) }
}

/** What asks for JSON where the wire has no JSON mode. */
export const JSON_INSTRUCTION =
  'Answer with exactly one valid JSON object and nothing else: no prose around it and no code fence.'

/** Keywords that say nothing about what is valid. */
const SILENT = ['$schema', '$id', 'default', 'examples']

/** Keywords that structured outputs refuse; the meaning of the schema only becomes wider without them. */
const REFUSED = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
]

/** Keywords whose members are schemas under names of the user's choice. */
const NAMED = ['properties', '$defs', 'definitions']

/** The schema cut down to what structured outputs take; `removed` gathers the keywords that had to go. */
function plainSchema(schema: JsonObject, removed: Set<string>): JsonObject {
  const result: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    if (REFUSED.includes(key)) removed.add(key)
    else if (!SILENT.includes(key)) {
      result[key] =
        NAMED.includes(key) && isObject(value)
          ? plainMembers(value, removed)
          : plainValue(key, value, removed)
    }
  }
  if (schema['type'] === 'object' || isObject(schema['properties'])) result['additionalProperties'] = false
  return result
}

function plainMembers(members: JsonObject, removed: Set<string>): JsonObject {
  const result: JsonObject = {}
  for (const [name, member] of Object.entries(members)) {
    result[name] = isObject(member) ? plainSchema(member, removed) : member
  }
  return result
}

function plainValue(key: string, value: JsonValue, removed: Set<string>): JsonValue {
  // `enum` and `const` hold data, which may look like a schema.
  if (key === 'enum' || key === 'const') return value
  if (isObject(value)) return plainSchema(value, removed)
  if (!Array.isArray(value)) return value
  return value.map((entry) => (isObject(entry) ? plainSchema(entry, removed) : entry))
}
