// Files of environment variables: read as dotenv does, edited without touching another byte.
import { describe, expect, it } from 'vitest'
import { envEditor } from '../../src/edit/env-editor.js'
import { planEdits } from '../../src/edit/plan-edits.js'

const FILE = '.env'
const TEXT = [
  '# mine',
  'export A=1 # one',
  "B='two words'",
  'C = "x\\ny"',
  'EMPTY=',
  'MULTI="first',
  'A=not me"',
  '',
].join('\n')
const read = (text: string, name: string) => envEditor.parse(text, FILE).get([name])
const edited = (text: string, name: string, value: string | undefined) =>
  planEdits(envEditor, text, [{ path: [name], value }], FILE)

describe('a file of variables', () => {
  it.each([
    ['A', '1'],
    ['B', 'two words'],
    ['C', 'x\ny'],
    ['EMPTY', ''],
    ['MULTI', 'first\nA=not me'],
    ['D', undefined],
  ])('says of %s what dotenv reads', (name, value) => {
    expect(read(TEXT, name)).toBe(value)
  })

  it('takes no quote for one that another line closes, as dotenv', () => {
    const text = "A='tis mine\nB=don't\n"
    expect([read(text, 'A'), read(text, 'B')]).toEqual(["'tis mine", "don't"])
    expect(edited(text, 'A', '1')).toBe("A=1\nB=don't\n")
    expect(edited(text, 'A', undefined)).toBe("B=don't\n")
    expect(read("A='one' # it's\r\nB=2\r\n", 'A')).toBe('one')
  })

  it('takes the last of two lines', () => {
    expect(read('A=1\nA=2\n', 'A')).toBe('2')
    expect(edited('A=1\nA=2\n', 'A', '3')).toBe('A=1\nA=3\n')
  })

  it('changes a value where it stands, and keeps comments, quotes of others and order', () => {
    expect(edited(TEXT, 'A', '2')).toBe(TEXT.replace('A=1 #', 'A=2 #'))
    expect(edited(TEXT, 'MULTI', 'one')).toBe(TEXT.replace(/"first\nA=not me"/, 'one'))
    expect(edited(TEXT, 'EMPTY', 'http://127.0.0.1:8090/gemini')).toContain(
      '\nEMPTY=http://127.0.0.1:8090/gemini\n',
    )
  })

  it.each([
    ['', 'X=1\n'],
    ['A=1', 'A=1\nX=1\n'],
    ['A=1\r\nB=2\r\n', 'A=1\r\nB=2\r\nX=1\r\n'],
    ['\uFEFFA=1\n', '\uFEFFA=1\nX=1\n'],
  ])('gets a new variable at the end of %j', (before, after) => {
    expect(edited(before, 'X', '1')).toBe(after)
  })

  it('loses every line of a name that is taken away', () => {
    expect(edited('A=1\nB=2\nA=3\n', 'A', undefined)).toBe('B=2\n')
    expect(edited(TEXT, 'MULTI', undefined)).toBe(TEXT.replace(/MULTI=[\s\S]*$/, ''))
  })

  it.each(['a b', "it's", 'say "hi"', '#1'])('holds %j in quotes that it does not have', (value) => {
    expect(read(edited('', 'X', value), 'X')).toBe(value)
  })

  it('refuses what dotenv could not read back', () => {
    expect(() => edited('', 'X', 'a\nb')).toThrow('cannot hold this value')
  })
})
