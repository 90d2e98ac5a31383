// The reducer: model and message in, model and effects out. Pure. The frame takes what is its own; every screen hears the rest.

import { assertNever } from '../base/assert-never.js'
import { type Done, underWay } from './action.js'
import type { Effect } from './effect.js'
import { connectionLost, hubAnswered, hubEvents, hubTick, refresh } from './hub-update.js'
import { keyPressed } from './key-update.js'
import type { Message } from './message.js'
import { type Model, type Update, unchanged } from './model.js'
import { SCREENS } from './screens/registry.js'

const NOTICE_MS = 5_000

/** Every screen in turn, each with what the ones before it made. */
function toScreens(start: Update, message: Message): Update {
  let { model } = start
  const effects = [...start.effects]
  for (const screen of SCREENS) {
    const next = screen.update(model, message)
    model = next.model
    effects.push(...next.effects)
  }
  return { model, effects }
}

function noticed(model: Model, kind: 'good' | 'bad' | 'info', text: string): Model {
  return { ...model, notice: { kind, text, until: model.now + NOTICE_MS } }
}

function failed(model: Model, message: Extract<Message, { type: 'failed' }>): Update {
  const { effect, hint } = message
  if (effect.type === 'start-hub') {
    const connection = { type: 'failed', message: message.message, hint } as const
    return unchanged({ ...model, hub: { ...model.hub, connection } })
  }
  // What is asked by itself is asked again; a word on each would be a flood.
  if (
    effect.type === 'ask' &&
    [
      'status',
      'quota',
      'today',
      'agents',
      'traces',
      'quota-history',
      'channels',
      'profiles',
      'usage',
    ].includes(effect.question.of)
  ) {
    return unchanged(model)
  }
  return unchanged(noticed(model, 'bad', hint === undefined ? message.message : `${message.message} ${hint}`))
}

/** Says what was done; where there is something to look at, shows it. */
function actedUpon(model: Model, { kind, text, trace }: Done): Update {
  const told = noticed(model, kind, text)
  if (trace === undefined) return unchanged(told)
  return { model: told, effects: [{ type: 'say', message: { type: 'open-trace', trace } }] }
}

function framed(model: Model, message: Exclude<Message, { type: 'key' }>): Update {
  switch (message.type) {
    case 'resize':
      return unchanged({ ...model, columns: message.columns, rows: message.rows })
    case 'tick':
      return hubTick(model, message.now)
    case 'connected':
      return refresh({ ...model, hub: { ...model.hub, connection: { type: 'open' } } })
    case 'events':
      return hubEvents(model, message.events)
    case 'lost':
      return connectionLost(model, message)
    case 'retry':
      return { model, effects: [{ type: 'follow' }] }
    case 'hub-started':
      return { model: noticed(model, 'good', 'The hub has been started.'), effects: [{ type: 'follow' }] }
    case 'answer':
      return unchanged(hubAnswered(model, message.answer))
    case 'failed':
      return failed(model, message)
    case 'notice':
      return unchanged(noticed(model, message.notice.kind, message.notice.text))
    case 'go':
      return unchanged({ ...model, screen: message.screen, overlay: { type: 'none' } })
    case 'open-trace':
      return unchanged({ ...model, screen: 'trace', overlay: { type: 'none' } })
    case 'confirm': {
      const { question, effects } = message
      return unchanged({ ...model, overlay: { type: 'confirm', question, effects } })
    }
    case 'run':
      return { model, effects: message.effects }
    case 'acting': {
      const words = underWay(message.action)
      return unchanged(words === undefined ? model : noticed(model, 'info', words))
    }
    case 'acted':
      return actedUpon(model, message.done)
    case 'heard':
    case 'logged':
    case 'log-ended':
      return unchanged(model)
    default:
      return assertNever(message)
  }
}

export function update(model: Model, message: Message): Update {
  if (message.type !== 'key') return toScreens(framed(model, message), message)
  const pressed = keyPressed(model, message.key)
  switch (pressed.type) {
    case 'done':
      return pressed.update
    case 'message':
      return update(pressed.model, pressed.message)
    case 'screen': {
      const screen = SCREENS.find(({ id }) => id === model.screen)
      return screen === undefined ? unchanged(model) : followed(screen.update(pressed.model, message))
    }
    default:
      return assertNever(pressed)
  }
}

/** What a screen says to the frame (`go`, `confirm` …) goes through the reducer at once. */
function followed(result: Update): Update {
  let { model } = result
  const effects: Effect[] = []
  for (const effect of result.effects) {
    if (effect.type !== 'say') {
      effects.push(effect)
      continue
    }
    const next = update(model, effect.message)
    model = next.model
    effects.push(...next.effects)
  }
  return { model, effects }
}

/** What is to be done when the UI opens. */
export function opened(model: Model): Update {
  return { model, effects: [{ type: 'follow' }] }
}
