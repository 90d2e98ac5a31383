// The reason that names a mapping can be read back: what counts matches relies on it.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileMappings, readMatch, resolveModel } from '../../src/routing/rules.js'

it('the mapping that a resolution names is the one that is read from its reason', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/)
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 5 }), word, fc.nat(), (names, to, pick) => {
      const model = names[pick % names.length] ?? ''
      const { reasons, rule } = resolveModel(compileMappings(names.map((from) => ({ from, to }))), model)
      const [reason = ''] = reasons
      expect(readMatch(reason.slice(0, reason.indexOf(') gives ') + 1))).toEqual(rule)
    }),
  )
})

it.each(['', 'channel a: choice 1', 'model m: none of 2 mappings matches, the name is unchanged'])(
  'a line that names no mapping is none: %j',
  (line) => {
    expect(readMatch(line)).toBeUndefined()
  },
)
