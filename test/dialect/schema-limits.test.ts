// A schema in the words that a vendor can read.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, type JsonValue } from '../../src/base/json.js'
import type { SchemaLimits } from '../../src/protocol/dialect.js'
import { limitSchema } from '../../src/protocol/tools/limit-schema.js'

const GEMINI: SchemaLimits = {
  enums: true,
  drop: ['$schema', '$ref', '$defs', 'additionalProperties', 'oneOf', 'allOf', 'exclusiveMinimum'],
}
const limited = (schema: JsonObject, limits: SchemaLimits = GEMINI) => limitSchema(schema, limits, 'tools.t')

describe('a schema for a vendor', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['const becomes an enum of one', { const: 'a' }, { enum: ['a'] }],
    ['oneOf becomes anyOf', { oneOf: [{ const: 1 }] }, { anyOf: [{ enum: [1] }] }],
    ['closed objects are left open', { type: 'object', additionalProperties: false }, { type: 'object' }],
    [
      'references are written out',
      { properties: { a: { $ref: '#/$defs/A', description: 'mine' } }, $defs: { A: { type: 'string' } } },
      { properties: { a: { type: 'string', description: 'mine' } } },
    ],
    [
      'allOf is merged',
      {
        required: ['a'],
        allOf: [{ properties: { a: { type: 'string' } } }, { required: ['b'], properties: { b: {} } }],
      },
      { required: ['a', 'b'], properties: { a: { type: 'string' }, b: {} } },
    ],
    [
      'properties keep names that are keywords elsewhere',
      { properties: { const: { type: 'string' }, oneOf: { const: 2 }, $ref: { type: 'null' } } },
      { properties: { const: { type: 'string' }, oneOf: { enum: [2] }, $ref: { type: 'null' } } },
    ],
  ])('%s, without a loss', (_what, schema, expected) => {
    expect(limited(schema)).toEqual({ value: expected, notes: [] })
  })

  it('notes each keyword that meant something, once', () => {
    const number = { type: 'number', exclusiveMinimum: 0 }
    const { value, notes } = limited({
      properties: { a: number, b: number, c: { additionalProperties: number } },
    })
    expect(value).toEqual({ properties: { a: { type: 'number' }, b: { type: 'number' }, c: {} } })
    expect(notes.map(({ reason }) => reason)).toEqual([
      'the provider cannot read `exclusiveMinimum` in a schema',
      'the provider cannot read `additionalProperties` in a schema',
    ])
  })

  it('leaves a circle open, with a note', () => {
    const tree = { $ref: '#/$defs/Tree' }
    const { value, notes } = limited({ ...tree, $defs: { Tree: { properties: { left: tree } } } })
    expect(value).toEqual({ properties: { left: {} } })
    expect(notes).toHaveLength(1)
  })

  it('is cut at the depth that can be read', () => {
    const schema = { properties: { a: { type: 'object', properties: { b: { type: 'string' } } } } }
    const { value, notes } = limited(schema, { depth: 1 })
    expect(value).toEqual({ properties: { a: { type: 'object' } } })
    expect(notes).toHaveLength(1)
  })

  it('is the same a second time, and has none of the words that were dropped', () => {
    const leaf = fc.oneof(
      fc.constant({ type: 'string' }),
      fc.constant({ const: 1 }),
      fc.constant({ exclusiveMinimum: 3 }),
      fc.constant({ additionalProperties: false }),
      fc.constant({ $ref: '#/$defs/A' }),
    )
    const { schema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.record({ properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema')) }),
        fc.record({ oneOf: fc.array(tie('schema'), { maxLength: 3 }) }),
        fc.record({ allOf: fc.array(tie('schema'), { maxLength: 3 }) }),
        fc.record({ items: tie('schema') }),
      ),
    }))
    fc.assert(
      fc.property(schema, (generated) => {
        const whole = { ...generated, $defs: { A: { type: 'boolean' } } }
        const once = limited(whole).value
        expect(limited(once)).toEqual({ value: once, notes: [] })
        expect(words(once).filter((word) => GEMINI.drop?.includes(word))).toEqual([])
      }),
    )
  })
})

function words(schema: JsonValue): string[] {
  if (Array.isArray(schema)) return schema.flatMap(words)
  if (!isObject(schema)) return []
  return Object.entries(schema).flatMap(([name, member]) => [name, ...words(member)])
}
