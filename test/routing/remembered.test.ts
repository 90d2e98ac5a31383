// What is remembered of the newest of many names, within a bound and without copying all of it for each.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  keeping,
  nothingRemembered,
  type Remembered,
  recall,
  remembering,
} from '../../src/routing/remembered.js'

const sizeOf = ({ newest, recent, older }: Remembered<number>) => newest.size + recent.size + older.size

describe('what is remembered', () => {
  it('is the newest value of each name, for at least the last half of the bound', () => {
    const entries = fc.array(fc.tuple(fc.integer({ min: 0, max: 80 }), fc.integer()), { maxLength: 200 })
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 60 }), entries, (bound, written) => {
        let state = nothingRemembered<number>(bound)
        for (const [name, value] of written) {
          state = remembering(state, String(name), value)
          expect(recall(state, String(name))).toBe(value)
          expect(sizeOf(state)).toBeLessThanOrEqual(bound + 1)
        }
        const newest = new Map(written.map(([name, value]) => [String(name), value]))
        const lately = [...new Set(written.map(([name]) => String(name)).toReversed())].slice(0, bound / 4)
        for (const name of lately) expect(recall(state, name)).toBe(newest.get(name))
      }),
    )
  })

  it('changes nothing in the state it came from', () => {
    const before = remembering(nothingRemembered<number>(10), 'a', 1)
    remembering(before, 'a', 2)
    keeping(before, () => false)
    expect(recall(before, 'a')).toBe(1)
  })

  it('forgets what is not kept, in whatever generation it is', () => {
    let state = nothingRemembered<number>(40)
    for (let value = 0; value < 30; value++) state = remembering(state, `n${value}`, value)
    const even = keeping(state, (_name, value) => value % 2 === 0)
    expect(recall(even, 'n29')).toBeUndefined()
    expect(recall(even, 'n28')).toBe(28)
  })
})
