// Gemini's own schemas (`parameters`, `responseSchema`: types in capitals, `nullable`, counts as text) ⇄ JSON Schema.
// Law: names of properties are never taken for keywords.

import { isObject, type JsonObject, type JsonValue, without } from '../../base/json.js'

const COUNTS = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']

/** A schema of this wire as JSON Schema. */
export function asJsonSchema(schema: JsonObject): JsonObject {
  const result: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'nullable' || key === 'propertyOrdering') continue
    result[key] = member(key, value, asJsonSchema)
  }
  const { type } = schema
  if (typeof type === 'string') {
    const word = type.toLowerCase()
    if (word === 'type_unspecified') return without(result, ['type'])
    result['type'] = schema['nullable'] === true ? [word, 'null'] : word
  }
  return result
}

/** JSON Schema that an agent gave as such; Gemini CLI writes the types of this wire there too (0.61.0). */
export function evenSchema(schema: JsonObject): JsonObject {
  const { type } = schema
  return typeof type === 'string' && type !== type.toLowerCase() ? asJsonSchema(schema) : schema
}

/** JSON Schema in the words of `parameters`. What it cannot say beyond the types is the dialect's to drop before. */
export function asGeminiSchema(schema: JsonObject): JsonObject {
  const result: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) result[key] = member(key, value, asGeminiSchema)
  const { type } = schema
  if (!Array.isArray(type)) return result
  const words = type.filter((word) => typeof word === 'string' && word !== 'null')
  const [only] = words
  const nullable = type.includes('null') ? { nullable: true } : {}
  if (words.length === 1 && only !== undefined) return { ...result, type: only, ...nullable }
  const { type: _types, ...rest } = result
  return { ...rest, anyOf: words.map((word) => ({ type: word })), ...nullable }
}

function member(key: string, value: JsonValue, inner: (schema: JsonObject) => JsonObject): JsonValue {
  if (key === 'properties' && isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, schema]) => [name, isObject(schema) ? inner(schema) : schema]),
    )
  if ((key === 'anyOf' || key === 'oneOf' || key === 'allOf') && Array.isArray(value))
    return value.map((schema) => (isObject(schema) ? inner(schema) : schema))
  if ((key === 'items' || key === 'additionalProperties') && isObject(value)) return inner(value)
  if (COUNTS.includes(key) && typeof value === 'string' && /^\d+$/.test(value)) return Number(value)
  return value
}
