// Widths as terminals have them; cuts and wraps that never take more room than they were given.
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { block, fitted, lineWidth, span, spread } from '../../src/tui/line.js'
import { safeLines, safeText } from '../../src/tui/safe-text.js'
import { cutEnd, cutMiddle, padEnd, padStart, widthOf, wrapText } from '../../src/tui/text-width.js'

const words = fc.string({ unit: 'grapheme', maxLength: 60 }).map(safeText)
const signs = (text: string) => [...new Intl.Segmenter().segment(text)].length
const width = fc.integer({ min: 0, max: 40 })

describe('text on a terminal', () => {
  it('is as wide as the table of Unicode says, by the short way too', () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(widthOf(text)).toBe(stringWidth(text))
      }),
    )
    for (const sign of '…→×·–●○◐◓◑◒✓✗▾▸└▌─│╭╮╰╯█░▁▂▃▄▅▆▇↑↓␛␡␦⇄␣~')
      expect([sign, widthOf(sign)]).toEqual([sign, stringWidth(sign)])
  })

  it('is as wide as the table says in every script that has a short way', () => {
    const letters = fc.constantFrom(
      ...Array.from('aé→あアー日本한국、。「」ＡＢ！゛々'),
      ...['\u3099', '\u302a', '\u1161', '\ufe0f', '👩'],
    )
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 30 }), (text) => {
        expect(widthOf(text)).toBe(stringWidth(text))
        // Measured again, from what is remembered.
        expect(widthOf(text)).toBe(stringWidth(text))
      }),
    )
    const letter = (_: unknown, index: number) => String.fromCharCode(0x3001 + index)
    const all = Array.from({ length: 0xff60 - 0x3000 }, letter).filter((one) => !/\p{Cs}/u.test(one))
    expect(all.filter((one) => widthOf(one) !== stringWidth(one))).toEqual([])
  })

  it('never takes more room than it is given when it is cut', () => {
    fc.assert(
      fc.property(words, width, (text, most) => {
        expect(widthOf(cutEnd(text, most))).toBeLessThanOrEqual(most)
        expect(widthOf(cutMiddle(text, most))).toBeLessThanOrEqual(most)
        expect(widthOf(padEnd(text, most))).toBe(most)
        expect(widthOf(padStart(text, most))).toBe(most)
      }),
    )
  })

  it.each([
    ['claude-sonnet-4-5-20250929', 12, 'claude…50929'],
    ['gpt-5', 12, 'gpt-5'],
    ['日本語モデル名前', 9, '日本…名前'],
    ['abcdef', 3, 'ab…'],
    ['abcdef', 1, '…'],
  ])('cuts %j in the middle to %i columns: %j', (text, most, cut) => {
    expect(cutMiddle(text, most)).toBe(cut)
  })

  it('wraps to the width and loses no word', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 120 }).map(safeLines),
        fc.integer({ min: 2, max: 30 }),
        (text, most) => {
          const lines = wrapText(text, most)
          // A single sign of some scripts takes three columns.
          expect(lines.filter((one) => widthOf(one) > most && signs(one) > 1)).toEqual([])
          expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        },
      ),
    )
    expect(wrapText('  kept indentation of a line', 12)).toEqual(['  kept', 'indentation', 'of a line'])
  })

  it('wraps pages without a blank in a time that grows with their length alone', () => {
    const page = '日本語のテキストがここに。'.repeat(4_000)
    const begun = performance.now()
    const lines = wrapText(page, 78)
    expect(performance.now() - begun).toBeLessThan(1_500)
    expect(lines.join('')).toBe(page)
    expect(lines).toHaveLength(Math.ceil(page.length / 39))
  })

  it('fills lines and blocks exactly', () => {
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 5 }),
        width,
        fc.integer({ min: 0, max: 6 }),
        (texts, most, height) => {
          const line = texts.map((text) => span(text))
          expect(lineWidth(fitted(line, most))).toBe(most)
          expect(lineWidth(spread(line, [span('right')], most))).toBe(most)
          const lines = block([line, line], { width: most, height })
          expect(lines.map(lineWidth)).toEqual(Array.from({ length: height }, () => most))
        },
      ),
    )
  })
})
