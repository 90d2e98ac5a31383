// A line of somebody else's words, cut where it has no blank.

import { torn } from '../base/torn.js'
import { widthOf } from './table.js'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Pieces of at most `width` columns, at least one. */
export function tornLine(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line]
  return torn(
    Array.from(segmenter.segment(line), ({ segment }) => segment),
    width,
    widthOf,
  )
}
