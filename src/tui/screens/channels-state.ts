// What the channels screen keeps: the channels as the hub told them, the one under the cursor, how far its details are
// scrolled. Pure.

import type { ChannelRow, ChannelsReply } from '../../control/channels.js'
import type { Action } from '../action.js'
import type { Effect } from '../effect.js'
import { type Key, moved } from '../keys.js'
import type { Message } from '../message.js'
import { filterOf, type Model, type Update, unchanged, withScreen } from '../model.js'
import { bodyArea } from '../screen.js'
import { holds, isDue } from './asking.js'

export type ChannelsState = {
  readonly reply: ChannelsReply | null
  /** Its name: a channel keeps the cursor when others come and go. */
  readonly chosen: string | null
  /** The details are shown alone, where there is no room beside the list. */
  readonly isOpen: boolean
  /** Channels whose test was begun here: the hub tells of it a moment later. */
  readonly busy: readonly string[]
  /** Lines of the details that are scrolled away. */
  readonly top: number
  /** Ms since the epoch. */
  readonly askedAt: number
}

export function noChannels(): ChannelsState {
  return { reply: null, chosen: null, isOpen: false, busy: [], top: 0, askedAt: 0 }
}

const EVERY_MS = 3_000
/** While a test runs. */
const OFTEN_MS = 500

const ASK: Effect = { type: 'ask', question: { of: 'channels' } }

export function shownChannels(model: Model): ChannelRow[] {
  const filter = filterOf(model, 'channels')
  return (model.screens.channels.reply?.channels ?? []).filter(({ name, title, tags, health }) =>
    holds(`${name} ${title} ${tags.join(' ')} ${health}`, filter),
  )
}

/** The row of the cursor; -1 when there is none. */
export function cursorOf(model: Model, rows: readonly ChannelRow[]): number {
  const found = rows.findIndex(({ name }) => name === model.screens.channels.chosen)
  return found >= 0 ? found : Math.min(0, rows.length - 1)
}

export function chosenChannel(model: Model): ChannelRow | undefined {
  const rows = shownChannels(model)
  return rows[cursorOf(model, rows)]
}

function changed(model: Model, change: Partial<ChannelsState>): Model {
  return withScreen(model, 'channels', { ...model.screens.channels, ...change })
}

function acting(model: Model, channel: ChannelRow, key: Key): Update {
  const { name, enabled, rests, testing } = channel
  switch (key.name) {
    case 'e':
      return enabled
        ? {
            model,
            effects: [
              {
                type: 'say',
                message: {
                  type: 'confirm',
                  question: `Disable ${name}? Requests go to other channels until it is enabled again. config.yml is changed.`,
                  effects: [{ type: 'act', action: { type: 'switch-channel', name, enabled: false } }],
                },
              },
            ],
          }
        : { model, effects: [{ type: 'act', action: { type: 'switch-channel', name, enabled: true } }] }
    case 't':
      return { model, effects: [{ type: 'act', action: { type: 'test-channel', name } }] }
    case 'x':
      return testing === null
        ? unchanged(model)
        : { model, effects: [{ type: 'act', action: { type: 'stop-test', name } }] }
    case 'c':
      return rests.length === 0
        ? unchanged(model)
        : { model, effects: [{ type: 'act', action: { type: 'clear-channel', name } }] }
    default:
      return unchanged(model)
  }
}

function keyPressed(model: Model, key: Key): Update {
  const { isOpen, top } = model.screens.channels
  const rows = shownChannels(model)
  if (key.name === 'J' || (isOpen && ['down', 'j'].includes(key.name)))
    return unchanged(changed(model, { top: Math.min(top + 1, 500) }))
  if (key.name === 'K' || (isOpen && ['up', 'k'].includes(key.name)))
    return unchanged(changed(model, { top: Math.max(0, top - 1) }))
  if (key.name === 'enter') return unchanged(changed(model, { isOpen: !isOpen, top: 0 }))
  if (key.name === 'escape') return unchanged(changed(model, { isOpen: false, top: 0 }))
  const cursor = moved(key, cursorOf(model, rows), rows.length, bodyArea(model).height)
  if (cursor !== undefined) return unchanged(changed(model, { chosen: rows[cursor]?.name ?? null, top: 0 }))
  const channel = chosenChannel(model)
  return channel === undefined ? unchanged(model) : acting(model, channel, key)
}

function actionOf(message: Message): Action | undefined {
  if (message.type === 'acting' || message.type === 'acted') return message.action
  return message.type === 'failed' && message.effect.type === 'act' ? message.effect.action : undefined
}

/** Something was done, or could not be: the channels may be others now. */
function hasActed(message: Message): boolean {
  return message.type !== 'acting' && actionOf(message) !== undefined
}

/** The tests that were begun here, after the message. */
function busyAfter(busy: readonly string[], message: Message): readonly string[] {
  const action = actionOf(message)
  if (action?.type !== 'test-channel') return busy
  const others = busy.filter((name) => name !== action.name)
  return message.type === 'acting' ? [...others, action.name] : others
}

export function updateChannels(model: Model, message: Message): Update {
  const state = model.screens.channels
  if (message.type === 'key') return keyPressed(model, message.key)
  if (message.type === 'answer' && message.answer.of === 'channels')
    return unchanged(changed(model, { reply: message.answer.channels }))
  const busy = busyAfter(state.busy, message)
  const isTested = busy.length > 0 || (state.reply?.channels ?? []).some(({ testing }) => testing !== null)
  const due = { askedAt: state.askedAt, everyMs: isTested ? OFTEN_MS : EVERY_MS }
  const isChanged = busy !== state.busy || hasActed(message)
  if (!(isChanged && model.screen === 'channels') && !isDue(model, 'channels', message, due))
    return unchanged(busy === state.busy ? model : changed(model, { busy }))
  return { model: changed(model, { busy, askedAt: model.now }), effects: [ASK] }
}
