// What stands over a screen for a moment: help, the palette, a question. Pure.

import { assertNever } from '../base/assert-never.js'
import type { KeyHint } from './components/hints.js'
import { inside, panel } from './components/panel.js'
import { withCursor } from './components/table.js'
import type { Glyphs } from './glyphs.js'
import { type Area, fitted, type Line, line, span } from './line.js'
import type { Model } from './model.js'
import { matchingCommands } from './palette.js'
import { safeText } from './safe-text.js'
import { SCREENS } from './screens/registry.js'
import { padEnd, wrapText } from './text-width.js'

const GENERAL: readonly KeyHint[] = [
  { keys: '1-9, tab', what: 'show another screen' },
  { keys: 'j/k, arrows', what: 'one row down or up' },
  { keys: 'ctrl-d/u', what: 'half a page down or up' },
  { keys: 'g/G', what: 'the first or the last row' },
  { keys: 'enter', what: 'open what the cursor is on' },
  { keys: 'esc', what: 'back' },
  { keys: '/', what: 'show only what holds the words' },
  { keys: ':', what: 'commands' },
  { keys: '?', what: 'this help' },
  { keys: 'ctrl-l', what: 'draw the screen anew' },
  { keys: 'q, ctrl-c', what: 'leave; the hub runs on' },
]

function keyLines(all: readonly KeyHint[]): Line[] {
  return all.map(({ keys, what }) => [span(padEnd(keys, 13), 'key'), span(what)])
}

function helpLines(model: Model): Line[] {
  const screen = SCREENS.find(({ id }) => id === model.screen)
  const own = screen?.keys(model) ?? []
  return [
    ...(own.length === 0 ? [] : [line(screen?.title ?? '', 'title'), ...keyLines(own), line('')]),
    line('Everywhere', 'title'),
    ...keyLines(GENERAL),
  ]
}

/** In the middle of the area's width. */
function centred(lines: readonly Line[], width: number, area: Area): Line[] {
  const left = Math.max(0, Math.floor((area.width - width) / 2))
  return lines.map((one) => fitted([{ text: ' '.repeat(left) }, ...one], area.width))
}

/** A box of at most `most` columns, as high as its lines and no higher than the area. */
export function box(title: string, lines: readonly Line[], area: Area, glyphs: Glyphs, most = 72): Line[] {
  const width = Math.min(most, area.width)
  const height = Math.min(area.height, lines.length + 2)
  const hidden = lines.length + 2 - height
  const note = hidden > 0 ? line(`${glyphs.down} ${hidden} more`, 'dim') : []
  return centred(panel({ title, note, lines, area: { width, height }, glyphs }), width, area)
}

function paletteBox(model: Model, text: string, index: number, area: Area, glyphs: Glyphs): Line[] {
  const most = Math.max(1, Math.min(12, area.height - 2))
  const found = matchingCommands(model, text)
  const first = Math.max(0, Math.min(index - most + 1, found.length - most))
  const { width } = inside({ width: Math.min(72, area.width), height: 0 })
  const named = Math.min(30, Math.floor(width / 2))
  const rows = found
    .slice(first, first + most)
    .map((command, at) =>
      withCursor(
        [span(padEnd(safeText(command.name), named, glyphs.dots)), span(` ${safeText(command.what)}`, 'dim')],
        first + at === index,
        width,
        glyphs,
      ),
    )
  return box('Commands', rows.length === 0 ? [line('Nothing is called so.', 'dim')] : rows, area, glyphs)
}

/** The lines to put over the screen's, in its area; undefined when there is nothing over it. */
export function overlayBox(model: Model, area: Area, glyphs: Glyphs): Line[] | undefined {
  const { overlay } = model
  switch (overlay.type) {
    case 'none':
    case 'filter':
      return undefined
    case 'help': {
      const lines = helpLines(model)
      const top = Math.min(overlay.top, Math.max(0, lines.length + 2 - area.height))
      return box('Help', lines.slice(top), area, glyphs, 60)
    }
    case 'palette':
      return paletteBox(model, overlay.text, overlay.index, area, glyphs)
    case 'confirm': {
      const { width } = inside({ width: Math.min(72, area.width), height: 0 })
      return box(
        'Sure?',
        wrapText(safeText(overlay.question), width).map((one) => line(one)),
        area,
        glyphs,
      )
    }
    default:
      return assertNever(overlay)
  }
}
