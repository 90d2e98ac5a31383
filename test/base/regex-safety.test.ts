import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wholeNameRegex } from '../../src/base/name-pattern.js'
import { refuseRegex } from '../../src/base/regex-safety.js'

/** Each with a text on which the plain engine needs more than a second at a few dozen to a few hundred letters. */
const EVIL = [
  '(a+)+$',
  '(a|a)*$',
  '(a|aa)+$',
  '(.*a){20}',
  '([a-zA-Z]+)*$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(a*)*b',
  '(a+)*b',
  '((a|b)*)*c',
  '(a|a|b)*c',
  '(a|b|ab)*c',
  '(a*|b*)*c',
  '(.|\\w)+x',
  '(\\w+\\s?)*x',
  '(x+x+)+y',
  '([^-]*-?)*x',
  '(\\d+)*x',
  '(a?){30}a{30}',
  'a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaa',
  '(.*?,){11}P',
  '(a{1,50}){1,50}x',
  '(?:a{0,20}){20}b',
  '.*.*.*.*x',
  '(.*)-(.*)-(.*)-(.*)x',
  '(?:(?:a+)b?)+c',
  '((a+){4})',
  'a+a+a+a+',
  '(?i)(A+)+$',
]

const HARMLESS = [
  'claude-haiku-.*',
  'chat/(.*)',
  'gpt-(4|5)(\\..*)?',
  '(?i)claude-.*',
  '.*',
  '.+-.+',
  '(.*)-(.*)-preview',
  '\\w+\\d+',
  '([^/]+/)*[^/]+',
  'a{1,50}b{1,50}',
  '(claude|gpt)-.+',
  'claude-(opus|sonnet|haiku)-\\d+(-\\d+)*(\\[1m\\])?',
  '(anthropic|openai)/(.+)',
  'gpt-5(\\.\\d+)?(-(mini|nano|codex))?',
  '(ab|ac)*',
  '(-preview|-pro)*',
  '[a-z]+-[a-z]+-[a-z]+-[a-z]+-[0-9]+',
  '^o[134](-mini|-pro)?$',
  'gpt\\-4.*',
  'claude-.*-(\\d{8})',
  '(gpt-4|gpt-5|gpt-5-mini|gpt-6|gpt-6-sol|gpt-6-luna|o1|o3|o4|x|y)',
  '(.*):free',
  '(?<vendor>[^/]+)/(?<model>.+)',
  'модель-.*',
]

/** A pattern of repeats, choices and groups inside each other, drawn from the seed. */
function randomPattern(seed: number): string {
  let state = seed
  const draw = (bound: number): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
    return ((state ^ (state >>> 12)) >>> 0) % bound
  }
  const pick = (words: readonly string[]): string => words[draw(words.length)] ?? ''
  const pattern = (depth: number): string => Array.from({ length: 1 + draw(3) }, () => part(depth)).join('')
  const part = (depth: number): string => {
    const shape = depth === 0 ? 0 : draw(10)
    if (shape < 6)
      return pick(['a', 'b', '.', '[ab]', '-', '\\w']) + pick(['', '', '*', '+', '?', '{2}', '{1,9}'])
    if (shape < 8)
      return `(${pattern(depth - 1)}|${pattern(depth - 1)})${pick(['', '*', '+', '?', '{3}', '{0,5}'])}`
    return `(${pattern(depth - 1)})${pick(['', '*', '+', '?', '{4}'])}`
  }
  return pattern(2)
}

describe('regular expressions of mappings', () => {
  it.each(EVIL)('are refused when they could take time without bound: %s', (pattern) => {
    expect(refuseRegex(pattern)).toMatch(/^could take time without bound: /)
  })

  it.each(HARMLESS)('are taken when they are harmless: %s', (pattern) => {
    expect(refuseRegex(pattern)).toBeUndefined()
  })

  it.each([
    ['(a', 'is not a regular expression: Unterminated group'],
    ['a)', "is not a regular expression: Unmatched ')'"],
    ['[z-a]', 'is not a regular expression: Range out of order in character class'],
    ['(?=a)b*', 'uses look-around'],
    ['(?<!a)b*', 'uses look-around'],
    ['(a)\\1', 'uses a back reference'],
    ['a'.repeat(1001), 'is longer than 1000 characters'],
    ['([a-z]x){300}', 'has too many parts'],
    ['(a?|b?)*', 'has two alternatives that may be empty'],
  ])('are refused with the reason: %s', (pattern, reason) => {
    expect(refuseRegex(pattern)).toBe(reason)
  })

  it('that are taken are fast on every text made of their own letters', () => {
    let taken = 0
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000_000 }), (seed) => {
        const source = randomPattern(seed)
        if (refuseRegex(source) !== undefined) return
        taken++
        const regex = wholeNameRegex(source)
        for (const letters of ['a', 'b', 'ab', 'a-']) {
          // Doubling where the engine may explode, so that a wrong judgement ends in seconds and not in years.
          for (let length = 8; length <= 256; length *= 2) {
            const start = performance.now()
            regex.test(`${letters.repeat(length).slice(0, length)}!`)
            const took = performance.now() - start
            if (took > 400) throw new Error(`${source} took ${took} ms over ${length} letters`)
          }
        }
      }),
      { numRuns: 2000, endOnFailure: true },
    )
    expect(taken).toBeGreaterThan(300)
  })

  it('are judged fast enough for thousands of them', () => {
    const start = performance.now()
    for (let index = 0; index < 1000; index++) refuseRegex(`vendor-${index}/(model|other)-.*`)
    expect(performance.now() - start).toBeLessThan(500)
  })
})
