// A table of which only the rows that fit are made. Columns have a natural width and a rank: where the screen is narrow,
// the least important ones go first, then the flexible ones shrink. Pure.

import type { Glyphs } from '../glyphs.js'
import { type Area, fitted, type Line, lineWidth, onGround, type Role, type Span, span } from '../line.js'
import { cutEnd, cutMiddle, padStart, widthOf } from '../text-width.js'

export type Column<Row> = {
  readonly title: string
  /** Columns that it wants. */
  readonly width: number
  /** Takes what is left over, and shrinks to `least` before others go. */
  readonly flexible?: { readonly least: number }
  readonly align?: 'left' | 'right'
  /** 0 stays for ever; of the others the highest goes first. */
  readonly rank: number
  /** `middle`: names tell apart at both ends. */
  readonly cut?: 'end' | 'middle'
  cell(row: Row): Span | Line
}

/** The widths of the columns that are shown, in their order; those left out are not in it. */
type Layout<Row> = readonly { readonly column: Column<Row>; readonly width: number }[]

const GAP = 1

function leastOf<Row>(column: Column<Row>): number {
  return column.flexible?.least ?? column.width
}

/** Which columns a table of this width has, and how wide they are. */
export function layoutOf<Row>(columns: readonly Column<Row>[], width: number): Layout<Row> {
  let shown = [...columns]
  const least = () => shown.reduce((sum, column) => sum + leastOf(column) + GAP, -GAP)
  while (least() > width) {
    const worst = shown.reduce((rank, column) => Math.max(rank, column.rank), 0)
    if (worst === 0) break
    const index = shown.findLastIndex((column) => column.rank === worst)
    shown = shown.filter((_, at) => at !== index)
  }
  const widths = shown.map(leastOf)
  let left = width - least()
  const grow = (index: number, most: number) => {
    const more = Math.max(0, Math.min(left, most - (widths[index] ?? 0)))
    widths[index] = (widths[index] ?? 0) + more
    left -= more
  }
  for (const [index, column] of shown.entries()) if (column.flexible !== undefined) grow(index, column.width)
  const last = shown.findIndex((column) => column.flexible !== undefined)
  if (last >= 0) grow(last, Number.POSITIVE_INFINITY)
  return shown.map((column, index) => ({ column, width: widths[index] ?? 0 }))
}

function isLine(cell: Span | Line): cell is Line {
  return Array.isArray(cell)
}

function cellLine<Row>(column: Column<Row>, row: Row, width: number, glyphs: Glyphs): Line {
  const cell = column.cell(row)
  if (isLine(cell)) {
    const wide = lineWidth(cell)
    if (column.align !== 'right' || wide >= width) return fitted(cell, width)
    return [{ text: ' '.repeat(width - wide) }, ...cell]
  }
  const cut = column.cut === 'middle' ? cutMiddle : cutEnd
  const text = cut(cell.text, width, glyphs.dots)
  if (column.align === 'right') return [{ ...cell, text: padStart(text, width, glyphs.dots) }]
  return [{ ...cell, text: text + ' '.repeat(Math.max(0, width - widthOf(text))) }]
}

/** The line of titles. */
export function tableHead<Row>(layout: Layout<Row>, glyphs: Glyphs, role: Role = 'dim'): Line {
  return layout.flatMap(({ column, width }, index) => [
    ...(index === 0 ? [] : [{ text: ' '.repeat(GAP) }]),
    ...cellLine({ ...column, cut: 'end', cell: () => span(column.title, role) }, undefined, width, glyphs),
  ])
}

export function tableRow<Row>(layout: Layout<Row>, row: Row, glyphs: Glyphs): Line {
  return layout.flatMap(({ column, width }, index) => [
    ...(index === 0 ? [] : [{ text: ' '.repeat(GAP) }]),
    ...cellLine(column, row, width, glyphs),
  ])
}

export type TableView<Row> = {
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  /** The index of the row under the cursor; -1 for none. */
  readonly cursor: number
  readonly area: Area
  readonly glyphs: Glyphs
  /** Without the line of titles. */
  readonly bare?: boolean
}

/** The first of `height` rows to be shown, so that the cursor stands among them, not at the edge while there is more. */
export function firstShown(rows: number, cursor: number, height: number): number {
  if (rows <= height || cursor < 0) return 0
  const margin = Math.min(2, Math.floor((height - 1) / 2))
  const wanted = cursor - height + 1 + margin
  return Math.max(0, Math.min(wanted, rows - height))
}

/** A mark of the cursor before the line, and its ground. */
export function withCursor(row: Line, isSelected: boolean, width: number, glyphs: Glyphs): Line {
  const marked: Line = [isSelected ? span(glyphs.cursor, 'accent') : { text: ' ' }, ...row]
  const whole = fitted(marked, width)
  return isSelected ? onGround(whole, 'selected') : whole
}

/** Exactly the lines that fit into the area; the rest of the rows is not even looked at. */
export function table<Row>({ columns, rows, cursor, area, glyphs, bare }: TableView<Row>): Line[] {
  const layout = layoutOf(columns, area.width - 1)
  const head = bare === true ? [] : [fitted([{ text: ' ' }, ...tableHead(layout, glyphs)], area.width)]
  const height = Math.max(0, area.height - head.length)
  const first = firstShown(rows.length, cursor, height)
  const shown = rows.slice(first, first + height)
  return [
    ...head,
    ...shown.map((row, index) =>
      withCursor(tableRow(layout, row, glyphs), first + index === cursor, area.width, glyphs),
    ),
  ].slice(0, area.height)
}
