// A frame with a title around lines. Pure.

import type { Glyphs } from '../glyphs.js'
import { type Area, block, fitted, type Line, lineWidth, span } from '../line.js'
import { cutEnd } from '../text-width.js'

export type PanelView = {
  readonly title: string
  /** At the right of the upper edge. */
  readonly note?: Line
  readonly lines: readonly Line[]
  readonly area: Area
  readonly glyphs: Glyphs
}

/** What is left for lines inside the frame. */
export function inside({ width, height }: Area): Area {
  return { width: Math.max(0, width - 4), height: Math.max(0, height - 2) }
}

/** Exactly as large as its area; where that is too small for a frame, the lines alone. */
export function panel({ title, note = [], lines, area, glyphs }: PanelView): Line[] {
  if (area.width < 8 || area.height < 3) return block(lines, area)
  const { horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight } = glyphs
  const name = cutEnd(title, area.width - 6, glyphs.dots)
  const left: Line = [span(`${topLeft}${horizontal} `, 'frame'), span(name, 'title'), span(' ', 'frame')]
  const noteWidth = lineWidth(note)
  const room = area.width - lineWidth(left) - 1
  const right: Line =
    noteWidth > 0 && noteWidth + 3 <= room ? [span(' ', 'frame'), ...note, span(' ', 'frame')] : []
  const rest = Math.max(0, room - lineWidth(right))
  const top: Line = [...left, span(horizontal.repeat(rest), 'frame'), ...right, span(topRight, 'frame')]
  const bottom = span(`${bottomLeft}${horizontal.repeat(area.width - 2)}${bottomRight}`, 'frame')
  const body = block(lines, inside(area)).map((one) => [
    span(`${vertical} `, 'frame'),
    ...one,
    span(` ${vertical}`, 'frame'),
  ])
  return [fitted(top, area.width), ...body, [bottom]]
}
