// Tables for people: columns as wide as their content, the flexible ones cut so that a line fits the terminal. Pure.
// Cells may hold other people's words, so control characters never get through to the terminal.

export type Column = {
  readonly title: string
  /** Cut first when there is not enough room. */
  readonly flexible?: boolean
  readonly align?: 'left' | 'right'
  /** Paints a cell that is already cut and padded. */
  readonly paint?: (text: string) => string
}

const GAP = '  '
const LEAST_FLEXIBLE = 8

/**
 * What may drive a terminal or change the order of what is read: control characters (C0 and C1, so every escape sequence),
 * line separators, the marks that turn the direction of writing, and tags that show as nothing.
 */
const DRIVING = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]+/gu

/** One line that cannot move the cursor, change colours or turn the writing; blanks at its ends stay. */
export function safeLine(text: string): string {
  return text.replace(DRIVING, ' ')
}

/** One line of somebody else's text: safe, and without blanks at its ends. */
export function plain(text: string): string {
  return safeLine(text).trim()
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  )
}

/** Columns that the text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) continue
    width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1
  }
  return width
}

/** The text, or its beginning with an ellipsis, in at most `most` columns. */
export function cut(text: string, most: number): string {
  if (widthOf(text) <= most) return text
  let kept = ''
  let width = 0
  for (const character of text) {
    width += widthOf(character)
    if (width > most - 1) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

function pad(text: string, width: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return align === 'right' ? space + text : text + space
}

/** The flexible columns give up what is missing, the widest first. */
function fitted(columns: readonly Column[], widths: readonly number[], room: number): number[] {
  const result = [...widths]
  let over = result.reduce((sum, width) => sum + width, 0) - room
  while (over > 0) {
    const widest = columns
      .map((column, index) => ({ index, width: column.flexible === true ? (result[index] ?? 0) : 0 }))
      .sort((a, b) => b.width - a.width)[0]
    if (widest === undefined || widest.width <= LEAST_FLEXIBLE) break
    result[widest.index] = widest.width - 1
    over -= 1
  }
  return result
}

/** The lines of a table, header first; none for no rows. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  if (rows.length === 0) return []
  const cells = rows.map((row) => columns.map((_, index) => plain(row[index] ?? '')))
  const natural = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...cells.map((row) => widthOf(row[index] ?? ''))),
  )
  const widths = fitted(columns, natural, width - GAP.length * (columns.length - 1))
  const line = (row: readonly string[], isHeader: boolean) =>
    columns
      .map((column, index) => {
        const most = widths[index] ?? 0
        const isLast = index === columns.length - 1 && column.align !== 'right'
        const short = cut(row[index] ?? '', most)
        const cell = isLast ? short : pad(short, most, column.align)
        return isHeader || column.paint === undefined ? cell : column.paint(cell)
      })
      .join(GAP)
      .trimEnd()
  return [
    line(
      columns.map((column) => column.title.toUpperCase()),
      true,
    ),
    ...cells.map((row) => line(row, false)),
  ]
}

/** Names and values under each other: `Profile   cheap`. */
export function pairs(rows: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => widthOf(name)))
  return rows.map(([name, value]) => `${pad(name, width, 'left')}  ${value}`.trimEnd())
}

/** Words in lines of at most `width` columns; a longer word stands alone. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || widthOf(line) + 1 + widthOf(word) > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
