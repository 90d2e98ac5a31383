// The whole screen as lines: header, tabs, the screen's own drawing or an overlay, footer. Pure; exactly as many lines and
// columns as the terminal has.

import type { KeyHint } from './components/hints.js'
import { type FootKeys, footer } from './frame-foot.js'
import { header, tabs } from './frame-head.js'
import type { Glyphs } from './glyphs.js'
import { type Area, block, fitted, type Line } from './line.js'
import type { Model } from './model.js'
import { overlayBox } from './overlay.js'
import { bodyArea, type Screen } from './screen.js'
import { SCREENS } from './screens/registry.js'
import { welcome } from './welcome.js'

function screenOf(model: Model): Screen | undefined {
  return SCREENS.find(({ id }) => id === model.screen)
}

function bodyLines(model: Model, area: Area, glyphs: Glyphs): Line[] {
  const greeting = welcome(model, area, glyphs)
  const lines = block(greeting ?? screenOf(model)?.draw(model, area, glyphs) ?? [], area)
  const box = overlayBox(model, area, glyphs)
  if (box === undefined) return lines
  const top = Math.max(0, Math.floor((area.height - box.length) / 3))
  return lines.map((line, index) => box[index - top] ?? line)
}

/** While words are typed into a screen, no other key means what it does elsewhere. */
function keysOf(model: Model): FootKeys {
  const { type } = model.hub.connection
  if (type === 'absent' || type === 'failed')
    return { first: [{ keys: 'enter', what: 'start the hub' }], last: LAST }
  const screen = screenOf(model)
  const own = screen?.keys(model) ?? []
  return screen?.typing?.(model) === true
    ? { first: own, last: [] }
    : { first: [...own, ...EVERYWHERE], last: LAST }
}

export function frame(model: Model, glyphs: Glyphs): Line[] {
  const width = model.columns
  const area = bodyArea(model)
  return [
    header(model, width, glyphs),
    tabs(model, width),
    ...bodyLines(model, area, glyphs),
    footer(model, keysOf(model), width, glyphs),
  ]
    .slice(0, Math.max(0, model.rows))
    .map((line) => fitted(line, width))
}

const EVERYWHERE: readonly KeyHint[] = [
  { keys: '/', what: 'filter' },
  { keys: ':', what: 'commands' },
  { keys: 'tab', what: 'next screen' },
]

const LAST: readonly KeyHint[] = [
  { keys: '?', what: 'help' },
  { keys: 'q', what: 'quit' },
]
