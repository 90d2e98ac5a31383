// Lossless TOML editing: where a key goes, and that nothing else moves.
import { parse as iarnaParse } from '@iarna/toml'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import { isObject, type JsonValue } from '../../src/base/json.js'
import type { Edit } from '../../src/edit/editor.js'
import { planEdits } from '../../src/edit/plan-edits.js'
import { tomlEditor } from '../../src/edit/toml-editor.js'
import { corpus } from './corpus.js'

function edited(text: string, ...edits: Edit[]): string {
  return planEdits(tomlEditor, text, edits, 'config.toml')
}

const set = (path: string, value: JsonValue): Edit => ({ path: path.split('/'), value })
const drop = (path: string): Edit => ({ path: path.split('/'), value: undefined })

describe('a TOML edit', () => {
  it.each<[title: string, before: string, edit: Edit, after: string]>([
    ['puts the first key into an empty file', '', set('a', 1), 'a = 1\n'],
    [
      'puts a root key under the last root key',
      'x = 1 # c\n\n[t]\n',
      set('a', 1),
      'x = 1 # c\na = 1\n\n[t]\n',
    ],
    [
      'puts a root key before the first table',
      '# t\n[t]\nx = 1\n',
      set('a', 1),
      'a = 1\n\n# t\n[t]\nx = 1\n',
    ],
    [
      'leaves the head comment of a file on top',
      '# head\n\n# t\n[t]\n',
      set('a', 1),
      '# head\n\na = 1\n\n# t\n[t]\n',
    ],
    ['replaces a value and keeps its comment', 'a = "x" # c\n', set('a', 'y'), 'a = "y" # c\n'],
    ['replaces a value over several lines', 'a = """\nx\n"""\nb = 1\n', set('a', 'y'), 'a = "y"\nb = 1\n'],
    ['finds a key that is quoted', "'a' = 1\n", set('a', 2), "'a' = 2\n"],
    ['finds a dotted key', 'a . b = 1\n', set('a/b', 2), 'a . b = 2\n'],
    ['adds to dotted keys as a dotted key', 'a.b = 1\nz = 1\n', set('a/c', 2), 'a.b = 1\na.c = 2\nz = 1\n'],
    [
      'adds a table to dotted keys',
      'm.x.n = 1\n',
      set('m/y', { n: 2, o: 3 }),
      'm.x.n = 1\nm.y.n = 2\nm.y.o = 3\n',
    ],
    ['adds to an inline table', 'a = { b = 1 }\n', set('a/c', 2), 'a = { b = 1, c = 2 }\n'],
    ['adds to an empty inline table', 'a = {}\n', set('a/c', 2), 'a = { c = 2 }\n'],
    [
      'adds to dotted keys in an inline table',
      'a = { b.c = 1 }\n',
      set('a/b/d', 2),
      'a = { b.c = 1, b.d = 2 }\n',
    ],
    [
      'adds a table to an inline table',
      'm = { x = {} }\n',
      set('m/y', { n: 1 }),
      'm = { x = {}, y = { n = 1 } }\n',
    ],
    [
      'adds to a table under its last key',
      '[a]\nb = 1\n\n[z]\n',
      set('a/c', 2),
      '[a]\nb = 1\nc = 2\n\n[z]\n',
    ],
    ['adds to an empty table', '[a] # c\n[z]\n', set('a/c', 2), '[a] # c\nc = 2\n[z]\n'],
    ['indents as its neighbours', '[a]\n\tb = 1\n', set('a/c', 2), '[a]\n\tb = 1\n\tc = 2\n'],
    ['puts a new table at the end', 'x = 1', set('a/b', { c: 'd' }), 'x = 1\n\n[a.b]\nc = "d"\n'],
    [
      'opens a parent that only its children name',
      '[a.b]\nx = 1\n',
      set('a/c', 2),
      '[a.b]\nx = 1\n\n[a]\nc = 2\n',
    ],
    ['quotes a key that needs it', '', set('a b', 'é"\\\u007f'), '"a b" = "é\\"\\\\\\u007F"\n'],
    ['removes a line with its comment', 'a = 1 # c\nb = 2\n', drop('a'), 'b = 2\n'],
    ['removes the last line of a file without newline', 'a = 1\nb = 2', drop('b'), 'a = 1\n'],
    [
      'removes from the middle of an inline table',
      'a = { b = 1, c = 2, d = 3 }\n',
      drop('a/c'),
      'a = { b = 1, d = 3 }\n',
    ],
    ['removes from the end of an inline table', 'a = { b = 1, c = 2 }\n', drop('a/c'), 'a = { b = 1 }\n'],
    ['removes a table with its children', '[a]\nx = 1\n\n[a.b]\ny = 1\n\n[z]\n', drop('a'), '\n[z]\n'],
    ['removes a table and the blank line above it', 'x = 1\n\n[a]\ny = 1\n', drop('a'), 'x = 1\n'],
    ['replaces a table by a value', '[a]\nx = 1\n', set('a', 1), 'a = 1\n'],
    [
      'sets the members of a table that exists',
      '[a]\nx = 1\ny = 2 # c\n',
      set('a', { y: 2, z: 3 }),
      '[a]\ny = 2 # c\nz = 3\n',
    ],
    [
      'keeps a new table inside a table beside its neighbours',
      '[a]\nx = 1\n\n[z]\n',
      set('a', { x: 1, y: { b: 2 } }),
      '[a]\nx = 1\ny = { b = 2 }\n\n[z]\n',
    ],
    ['keeps CRLF', '[a]\r\nx = 1\r\n', set('b/c', 1), '[a]\r\nx = 1\r\n\r\n[b]\r\nc = 1\r\n'],
    ['keeps a byte order mark', '\uFEFFx = 1\n', set('a', 1), '\uFEFFx = 1\na = 1\n'],
  ])('%s', (_title, before, edit, after) => {
    expect(edited(before, edit)).toBe(after)
  })

  it.each([
    ['a value where a table is needed', 'a = 1\n', 'config.toml: a is not a table.'],
    ['an array of tables where a table is needed', '[[a]]\nx = 1\n', 'config.toml: a is not a table.'],
  ])('refuses %s', (_title, text, message) => {
    expect(() => edited(text, set('a/b', 1))).toThrow(expect.objectContaining({ code: 'refused', message }))
  })

  it.each([
    ['a = 1\nb = \n', 'config.toml:2:4: '],
    ['a = 1\na = 2\n', 'config.toml:2:1: '],
    ['[a\nx = 1\n', 'config.toml:1:3: '],
    ['\uFEFF[a]\nx = "\n', 'config.toml:2:'],
  ])('names the place of a mistake in %j', (text, place) => {
    expect(() => edited(text, set('x', 1))).toThrow(place)
    expect(() => edited(text, set('x', 1))).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  })

  it('does nothing where the value already stands', () => {
    expect(edited("a = 'x' # c\n", set('a', 'x'))).toBe("a = 'x' # c\n")
  })

  it('has no word for null', () => {
    expect(() => edited('', set('a', null))).toThrow('TOML has no null.')
  })
})

