// The byte scanner agrees with JSON.parse about where things are.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementSpans, memberSpans, skipValue, topLevelSpans } from '../../src/base/json-span.js'

const bytesOf = (text: string) => Buffer.from(text, 'utf8')

describe('spans of JSON bytes', () => {
  it('finds the same members and values as JSON.parse, for any object and any indentation', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 1, 3), (source, indent) => {
        const bytes = bytesOf(JSON.stringify(source, null, indent))
        const members = memberSpans(bytes) ?? []
        const read = Object.fromEntries(
          members.map(({ key, value }) => [
            key,
            JSON.parse(bytes.subarray(value.start, value.end).toString()),
          ]),
        )
        expect(JSON.stringify(read)).toBe(JSON.stringify(JSON.parse(bytes.toString())))
      }),
    )
  })

  it('finds the same elements as JSON.parse, for any array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 2), (source, indent) => {
        const bytes = bytesOf(JSON.stringify(source, null, indent))
        const spans = elementSpans(bytes) ?? []
        expect(
          JSON.stringify(spans.map(({ start, end }) => JSON.parse(bytes.subarray(start, end).toString()))),
        ).toBe(JSON.stringify(JSON.parse(bytes.toString())))
      }),
    )
  })

  it('takes the last of duplicate keys and leaves nested ones alone', () => {
    const bytes = bytesOf('{"a":{"model":"inner"},"model":"first","model" : "last"}')
    const span = topLevelSpans(bytes, ['model'])?.get('model')
    expect(span && bytes.subarray(span.start, span.end).toString()).toBe('"last"')
  })

  it('is not confused by escaped quotes and backslashes at the end of a string', () => {
    const text = String.raw`{"a":"x\\","b":"\"]}","c":[1]}`
    const bytes = bytesOf(text)
    expect(memberSpans(bytes)?.map((member) => member.key)).toEqual(['a', 'b', 'c'])
  })

  it.each([
    '',
    '[',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":"x',
    '{"a":[1,',
    '{a:1}',
    '{"a" 1}',
    '{"a":1 "b":2}',
  ])('says of %j that it is no whole object', (text) => {
    expect(memberSpans(bytesOf(text))).toBeUndefined()
  })

  it('never reads past the end, wherever the text is cut', () => {
    const whole = bytesOf('{"k":[1,{"s":"a\\"b"}],"t":true}')
    for (let at = 0; at < whole.length; at += 1) {
      expect(memberSpans(whole.subarray(0, at))).toBeUndefined()
      expect(skipValue(whole.subarray(0, at), 0)).toBe(-1)
    }
  })
})
