// How wide text is on a terminal, and how it is cut and wrapped to a width. Pure. Widths are columns.

import stringWidth from 'string-width'

/** Characters of one column that need no table: letters, punctuation, arrows, frames, blocks, dots. */
const NARROW =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2200-\u22ff\u2400-\u2426\u2500-\u25a9\u25b8\u25be\u25cb\u25cf\u25d0-\u25d3\u2800-\u28ff]*$/

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text)
}

/** The longest beginning that takes at most `most` columns. */
function head(text: string, most: number): string {
  if (NARROW.test(text)) return text.slice(0, Math.max(0, most))
  let kept = ''
  let width = 0
  for (const { segment } of segments.segment(text)) {
    width += widthOf(segment)
    if (width > most) break
    kept += segment
  }
  return kept
}

/** The longest end that takes at most `most` columns. */
function tail(text: string, most: number): string {
  if (NARROW.test(text)) return most <= 0 ? '' : text.slice(-most)
  const all = [...segments.segment(text)]
  let kept = ''
  let width = 0
  for (let index = all.length - 1; index >= 0; index--) {
    const segment = all[index]?.segment ?? ''
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

function wrapLine(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<= )(?=[^ ])/u)) {
    if (line !== '' && widthOf(line) + widthOf(word.trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += word
    while (widthOf(line.trimEnd()) > width) {
      const first = head(line, width)
      // A character wider than the line still has to go somewhere.
      const step = first === '' ? (/^./su.exec(line)?.[0] ?? '') : first
      lines.push(step)
      line = line.slice(step.length)
    }
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd())
  return lines
}