const key = fc.constantFrom(
  'a',
  'b',
  'a b',
  'ä',
  'x.y',
  '__proto__',
  'tui',
  'model',
  'model_providers',
  'corp',
  'projects',
)
const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(key, scalar, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
)
const path = fc.array(key, { minLength: 1, maxLength: 3 })

describe('any edit of any file of the corpus', () => {
  it.each(corpus('toml'))('$name: changes what was planned and nothing else, or refuses', ({ text }) => {
    fc.assert(
      fc.property(path, fc.option(value, { nil: undefined }), (where, what) => {
        let after: string
        try {
          after = edited(text, { path: where, value: what === undefined ? undefined : normal(what) })
        } catch (error) {
          if (error instanceof HubError && (error.code === 'refused' || error.code === 'unsupported')) return
          throw error
        }
        const lines = after.split('\n').map((line) => line.trim())
        const comments = text
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line.startsWith('#'))
        expect(comments.filter((line) => !lines.includes(line))).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  const ADDED: Edit[] = [
    { path: ['zz_new'], value: 'x' },
    { path: ['zz_table', 'inner'], value: { a: 1, b: [true] } },
  ]

  it.each(corpus('toml'))('$name: removing what was added brings the text back', ({ text }) => {
    const gone = ADDED.map((edit) => ({ ...edit, value: undefined }))
    const back = edited(edited(text, ...ADDED), ...gone)
    expect(back.trim().replaceAll(/\s+/g, ' ')).toBe(text.trim().replaceAll(/\s+/g, ' '))
  })

  it.each(corpus('toml').filter(({ text }) => iarna(text) !== undefined))(
    '$name: another reader sees what was added, and the rest as it was',
    ({ text }) => {
      const expected = { ...iarna(text), zz_new: 'x', zz_table: { inner: { a: 1, b: [true] } } }
      expect(plain(iarna(edited(text, ...ADDED)))).toEqual(plain(expected))
    },
  )

  it.each(corpus('toml').filter(({ text }) => iarna(text) !== undefined))(
    '$name: another reader sees any edit, and the rest as it was',
    ({ text }) => {
      const before = plain(iarna(text))
      fc.assert(
        fc.property(path, fc.option(value, { nil: undefined }), (where, what) => {
          const wanted = what === undefined ? undefined : normal(what)
          const after = attempt(() => edited(text, { path: where, value: wanted }))
          const read = after === undefined ? undefined : iarna(after)
          fc.pre(read !== undefined)
          expect(withoutEmpty(plain(read))).toEqual(withoutEmpty(withValue(before, where, wanted)))
        }),
        { numRuns: 20 },
      )
    },
  )
})

/** The result, or undefined when the edit was refused. */
function attempt(edit: () => string): string | undefined {
  try {
    return edit()
  } catch (error) {
    if (error instanceof HubError && (error.code === 'refused' || error.code === 'unsupported'))
      return undefined
    throw error
  }
}

/** The tree with one value set or taken away, made without our editor. */
function withValue(tree: unknown, where: readonly string[], what: JsonValue | undefined): unknown {
  const [first, ...rest] = where
  if (first === undefined) return what
  if (!isObject(tree) && what === undefined) return tree
  const old = isObject(tree) ? tree : {}
  const inner = withValue(Object.hasOwn(old, first) ? old[first] : undefined, rest, what)
  const others = Object.entries(old).filter(([name]) => name !== first)
  return Object.fromEntries(inner === undefined ? others : [...others, [first, inner]])
}

/** Tables that hold nothing come and go with what they hold. */
function withoutEmpty(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(withoutEmpty)
  if (!isObject(tree)) return tree
  const members = Object.entries(tree).map(([name, member]): [string, unknown] => [
    name,
    withoutEmpty(member),
  ])
  return Object.fromEntries(
    members.filter(([, member]) => !isObject(member) || Object.keys(member).length > 0),
  )
}

/** The reader's own objects and big integers as ordinary ones. */
function plain(read: unknown): unknown {
  return JSON.parse(
    JSON.stringify(read, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
  )
}

/** A double that is whole reads back as an integer. */
function normal(input: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(input))
}

/** The independent reader knows TOML 0.5 and no byte order mark; undefined where it cannot read. */
function iarna(text: string): Record<string, unknown> | undefined {
  try {
    return iarnaParse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}
