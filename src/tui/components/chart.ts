// A series as a filled curve of several lines, and its axis of time. Pure.

import type { Glyphs } from '../glyphs.js'
import { type Line, type Role, type Span, span } from '../line.js'

export type ChartView = {
  /** Shares from 0 to 1, oldest first, one for each column; null is a gap. */
  readonly values: readonly (number | null)[]
  readonly height: number
  readonly glyphs: Glyphs
  /** By the value of a column. */
  role(value: number): Role
}

/** The sign of one cell: as full as the value reaches into it. */
function sign(value: number | null, row: number, { height, glyphs }: ChartView): string {
  const { sparks } = glyphs
  if (value === null) return row === 0 ? glyphs.between : ' '
  const steps = sparks.length - 1
  const filled = Math.round(Math.max(0, Math.min(1, value)) * height * steps) - row * steps
  // What is almost nothing is still to be seen.
  const least = row === 0 && value > 0 ? 1 : 0
  return sparks[Math.max(least, Math.min(steps, filled))] ?? ' '
}

/** Neighbours of one role are one span. */
function joined(cells: readonly Span[]): Line {
  const spans: Span[] = []
  for (const cell of cells) {
    const last = spans.at(-1)
    if (last !== undefined && last.role === cell.role)
      spans[spans.length - 1] = { ...cell, text: last.text + cell.text }
    else spans.push(cell)
  }
  return spans
}

/** `height` lines of as many columns as there are values, the highest first. */
export function chart(view: ChartView): Line[] {
  const rows = Array.from({ length: view.height }, (_, index) => view.height - 1 - index)
  return rows.map((row) =>
    joined(
      view.values.map((value) => span(sign(value, row, view), value === null ? 'empty' : view.role(value))),
    ),
  )
}

/** `24h ago ───────── 12h ───────── now`: the ends and the middle of the axis. */
export function axis(
  { first, middle, last }: { readonly first: string; readonly middle: string; readonly last: string },
  width: number,
  glyphs: Glyphs,
): Line {
  const bare = first.length + last.length + 2
  if (width < bare) return [span(glyphs.horizontal.repeat(Math.max(0, width)), 'frame')]
  const rest = width - bare
  if (rest < middle.length + 6) {
    return [span(`${first} `, 'dim'), span(glyphs.horizontal.repeat(rest), 'frame'), span(` ${last}`, 'dim')]
  }
  const left = Math.floor((rest - middle.length - 2) / 2)
  return [
    span(`${first} `, 'dim'),
    span(glyphs.horizontal.repeat(left), 'frame'),
    span(` ${middle} `, 'dim'),
    span(glyphs.horizontal.repeat(rest - middle.length - 2 - left), 'frame'),
    span(` ${last}`, 'dim'),
  ]
}

export type Timed = { readonly at: number; readonly value: number | null }

/** What held at the end of each of `count` equal stretches; null before the first point and where it is not known. */
export function sampled(
  points: readonly Timed[],
  since: number,
  until: number,
  count: number,
): (number | null)[] {
  let next = 0
  let value: number | null = null
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const end = since + ((until - since) * (index + 1)) / count
    for (let point = points[next]; point !== undefined && point.at <= end; point = points[next]) {
      ;({ value } = point)
      next += 1
    }
    return value
  })
}
