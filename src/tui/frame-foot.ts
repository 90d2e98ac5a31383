// The last line: what is being typed, else a notice, else the keys that work here. Pure.

import { assertNever } from '../base/assert-never.js'
import type { Glyphs } from './glyphs.js'
import { fitted, type Line, onGround, type Role, span } from './line.js'
import type { Model } from './model.js'
import { safeText } from './safe-text.js'
import { cutEnd } from './text-width.js'

const ROLES: Readonly<Record<'good' | 'bad' | 'info', Role>> = { good: 'good', bad: 'bad', info: 'accent' }

function content(model: Model, keys: Line, width: number, glyphs: Glyphs): Line {
  const { overlay, notice } = model
  switch (overlay.type) {
    case 'filter': {
      const text = safeText(model.filters[model.screen] ?? '')
      return [
        span('/', 'key'),
        span(text),
        span(glyphs.cursor, 'accent'),
        span('  enter keeps it, esc clears it', 'dim'),
      ]
    }
    case 'palette':
      return [span(':', 'key'), span(safeText(overlay.text)), span(glyphs.cursor, 'accent')]
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
  if (notice !== null)
    return [span(cutEnd(safeText(notice.text), width - 2, glyphs.dots), ROLES[notice.kind])]
  const filter = model.filters[model.screen] ?? ''
  return filter === '' ? keys : [span(`/${safeText(filter)}`, 'accent'), span('  '), ...keys]
}

export function footer(model: Model, keys: Line, width: number, glyphs: Glyphs): Line {
  return onGround(fitted([{ text: ' ' }, ...content(model, keys, width, glyphs)], width), 'bar')
}
