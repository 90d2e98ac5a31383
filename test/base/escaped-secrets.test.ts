// Secrets that the hub was told are found however JSON writes them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSecrets, knownSecrets, removeSecrets } from '../../src/base/secret-forms.js'

const SECRET = 'k7+Pq/9xW=ab&Zz'
const SIGNS = SECRET.split('')
const known = knownSecrets([SECRET])
const escaped = (sign: string) => `\\u00${sign.charCodeAt(0).toString(16).padStart(2, '0')}`

describe('a known secret', () => {
  it.each([
    ['with escapes for some of its signs', SECRET.replace('+', '\\u002B').replace('&', '\\u0026')],
    ['with an escape before its slash', SECRET.replace('/', '\\/')],
    ['all in escapes', SIGNS.map(escaped).join('')],
    ['in a text of a text', SECRET.replace('+', '\\\\u002b')],
    ['in a text of a text, both with escapes before slashes', SECRET.replace('/', '\\\\\\/')],
  ])('%s is taken out, as long as it was written', (_how, written) => {
    const body = `{"a":"\\u003cb\\u003e","key":"${written}","c":"\\n${written}"}`
    const { text, removed } = removeSecrets(body, known)
    expect(removed).toBe(2)
    expect(text).toHaveLength(body.length)
    expect(JSON.parse(text)).toEqual({
      a: '<b>',
      key: expect.stringMatching(/^\[removed\]\**$/),
      c: expect.stringMatching(/^\n\[removed\]\**$/),
    })
    expect(removeSecrets(text, known)).toEqual({ text, removed: 0 })
    expect(findSecrets(body, known)).toHaveLength(2)
  })

  it('that is not whole is left as it is', () => {
    const body = `{"key":"${SECRET.slice(0, -1).replace('+', '\\u002b')}"}`
    expect(removeSecrets(body, known)).toEqual({ text: body, removed: 0 })
  })

  it('is found behind half a million backslashes, in no more time than behind as many other signs', () => {
    const written = SECRET.replace('/', '\\/')
    const body = `{"a":"${'\\'.repeat(500_000)} ","key":"${written}"}`
    expect(removeSecrets(body, known).removed).toBe(1)
  })
})

it('every way to write a secret into JSON is found, and nothing beside it is touched', () => {
  const value = fc.string({ unit: fc.constantFrom('"', '\\', '/', 'u', '0', '7', '3', '<', ' ', 'é', '\n') })
  const ways = fc.array(fc.boolean(), { minLength: SECRET.length, maxLength: SECRET.length })
  fc.assert(
    fc.property(value, value, ways, (before, after, isEscaped) => {
      const inner = (text: string) => JSON.stringify(text).slice(1, -1)
      const written = SIGNS.map((sign, at) => (isEscaped[at] === true ? escaped(sign) : sign)).join('')
      const { text, removed } = removeSecrets(`"${inner(before)}${written}${inner(after)}"`, known)
      const read: unknown = JSON.parse(text)
      expect(removed).toBe(1)
      expect(read).toBe(`${before}[removed]${'*'.repeat(written.length - 9)}${after}`)
    }),
  )
})
