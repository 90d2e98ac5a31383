// The model's name is replaced by place; every other byte of a message stays.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elements, topLevelSpans } from '../../../src/protocol/json-spans.js'
import { spliceModel } from '../../../src/protocol/relay.js'

const bytes = (source: string): Uint8Array => Buffer.from(source, 'utf8')
const spliced = (source: string, model = 'new') => {
  const out = spliceModel(bytes(source), model)
  return out === undefined ? undefined : Buffer.from(out).toString('utf8')
}

describe('splicing the model', () => {
  it.each<[string, string, string]>([
    ['a name in front', '{"model":"old","x":1}', '{"model":"new","x":1}'],
    ['odd blanks', ' {\n\t"model" :\r\n "old" , "x":1 } \n', ' {\n\t"model" :\r\n "new" , "x":1 } \n'],
    ['a name behind everything', '{"a":[{"b":"}"}],"model":"old"}', '{"a":[{"b":"}"}],"model":"new"}'],
    ['both of two keys', '{"model":"a","model":"b"}', '{"model":"new","model":"new"}'],
    ['a key written with escapes', '{"mod\\u0065l":"old"}', '{"mod\\u0065l":"new"}'],
    ['a name with escapes', '{"model":"o\\"l\\\\d\\\\","x":"\\\\"}', '{"model":"new","x":"\\\\"}'],
    ['a name that is no text', '{"model":{"id":["x"]},"x":null}', '{"model":"new","x":null}'],
    ['a byte order mark', '\uFEFF{"model":"old"}', '\uFEFF{"model":"new"}'],
    [
      'large numbers, duplicate keys and letters beyond ASCII, which stay',
      '{"n":12345678901234567890.10,"k":1,"k":2,"ž":"🦜\\ud83e","model":"old"}',
      '{"n":12345678901234567890.10,"k":1,"k":2,"ž":"🦜\\ud83e","model":"new"}',
    ],
  ])('replaces %s', (_, source, expected) => {
    expect(spliced(source)).toBe(expected)
  })

  it('leaves inner keys of the same name and texts that look like it alone', () => {
    const rest = '"a":{"model":"inner"},"b":["model",{"model":1}],"c":"\\"model\\":\\"x\\"","d":"model"'
    expect(spliced(`{${rest},"model":"old"}`)).toBe(`{${rest},"model":"new"}`)
  })

  it('writes a name so that it can be read again', () => {
    const name = 'a"b\\c\n🦜'
    expect(JSON.parse(spliced('{"model":1}', name) ?? '')).toEqual({ model: name })
  })

  it.each([
    '{"x":1}',
    '{}',
    '[{"model":1}]',
    '"model"',
    '',
    '{"model":',
    '{"model":"old',
    '{"model" "old"}',
    '{',
  ])('finds no name in %s', (source) => {
    expect(spliced(source)).toBeUndefined()
  })

  it('finds what JSON.parse finds, in any object', () => {
    const key = fc.oneof(fc.constantFrom('model', 'stream'), fc.string({ unit: 'grapheme' }))
    const object = fc.dictionary(key, fc.jsonValue())
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const source = bytes(JSON.stringify(value, null, indent))
        const found = topLevelSpans(source, ['model', 'stream']) ?? []
        const read = found.map(({ key: name, value: span }) => [
          name,
          JSON.parse(Buffer.from(source.subarray(span.start, span.end)).toString('utf8')),
        ])
        const expected = Object.entries(JSON.parse(JSON.stringify(value)))
        expect(read).toEqual(expected.filter(([name]) => name === 'model' || name === 'stream'))
      }),
    )
  })

  it('cuts any list into its elements', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 2), (list, indent) => {
        const source = bytes(JSON.stringify(list, null, indent))
        const spans = elements(source, { start: 0, end: source.length }) ?? []
        const read = spans.map((span) =>
          JSON.parse(Buffer.from(source.subarray(span.start, span.end)).toString()),
        )
        expect(read).toEqual(JSON.parse(JSON.stringify(list)))
      }),
    )
  })

  it('takes a few milliseconds for a megabyte', () => {
    const messages = Array.from({ length: 2000 }, (_, index) => ({
      role: 'user',
      content: [{ type: 'text', text: `"quoted" ${'word '.repeat(90)}`, index }],
    }))
    const body = bytes(JSON.stringify({ messages, tools: [], model: 'old', stream: true }))
    spliceModel(body, 'new')
    const started = performance.now()
    for (let round = 0; round < 5; round++) spliceModel(body, 'new')
    expect(body.length).toBeGreaterThan(1_000_000)
    expect((performance.now() - started) / 5).toBeLessThan(50)
  })
})
