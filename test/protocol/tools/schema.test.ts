// Schema repair: strict upstreams accept the result, and it means the same.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, type JsonValue } from '../../../src/base/json.js'
import { repairSchema } from '../../../src/protocol/tools/schema.js'

const empty = { type: 'object', properties: {} }
const object = (properties: JsonObject) => ({ type: 'object', properties })

describe('repairing a schema', () => {
  it.each<[string, JsonValue | undefined, JsonObject]>([
    ['an object without properties', { type: 'object' }, empty],
    [
      'properties without a type',
      { properties: { a: { type: 'string' } } },
      object({ a: { type: 'string' } }),
    ],
    ['the empty schema', {}, empty],
    ['true', true, empty],
    ['no schema', undefined, empty],
    ['null', null, empty],
    [
      'a draft and an id',
      { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'x', ...empty },
      empty,
    ],
    ['a type that may also be null', { type: ['object', 'null'] }, empty],
    [
      'a choice without a type',
      { anyOf: [{ properties: { a: {} } }, { required: ['b'] }] },
      { type: 'object', anyOf: [{ properties: { a: {} } }, { required: ['b'] }], properties: {} },
    ],
    ['an inner object without properties', object({ a: { type: 'object' } }), object({ a: empty })],
    ['an inner true', object({ a: true, b: { items: [true] } }), object({ a: {}, b: { items: [{}] } })],
    [
      'an inner draft',
      object({ a: { $schema: 'x', type: 'array', items: { $schema: 'y' } } }),
      object({ a: { type: 'array', items: {} } }),
    ],
    ['null as properties', { type: 'object', properties: null }, empty],
  ])('mends %s', (_, schema, expected) => {
    expect(repairSchema(schema)).toEqual({ schema: expected, changed: true })
  })

  it.each<[string, JsonObject]>([
    [
      'an ordinary schema',
      { ...object({ a: { type: 'string' } }), required: ['a'], additionalProperties: false },
    ],
    [
      'properties that are named like marks',
      object({ $schema: { type: 'string' }, $id: { type: 'string' } }),
    ],
    [
      'marks inside examples and defaults',
      object({ a: { default: { $schema: 'x', type: 'object' }, enum: [{}] } }),
    ],
    ['large numbers', object({ a: { type: 'integer', maximum: 9007199254740991, minimum: -1e300 } })],
    ['an id that a reference leans on', { $id: 'https://x/y', ...object({ a: { $ref: 'other.json' } }) }],
  ])('leaves %s alone', (_, schema) => {
    const repaired = repairSchema(schema)
    expect(repaired).toEqual({ schema, changed: false })
    expect(repaired.schema).toBe(schema)
  })

  it.each<[string, JsonValue]>([
    ['a text', { type: 'string' }],
    ['a list', { type: 'array', items: {} }],
    ['nothing at all', false],
  ])('reports a schema for %s', (_, schema) => {
    expect(repairSchema(schema).problem).toMatch(/the schema/)
  })
})

describe('the laws of repair', () => {
  const leaf: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
    { type: 'string' },
    { type: 'object' },
    { type: ['object', 'null'] },
    { enum: ['a', 1, null] },
    { const: {} },
    {},
    { $schema: 'x' },
  )
  const { schema } = fc.letrec<{ schema: JsonValue; object: JsonObject }>((tie) => {
    const members = fc.dictionary(fc.constantFrom('a', 'b', '$id'), tie('schema'), { maxKeys: 3 })
    const some = fc.array(tie('schema'), { minLength: 1, maxLength: 2 })
    return {
      schema: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.boolean(), tie('object')),
      object: fc.record(
        {
          type: fc.constant('object'),
          properties: members,
          additionalProperties: tie('schema'),
          anyOf: some,
          allOf: some,
          not: tie('schema'),
          required: fc.subarray(['a', 'b']),
          $schema: fc.constant('x'),
        },
        { requiredKeys: [] },
      ),
    }
  })
  const document = fc.dictionary(
    fc.constantFrom('a', 'b', '$id', 'c'),
    fc.oneof(
      fc.constantFrom<JsonValue>('a', 1, null, {}),
      fc.dictionary(fc.constantFrom('a', 'b'), fc.constant('a')),
    ),
  )

  it('changes nothing when done twice', () => {
    fc.assert(
      fc.property(schema, (before) => {
        const once = repairSchema(before)
        const twice = repairSchema(once.schema)
        expect(twice.schema).toEqual(once.schema)
        expect(twice.changed && once.problem === undefined).toBe(false)
      }),
    )
  })

  it('accepts the same arguments as before', () => {
    fc.assert(
      fc.property(schema, document, (before, args) => {
        expect(accepts(repairSchema(before).schema, args)).toBe(accepts(before, args))
      }),
      { numRuns: 1000 },
    )
  })
})

/** As much of JSON Schema as the schemas above use. */
function accepts(schema: JsonValue, value: JsonValue): boolean {
  if (typeof schema === 'boolean') return schema
  if (!isObject(schema)) return true
  const types = [schema['type'] ?? []].flat()
  if (types.length > 0 && !types.includes(typeName(value))) return false
  const { enum: choices, const: only, anyOf, allOf, not } = schema
  const same = (other: JsonValue) => JSON.stringify(other) === JSON.stringify(value)
  if (Array.isArray(choices) && !choices.some(same)) return false
  if (only !== undefined && !same(only)) return false
  if (Array.isArray(anyOf) && !anyOf.some((choice) => accepts(choice, value))) return false
  if (Array.isArray(allOf) && !allOf.every((choice) => accepts(choice, value))) return false
  if (not !== undefined && accepts(not, value)) return false
  return !isObject(value) || acceptsMembers(schema, value)
}

function acceptsMembers(schema: JsonObject, value: JsonObject): boolean {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  if (!required.every((name) => typeof name === 'string' && Object.hasOwn(value, name))) return false
  return Object.entries(value).every(([name, member]) =>
    accepts(
      Object.hasOwn(properties, name) ? (properties[name] ?? true) : (schema['additionalProperties'] ?? true),
      member,
    ),
  )
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
