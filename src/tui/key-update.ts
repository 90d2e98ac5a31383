// What a key does before a screen hears of it: overlays, the filter, the palette, and the keys that work everywhere. Pure.

import { assertNever } from '../base/assert-never.js'
import { type Key, moved, typed } from './keys.js'
import type { Message } from './message.js'
import { type Model, type Overlay, type Update, unchanged } from './model.js'
import { matchingCommands } from './palette.js'
import { bodyArea } from './screen.js'
import { SCREENS } from './screens/registry.js'

type Pressed =
  | { readonly type: 'done'; readonly update: Update }
  /** The key is the same as this message. */
  | { readonly type: 'message'; readonly model: Model; readonly message: Message }
  | { readonly type: 'screen'; readonly model: Model }

const REPAINT: Message = { type: 'run', effects: [{ type: 'repaint' }] }
const QUIT: Message = { type: 'run', effects: [{ type: 'quit' }] }

function done(model: Model): Pressed {
  return { type: 'done', update: unchanged(model) }
}

function closed(model: Model): Model {
  return { ...model, overlay: { type: 'none' } }
}

function inFilter(model: Model, key: Key): Pressed {
  const text = model.filters[model.screen] ?? ''
  if (key.name === 'enter') return done(closed(model))
  const wanted = key.name === 'escape' ? '' : typed(text, key)
  const filtered = { ...model, filters: { ...model.filters, [model.screen]: wanted } }
  return done(key.name === 'escape' ? closed(filtered) : filtered)
}

function inPalette(model: Model, overlay: Extract<Overlay, { type: 'palette' }>, key: Key): Pressed {
  if (key.name === 'escape') return done(closed(model))
  const found = matchingCommands(model, overlay.text)
  if (key.name === 'enter') {
    const command = found[overlay.index]
    return command === undefined
      ? done(model)
      : { type: 'message', model: closed(model), message: command.does }
  }
  const arrows = key.name.length > 1 && key.name !== 'ctrl-u'
  const index = arrows ? moved(key, overlay.index, found.length, 10) : undefined
  if (index !== undefined) return done({ ...model, overlay: { ...overlay, index } })
  return done({ ...model, overlay: { type: 'palette', text: typed(overlay.text, key), index: 0 } })
}

function inOverlay(model: Model, key: Key): Pressed | undefined {
  const { overlay } = model
  switch (overlay.type) {
    case 'none':
      return undefined
    case 'help': {
      const top = moved(key, overlay.top, 200, bodyArea(model).height)
      return done(top === undefined ? closed(model) : { ...model, overlay: { type: 'help', top } })
    }
    case 'filter':
      return inFilter(model, key)
    case 'palette':
      return inPalette(model, overlay, key)
    case 'confirm': {
      const isYes = key.name === 'y' || key.name === 'Y'
      return isYes
        ? { type: 'message', model: closed(model), message: { type: 'run', effects: overlay.effects } }
        : done(closed(model))
    }
    default:
      return assertNever(overlay)
  }
}

function tabbed(model: Model, step: number): Message {
  const index = SCREENS.findIndex(({ id }) => id === model.screen)
  const screen = SCREENS[(index + step + SCREENS.length) % SCREENS.length]?.id ?? model.screen
  return { type: 'go', screen }
}

/** Keys that mean the same on every screen. */
function everywhere(model: Model, key: Key): Pressed | undefined {
  const say = (message: Message): Pressed => ({ type: 'message', model, message })
  const digit = /^[1-9]$/.test(key.name) ? SCREENS[Number(key.name) - 1] : undefined
  if (digit !== undefined) return say({ type: 'go', screen: digit.id })
  switch (key.name) {
    case 'q':
      return say(QUIT)
    case '?':
      return done({ ...model, overlay: { type: 'help', top: 0 } })
    case '/':
      return done({ ...model, overlay: { type: 'filter' } })
    case ':':
      return done({ ...model, overlay: { type: 'palette', text: '', index: 0 } })
    case 'tab':
      return say(tabbed(model, 1))
    case 'shift-tab':
      return say(tabbed(model, -1))
    case 'escape':
      return (model.filters[model.screen] ?? '') === ''
        ? undefined
        : done({ ...model, filters: { ...model.filters, [model.screen]: '' } })
    default:
      return undefined
  }
}

/** Without a hub there is nothing else to press. */
function withoutHub(model: Model, key: Key): Pressed | undefined {
  const { type } = model.hub.connection
  if (key.name !== 'enter' || (type !== 'absent' && type !== 'failed')) return undefined
  const hub = { ...model.hub, connection: { type: 'starting' } as const }
  return {
    type: 'message',
    model: { ...model, hub },
    message: { type: 'run', effects: [{ type: 'start-hub' }] },
  }
}

/** Who takes the key, and what it does. */
export function keyPressed(model: Model, key: Key): Pressed {
  if (key.name === 'ctrl-c') return { type: 'message', model, message: QUIT }
  if (key.name === 'ctrl-l') return { type: 'message', model, message: REPAINT }
  const taken = inOverlay(model, key)
  if (taken !== undefined) return taken
  const screen = SCREENS.find(({ id }) => id === model.screen)
  if (screen?.typing?.(model) === true) return { type: 'screen', model }
  return everywhere(model, key) ?? withoutHub(model, key) ?? { type: 'screen', model }
}
