// The free text of a custom tool comes out of its JSON wrapper while it streams.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inputUnwrapper, unwrapInput } from '../../../src/protocol/tools/unwrap.js'

function pieces(deltas: readonly string[]): string[] {
  const step = inputUnwrapper()
  return [...deltas.flatMap((delta) => step.push(delta)), ...step.end()]
}

const patch = '*** Begin Patch\n+say("hi") \\o/ 🦜\t\u0001\n*** End Patch'

const samples: [string, string, string][] = [
  ['the wrapper', JSON.stringify({ input: patch }), patch],
  ['blanks around everything', ` { "input" : ${JSON.stringify(patch)} } `, patch],
  ['a key before it', JSON.stringify({ why: 'a "quoted\\" {[,', n: [1, { a: ']' }], input: patch }), patch],
  ['a key after it', JSON.stringify({ input: patch, workdir: '/', deep: { input: 'no' } }), patch],
  ['an inner key of the same name', JSON.stringify({ args: { input: 'no' }, input: patch }), patch],
  ['a key written with escapes', `{"\\u0069nput":"x"}`, 'x'],
  ['every letter escaped', `{"input":"\\u002a\\ud83e\\udd9c\\/\\b\\f\\n\\r\\t\\"\\\\"}`, '*🦜/\b\f\n\r\t"\\'],
  ['raw line ends in the text', '{"input":"a\nb"}', 'a\nb'],
  ['escapes that JSON does not know', '{"input":"\\d+\\u12"}', '\\d+\\u12'],
  ['no wrapper', patch, patch],
  ['no wrapper and text that begins like an object', '{ const x = "input" }', '{ const x = "input" }'],
  ['an object without the key', '{"patch":"x"}', '{"patch":"x"}'],
  ['a JSON text without the wrapper', JSON.stringify(patch), patch],
  ['a number', '{"input": 12}', '12'],
  ['a list', '{"input": ["a", {"b": 1}]}', '["a",{"b":1}]'],
  ['null', '{"input": null}', ''],
  ['an empty object', '{}', ''],
  ['nothing', '', ''],
  ['a wrapper that is cut', '{"input":"so fa', 'so fa'],
  ['a wrapper that is cut in its key', '{"inp', '{"inp'],
]

describe('unwrapping', () => {
  it.each(samples)('reads %s', (_, source, expected) => {
    expect(unwrapInput(source)).toBe(expected)
  })

  it.each(samples)('reads %s the same at every split point and letter by letter', (_, source, expected) => {
    for (let at = 0; at <= source.length; at++)
      expect(pieces([source.slice(0, at), source.slice(at)]).join('')).toBe(expected)
    expect(pieces(source.split('')).join('')).toBe(expected)
  })

  it('passes text on as soon as it is known', () => {
    const step = inputUnwrapper()
    expect(step.push('{"input":"*** Be')).toEqual(['*** Be'])
    expect(step.push('gin\\')).toEqual(['gin'])
    expect(step.push('nnext')).toEqual(['\nnext'])
    expect(step.push('"}')).toEqual([])
    expect(step.end()).toEqual([])
  })

  it('never hands on half of a letter', () => {
    const source = `{"input":"a\\ud83e\\udd9cb🦜"}`
    for (const piece of pieces(source.split('')))
      expect(Buffer.from(piece, 'utf8').toString('utf8')).toBe(piece)
  })

  it('undoes the wrapping of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 7 }), (text, size) => {
        const source = JSON.stringify({ input: text })
        const deltas = source.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
        expect(pieces(deltas).join('')).toBe(text)
      }),
    )
  })
})
