// What others say can neither drive the terminal nor deceive the reader.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSafe, safeLines, safeText } from '../../src/tui/safe-text.js'

describe('safe text', () => {
  it.each([
    ['plain words', 'plain words'],
    ['\u001b[31mred', '␛[31mred'],
    ['\u001b]8;;http://evil\u0007link\u001b]8;;\u0007', '␛]8;;http://evil␇link␛]8;;␇'],
    ['\u001b]52;c;ZXZpbA==\u0007', '␛]52;c;ZXZpbA==␇'],
    ['\u009b31mC1\u009d', '␦31mC1␦'],
    ['del\u007f', 'del␡'],
    ['back\u0008space', 'back␈space'],
    ['safe\u202eexe.txt', 'safe⇄exe.txt'],
    ['a\u2066b\u2069c', 'a⇄b⇄c'],
    ['pay\u200bpal', 'pay␣pal'],
    ['soft\u00adhyphen', 'soft␣hyphen'],
    ['tag\u{e0041}s', 'tag␣s'],
    ['lone \ud800 half', 'lone \ufffd half'],
    ['👩\u200d👩\u200d👧', '👩👩👧'],
    ['❤\ufe0f', '❤'],
    ['👍🏽', '👍'],
    ['🇩🇪', 'DE'],
    ['e\u0301', 'é'],
    ['日本語 한국어 ü', '日本語 한국어 ü'],
    ['a\ttab', 'a tab'],
    ['two\r\nlines\n', 'two lines'],
  ])('shows %j as %j', (told, shown) => {
    expect(safeText(told)).toBe(shown)
  })

  it('piles no more than two marks on a letter', () => {
    expect(safeText(`x${'\u0336'.repeat(40)}y`)).toBe('x\u0336\u0336y')
  })

  it('keeps lines where lines are wanted', () => {
    expect(safeLines('a\r\n\tb\n\u001bc')).toBe('a\n    b\n␛c')
  })

  it('lets no control and no change of direction through, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (told) => {
        expect(safeText(told)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
        expect(isSafe(safeText(told))).toBe(true)
      }),
    )
  })

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (told) => {
        expect(safeText(safeText(told))).toBe(safeText(told))
      }),
    )
  })
})
