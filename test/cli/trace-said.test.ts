// What was said, in lines of a terminal: nothing is lost for being written without blanks.
import { describe, expect, it } from 'vitest'
import { widthOf } from '../../src/cli/table.js'
import { textLines } from '../../src/cli/trace-said.js'

describe('words of somebody else', () => {
  it('without blanks go on in the next line, each as wide as there is room', () => {
    const page = '日本語のテキストがここに。'.repeat(40)
    const lines = textLines(page, '    ', 60)
    expect(lines.map((line) => line.slice(4)).join('')).toBe(page)
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(60)
    expect(textLines(`see https://example.test/${'a'.repeat(90)}`, '', 60).join('')).toContain('a'.repeat(90))
  })

  it('are wrapped between words where there are some', () => {
    expect(textLines('one two three four five six seven', '  ', 22)).toEqual([
      '  one two three four',
      '  five six seven',
    ])
  })
})
