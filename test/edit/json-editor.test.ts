// Lossless JSON editing: indentation, comments and line ends stay as the file has them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import type { JsonValue } from '../../src/base/json.js'
import type { Edit } from '../../src/edit/editor.js'
import { jsonEditor } from '../../src/edit/json-editor.js'
import { planEdits } from '../../src/edit/plan-edits.js'
import { corpus } from './corpus.js'

function edited(text: string, ...edits: Edit[]): string {
  return planEdits(jsonEditor, text, edits, 'settings.json')
}

const set = (path: string, value: JsonValue): Edit => ({ path: path.split('/'), value })
const drop = (path: string): Edit => ({ path: path.split('/'), value: undefined })

describe('a JSON edit', () => {
  it.each<[title: string, before: string, edit: Edit, after: string]>([
    ['fills an empty object', '{}\n', set('a', 1), '{\n  "a": 1\n}\n'],
    ['makes the objects on the way', '{}', set('env/A', 'x'), '{\n  "env": {\n    "A": "x"\n  }\n}'],
    ['adds behind the last member', '{\n  "a": 1\n}\n', set('b', 2), '{\n  "a": 1,\n  "b": 2\n}\n'],
    ['takes over tabs', '{\n\t"a": 1\n}', set('b/c', 2), '{\n\t"a": 1,\n\t"b": {\n\t\t"c": 2\n\t}\n}'],
    ['stays on one line where the object does', '{"a":1}', set('b', { c: 2 }), '{"a":1, "b": {"c":2}}'],
    [
      'leaves a comment with its member',
      '{\n  "a": 1 // c\n}',
      set('b', 2),
      '{\n  "a": 1, // c\n  "b": 2\n}',
    ],
    ['uses a trailing comma', '{\n  "a": 1, // c\n}', set('b', 2), '{\n  "a": 1, // c\n  "b": 2\n}'],
    [
      'is not caught by a comment at the end of the line',
      '{ "a": 1 // c\n}',
      set('b', 2),
      '{ "a": 1, // c\n"b": 2\n}',
    ],
    ['keeps the comment of an empty object', '{\n  // c\n}', set('a', 1), '{\n  // c\n  "a": 1\n}'],
    ['replaces a value', '{"a" : 1 , "b":2}', set('a', 'x'), '{"a" : "x" , "b":2}'],
    ['replaces the last of doubled keys', '{"a":1,"a":2}', set('a', 3), '{"a":1,"a":3}'],
    ['removes the only member', '{\n  "a": 1\n}', drop('a'), '{}'],
    ['removes the first', '{\n  "a": 1,\n  "b": 2\n}', drop('a'), '{\n  "b": 2\n}'],
    ['removes the last', '{\n  "a": 1, // c\n  "b": 2\n}', drop('b'), '{\n  "a": 1 // c\n}'],
    ['removes doubled keys', '{"a":1,"b":2,"a":3}', drop('a'), '{"b":2}'],
    [
      'keeps CRLF',
      '{\r\n  "a": 1\r\n}\r\n',
      set('b', [1]),
      '{\r\n  "a": 1,\r\n  "b": [\r\n    1\r\n  ]\r\n}\r\n',
    ],
    ['keeps a byte order mark', '\uFEFF{}', set('a', 1), '\uFEFF{\n  "a": 1\n}'],
  ])('%s', (_title, before, edit, after) => {
    expect(edited(before, edit)).toBe(after)
  })

  it.each([
    ['{\n  "a": \n}', 'settings.json:3:1: '],
    ['{"a": 1', 'settings.json:1:8: '],
    ['{"a": 1} x', 'settings.json:1:10: '],
    ['', 'settings.json:1:1: '],
    ['[1]', 'settings.json:1:1: a JSON object is expected at the top.'],
  ])('names the place of a mistake in %j', (text, place) => {
    expect(() => edited(text, set('x', 1))).toThrow(place)
    expect(() => edited(text, set('x', 1))).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  })

  it('refuses to go through a value that is no object', () => {
    expect(() => edited('{"env": "x"}', set('env/A', 1))).toThrow('settings.json: env is not an object.')
  })
})

const key = fc.constantFrom(
  'a',
  'env',
  'model',
  'A',
  'FOO',
  'twice',
  'ä "b"',
  '__proto__',
  'permissions',
  'deep',
)
const value = fc
  .jsonValue({ maxDepth: 2 })
  .map((generated): JsonValue => JSON.parse(JSON.stringify(generated)))
const path = fc.array(key, { minLength: 1, maxLength: 3 })

describe('any edit of any file of the corpus', () => {
  it.each(corpus('json'))('$name: changes what was planned and nothing else, or refuses', ({ text }) => {
    fc.assert(
      fc.property(path, fc.option(value, { nil: undefined }), (where, what) => {
        try {
          const after = edited(text, { path: where, value: what })
          if (what === undefined) return
          const comments = [...text.matchAll(/\/\/ .*|\/\*.*\*\//g)].map((match) => match[0].trim())
          expect(comments.filter((comment) => !after.includes(comment) && where.length > 1)).toEqual([])
        } catch (error) {
          if (!(error instanceof HubError) || error.code !== 'refused') throw error
        }
      }),
      { numRuns: 60 },
    )
  })
})
