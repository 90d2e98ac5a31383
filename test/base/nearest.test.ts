import { describe, expect, it } from 'vitest'
import { editDistance, nearest } from '../../src/base/nearest.js'

describe('did you mean', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'ABC', 0],
    ['abc', 'abd', 1],
    ['abcd', 'abdc', 1],
    ['kitten', 'sitting', 3],
  ])('%j and %j are %d edits apart', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
    expect(editDistance(b, a)).toBe(distance)
  })

  it('gives the closest first, none that is too far, and never the word itself', () => {
    expect(nearest('deepsek', ['openai', 'deepseek', 'deepsekk', 'deepsek'], 3)).toEqual([
      'deepseek',
      'deepsekk',
    ])
    expect(nearest('prot', ['host', 'port', 'trace'])).toEqual(['port'])
    expect(nearest('x', ['y'])).toEqual([])
    expect(nearest('telepathy', ['affinity'])).toEqual([])
  })
})
