import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FORMS, findSecrets } from '../../src/base/secret-forms.js'
import { SECRETS } from '../support/secrets.js'

/** What the pattern finds when it is asked at each sign. */
function plainly(text: string): [number, number][] {
  return [...text.matchAll(new RegExp(FORMS, 'g'))].map((match) => {
    const kept = match.slice(1).find((group) => group !== undefined) ?? ''
    return [match.index + kept.length, match.index + match[0].length]
  })
}

const pieces = SECRETS.flatMap(({ text, secret }) => [text, secret, text.slice(0, -4), text.toUpperCase()])

describe('the search for secrets', () => {
  it('finds what the pattern finds, of each kind alone', () => {
    for (const piece of pieces)
      for (const text of [
        piece,
        ` ${piece} `,
        `"${piece}"`,
        `\\n${piece}`,
        `%3D${piece}`,
        JSON.stringify(piece),
      ])
        expect(findSecrets(text)).toEqual(plainly(text))
  })

  it('finds what the pattern finds in any mixture', () => {
    const word = fc.oneof(
      fc.constantFrom(...pieces),
      fc.constantFrom(
        'proxy-authorization: ',
        'Set-Cookie: ',
        'x-api-',
        '?',
        '&',
        '\\u0026',
        'key=',
        '.',
        '://',
        '-----',
      ),
      fc.string({ unit: 'grapheme', maxLength: 9 }),
      fc.stringMatching(/^[\w.~+/=:-]{1,30}$/),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.constantFrom('', ' ', '"', '\n'), (words, between) => {
        const text = words.join(between)
        expect(findSecrets(text)).toEqual(plainly(text))
      }),
      { numRuns: 2_000 },
    )
  })
})
