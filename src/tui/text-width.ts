// How wide text is on a terminal, and how it is cut and wrapped to a width. Pure. Widths are columns.

import stringWidth from 'string-width'
import { torn } from '../base/torn.js'

/** Characters of one column that need no table: letters, punctuation, arrows, frames, blocks, dots. */
const NARROW =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2200-\u22ff\u2400-\u2426\u2500-\u25a9\u25b8\u25be\u25cb\u25cf\u25d0-\u25d3\u2800-\u28ff]*$/

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** As NARROW, and characters of two columns that need no table: kana, Han, Hangul, full-width forms. */
const SIMPLE =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2200-\u22ff\u2400-\u2426\u2500-\u25a9\u25b8\u25be\u25cb\u25cf\u25d0-\u25d3\u2800-\u28ff\u3001-\u3020\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/

/** The first of SIMPLE that takes two columns. */
const FIRST_WIDE = 0x3001

function simpleWidth(text: string): number {
  let width = text.length
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) >= FIRST_WIDE) width += 1
  return width
}

/** Widths that took a table to find: a screen is measured again in every frame. */
const found = new Map<string, number>()
const MOST_FOUND = 4_000
const LONGEST_FOUND = 300

function tableWidth(text: string): number {
  const known = found.get(text)
  if (known !== undefined) return known
  const width = stringWidth(text)
  if (text.length > LONGEST_FOUND) return width
  if (found.size >= MOST_FOUND) found.clear()
  found.set(text, width)
  return width
}

export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length
  return SIMPLE.test(text) ? simpleWidth(text) : tableWidth(text)
}

/** What is never torn apart. */
function* graphemes(text: string): Generator<string> {
  if (SIMPLE.test(text)) yield* text
  else for (const { segment } of segments.segment(text)) yield segment
}

/** The longest beginning that takes at most `most` columns. */
function head(text: string, most: number): string {
  if (NARROW.test(text)) return text.slice(0, Math.max(0, most))
  let kept = ''
  let width = 0
  for (const segment of graphemes(text)) {
    width += widthOf(segment)
    if (width > most) break
    kept += segment
  }
  return kept
}

/** The longest end that takes at most `most` columns. */
function tail(text: string, most: number): string {
  if (NARROW.test(text)) return most <= 0 ? '' : text.slice(-most)
  const all = [...graphemes(text)]
  let kept = ''
  let width = 0
  for (let index = all.length - 1; index >= 0; index--) {
    const segment = all[index] ?? ''
    width += widthOf(segment)
    if (width > most) break
    kept = segment + kept
  }
  return kept
}

/** The text, or its beginning with `dots`, in at most `most` columns. */
export function cutEnd(text: string, most: number, dots = '…'): string {
  if (most <= 0) return ''
  if (widthOf(text) <= most) return text
  return head(text, most - widthOf(dots)) + head(dots, most)
}

/** The text, or its end after `dots`, in at most `most` columns. */
export function cutStart(text: string, most: number, dots = '…'): string {
  if (most <= 0) return ''
  return widthOf(text) <= most ? text : head(dots, most) + tail(text, most - widthOf(dots))
}

/** The text, or its beginning and its end with `dots` between: names of models tell apart at both ends. */
export function cutMiddle(text: string, most: number, dots = '…'): string {
  if (most <= 0) return ''
  if (widthOf(text) <= most) return text
  const room = most - widthOf(dots)
  if (room < 4) return cutEnd(text, most, dots)
  const first = Math.ceil(room / 2)
  return head(text, first) + dots + tail(text, room - first)
}

/** Exactly `width` columns: cut at the end or filled with spaces. */
export function padEnd(text: string, width: number, dots = '…'): string {
  const cut = cutEnd(text, width, dots)
  return cut + ' '.repeat(Math.max(0, width - widthOf(cut)))
}

/** Exactly `width` columns, at the right. */
export function padStart(text: string, width: number, dots = '…'): string {
  const cut = cutEnd(text, width, dots)
  return ' '.repeat(Math.max(0, width - widthOf(cut))) + cut
}

/** The text in lines of at most `width` columns; words are kept whole where they fit, indentation is kept. */
export function wrapText(text: string, width: number): string[] {
  const most = Math.max(1, width)
  return text.split('\n').flatMap((line) => wrapLine(line, most))
}

/** Each character is measured a few times at most: whole pages come without a blank in some languages. */
function wrapLine(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  let taken = 0
  for (const word of text.split(/(?<= )(?=[^ ])/u)) {
    const bare = word.trimEnd()
    const wide = widthOf(bare)
    if (line !== '' && taken + wide > width) {
      lines.push(line.trimEnd())
      line = ''
      taken = 0
    }
    if (wide > width) {
      const pieces = torn(graphemes(bare), width, widthOf)
      lines.push(...pieces.slice(0, -1))
      line = `${pieces.at(-1) ?? ''}${word.slice(bare.length)}`
      taken = widthOf(line)
    } else {
      line += word
      taken += wide + widthOf(word.slice(bare.length))
    }
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd())
  return lines
}
