// The last line: what is being typed, else a notice, else the keys that work here. Pure.

import { assertNever } from '../base/assert-never.js'
import { hints, type KeyHint } from './components/hints.js'
import type { Glyphs } from './glyphs.js'
import { fitted, type Line, lineWidth, onGround, type Role, span, spread } from './line.js'
import type { NoticeText } from './message.js'
import type { Model } from './model.js'
import { safeLines, safeText } from './safe-text.js'
import { cutEnd, cutStart } from './text-width.js'

const ROLES: Readonly<Record<'good' | 'bad' | 'info', Role>> = { good: 'good', bad: 'bad', info: 'accent' }

/** `last`: always told, at the end; of the `first` as many as there is room for. */
export type FootKeys = { readonly first: readonly KeyHint[]; readonly last: readonly KeyHint[] }

/** What is being typed: where it is too long, its end, where the cursor is. */
function field(sign: string, text: string, width: number, glyphs: Glyphs): Line {
  return [
    span(sign, 'key'),
    // Not trimmed: a space that was just typed is seen.
    span(cutStart(safeLines(text).replaceAll('\n', ' '), width - 3, glyphs.dots)),
    span(glyphs.cursor, 'accent'),
  ]
}

/** A short notice leaves room for how to get help and how to leave. */
function noticed({ text, kind }: NoticeText, last: readonly KeyHint[], width: number, glyphs: Glyphs): Line {
  const words = span(cutEnd(safeText(text), width, glyphs.dots), ROLES[kind])
  const end = hints({ first: [], last }, width)
  return lineWidth([words]) + lineWidth(end) + 2 <= width ? spread([words], end, width) : [words]
}

function content(model: Model, keys: FootKeys, width: number, glyphs: Glyphs): Line {
  const { overlay, notice } = model
  switch (overlay.type) {
    case 'filter':
      return [
        ...field('/', model.filters[model.screen] ?? '', width, glyphs),
        span('  enter keeps it, esc clears it', 'dim'),
      ]
    case 'palette':
      return field(':', overlay.text, width, glyphs)
    case 'confirm':
      return [span('y', 'key'), span(' yes  ', 'dim'), span('any other key', 'key'), span(' no', 'dim')]
    case 'help':
      return [
        span('j/k', 'key'),
        span(' scroll  ', 'dim'),
        span('any other key', 'key'),
        span(' closes', 'dim'),
      ]
    case 'none':
      break
    default:
      return assertNever(overlay)
  }
  if (notice !== null) return noticed(notice, keys.last, width - 2, glyphs)
  const filter = cutEnd(safeText(model.filters[model.screen] ?? ''), Math.floor(width / 3), glyphs.dots)
  const room = Math.max(0, width - 2)
  if (filter === '') return hints(keys, room)
  const kept = [span(`/${filter}`, 'accent'), span('  ')]
  return [...kept, ...hints(keys, Math.max(0, room - lineWidth(kept)))]
}

export function footer(model: Model, keys: FootKeys, width: number, glyphs: Glyphs): Line {
  return onGround(fitted([{ text: ' ' }, ...content(model, keys, width, glyphs)], width), 'bar')
}
