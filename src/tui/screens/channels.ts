// Channels: how each does and what is known of it; enable, disable, test, end its rest.

import type { Message } from '../message.js'
import { type Model, type Update, withScreen } from '../model.js'
import { bodyArea, type Command, type Screen } from '../screen.js'
import { chosenChannel, updateChannels } from './channels-state.js'
import { drawChannels, lastTop } from './channels-view.js'

function commands(model: Model): Command[] {
  return (model.screens.channels.reply?.channels ?? model.hub.status?.channels ?? []).flatMap(
    ({ name, enabled }) => [
      {
        name: `channel ${enabled ? 'disable' : 'enable'} ${name}`,
        what: enabled ? 'no request goes there until it is enabled' : 'from the next request on',
        does: enabled
          ? {
              type: 'confirm',
              question: `Disable ${name}? Requests go to other channels until it is enabled again. config.yml is changed.`,
              effects: [{ type: 'act', action: { type: 'switch-channel', name, enabled: false } }],
            }
          : {
              type: 'run',
              effects: [{ type: 'act', action: { type: 'switch-channel', name, enabled: true } }],
            },
      } satisfies Command,
      {
        name: `channel test ${name}`,
        what: 'ask it a dozen questions',
        does: { type: 'run', effects: [{ type: 'act', action: { type: 'test-channel', name } }] },
      } satisfies Command,
    ],
  )
}

/** Scrolling ends where the details do, so that the first key back goes back. */
function update(model: Model, message: Message): Update {
  const next = updateChannels(model, message)
  const { channels } = next.model.screens
  if (message.type !== 'key' || channels.top === 0) return next
  const top = Math.min(channels.top, lastTop(next.model, bodyArea(next.model)))
  return top === channels.top
    ? next
    : { ...next, model: withScreen(next.model, 'channels', { ...channels, top }) }
}

export const channelsScreen: Screen = {
  id: 'channels',
  title: 'Channels',
  keys: (model) => {
    const channel = chosenChannel(model)
    if (channel === undefined) return []
    return [
      ...(channel.embedded ? [] : [{ keys: 'e', what: channel.enabled ? 'disable' : 'enable' }]),
      channel.testing === null ? { keys: 't', what: 'test' } : { keys: 'x', what: 'stop test' },
      ...(channel.rests.length === 0 ? [] : [{ keys: 'c', what: 'end rest' }]),
      { keys: 'enter', what: model.screens.channels.isOpen ? 'back' : 'details' },
      { keys: 'J/K', what: 'scroll' },
    ]
  },
  draw: drawChannels,
  update,
  commands,
}
