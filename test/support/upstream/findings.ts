// Small words for validators: each returns what is wrong as a list of messages, empty when all is right.

import { isObject, type JsonObject, type JsonValue } from '../../../src/base/json.js'

export type Findings = string[]

/** One message when the condition does not hold. */
export function expectThat(holds: boolean, message: string): Findings {
  return holds ? [] : [message]
}

/** A message for each member of the object that is not in the list. */
export function unknownKeys(
  object: JsonObject,
  allowed: readonly string[],
  say: (key: string) => string,
): Findings {
  return Object.keys(object)
    .filter((key) => !allowed.includes(key))
    .map(say)
}

/** Whether the JSON schema of a function's parameters is an object schema with a `properties` member. */
export function isObjectSchema(schema: JsonValue | undefined): schema is JsonObject {
  return isObject(schema) && schema['type'] === 'object' && isObject(schema['properties'])
}

/** What structured outputs refuse in a schema: an open object, or a property that is not required. */
export function strictSchemaFindings(schema: JsonValue | undefined, path: string): Findings {
  if (!isObject(schema)) return []
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const own =
    schema['type'] === 'object'
      ? [
          ...expectThat(
            schema['additionalProperties'] === false,
            `In context=(${path}), 'additionalProperties' is required to be supplied and to be false.`,
          ),
          ...Object.keys(properties)
            .filter((key) => !required.includes(key))
            .map((key) => `In context=(${path}), 'required' must include every key: missing '${key}'.`),
        ]
      : []
  const inner = Object.entries(properties).flatMap(([key, value]) =>
    strictSchemaFindings(value, `${path}, 'properties', '${key}'`),
  )
  return [...own, ...inner, ...strictSchemaFindings(schema['items'], `${path}, 'items'`)]
}
