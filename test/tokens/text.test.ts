import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { textTokens } from '../../src/tokens/text.js'

describe('the tokens of a text', () => {
  it('are those of the public tokenizer', () => {
    for (const text of ['', 'Hello, world!', 'const a = 1\n', '日本語の文章。', '🌍🌍', 'a'.repeat(200)]) {
      expect(textTokens(text)).toBe(countTokens(text))
    }
  })

  it('take names of special tokens as text', () => {
    expect(textTokens('<|endoftext|> <|im_start|>')).toBeGreaterThan(6)
  })

  it('differ by at most two for each cut of a long run', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('ab', '汉', '🌍', '==', ' ', '\n', 'x1'), { maxLength: 8 }),
        fc.integer({ min: 1, max: 120 }),
        (words, times) => {
          const text = words.map((word) => word.repeat(times)).join('')
          const cuts = Math.ceil(text.length / 256)
          expect(Math.abs(textTokens(text) - countTokens(text))).toBeLessThanOrEqual(2 * cuts)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([['a'], ['汉字'], ['='], [' '], ['\n'], ['🌍']])(
    'are counted in time for a long run of %j',
    (unit) => {
      const started = performance.now()
      const tokens = textTokens(unit.repeat(Math.ceil(300_000 / unit.length)))
      expect(tokens).toBeGreaterThan(1000)
      expect(performance.now() - started).toBeLessThan(5000)
    },
  )
})
