// Quota: what is left of each account, how fast it goes, and how the last day was.

import type { Screen } from '../screen.js'
import { updateQuota } from './quota-state.js'
import { drawQuota } from './quota-view.js'

export const quotaScreen: Screen = {
  id: 'quota',
  title: 'Quota',
  keys: () => [
    { keys: 'r', what: 'ask now' },
    { keys: 'j/k', what: 'account' },
  ],
  draw: drawQuota,
  update: updateQuota,
  commands: (model) => [
    {
      name: 'quota refresh',
      what: 'ask all providers what is left',
      does: { type: 'run', effects: [{ type: 'act', action: { type: 'refresh-quota' } }] },
    },
    ...[...new Set((model.hub.quota?.accounts ?? []).map(({ channel }) => channel))].map((channel) => ({
      name: `quota refresh ${channel}`,
      what: 'ask this one',
      does: {
        type: 'run' as const,
        effects: [{ type: 'act' as const, action: { type: 'refresh-quota' as const, channel } }],
      },
    })),
  ],
}
