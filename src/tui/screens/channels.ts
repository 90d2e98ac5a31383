// Channels: how each does and what is known of it; enable, disable, test, end its rest.

import type { Model } from '../model.js'
import type { Command, Screen } from '../screen.js'
import { chosenChannel, updateChannels } from './channels-state.js'
import { drawChannels } from './channels-view.js'

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

export const channelsScreen: Screen = {
  id: 'channels',
  title: 'Channels',
  keys: (model) => {
    const channel = chosenChannel(model)
    if (channel === undefined) return []
    return [
      { keys: 'e', what: channel.enabled ? 'disable' : 'enable' },
      channel.testing === null ? { keys: 't', what: 'test' } : { keys: 'x', what: 'stop test' },
      ...(channel.rests.length === 0 ? [] : [{ keys: 'c', what: 'end rest' }]),
      { keys: 'enter', what: model.screens.channels.isOpen ? 'back' : 'details' },
      { keys: 'J/K', what: 'scroll' },
    ]
  },
  draw: drawChannels,
  update: updateChannels,
  commands,
}
