// Two texts beside each other, each in its half of the line. Pure; what others wrote cannot drive the terminal.

import { cut, safeLine, widthOf, wrapped } from './table.js'
import { tornLine } from './torn-line.js'

const GAP = ' │ '

/** Lines of at most `width` columns; longer words are cut into pieces. */
function folded(text: string, width: number): string[] {
  return text
    .split('\n')
    .flatMap((line) => wrapped(safeLine(line), width).flatMap((one) => tornLine(one, width)))
}

/** `most` lines at most; what is left out is said. */
function bounded(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most
    ? lines
    : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines`]
}

/** The left text and the right one, line by line, `most` lines at most. */
export function beside(left: string, right: string, width: number, most: number): string[] {
  const half = Math.floor((width - GAP.length) / 2)
  const lines = (text: string) => bounded(folded(text.slice(0, half * most * 8), half), most)
  const a = lines(left)
  const b = lines(right)
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => {
    const one = cut(a[index] ?? '', half)
    return `${one}${' '.repeat(Math.max(0, half - widthOf(one)))}${GAP}${cut(b[index] ?? '', half)}`.trimEnd()
  })
}
