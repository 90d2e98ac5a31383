import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecipe, writeRecipe } from '../../src/store/recipe.js'

describe('a recipe', () => {
  it('gives back any list of chunk numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** 45 })), (numbers) => {
        expect(readRecipe(writeRecipe(numbers))).toEqual(numbers)
      }),
    )
  })

  it('costs a few dozen bytes for a thousand neighbouring chunks', () => {
    const numbers = Array.from({ length: 1_000 }, (_, index) => 70_000 + index)
    expect(writeRecipe(numbers).length).toBeLessThan(40)
  })

  it.each([
    ['empty', []],
    ['of an unknown kind', [9, 1, 2]],
    ['cut in the middle of a number', [0, 0x81]],
  ])('is refused when it is %s', (_, damaged) => {
    expect(() => readRecipe(Uint8Array.from(damaged))).toThrow('damaged')
  })
})
