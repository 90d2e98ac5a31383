// Profiles: which model answers which name, how often each mapping was used today, and what would happen to a name.

import type { Model } from '../model.js'
import type { Command, Screen } from '../screen.js'
import { updateProfiles } from './profiles-state.js'
import { drawProfiles } from './profiles-view.js'

function using(name: string | null, key?: string): Command['does'] {
  const action = { type: 'use-profile' as const, name, ...(key === undefined ? {} : { key }) }
  return { type: 'run', effects: [{ type: 'act', action }] }
}

function commands(model: Model): Command[] {
  const reply = model.screens.profiles.reply
  const names = (reply?.profiles ?? []).map(({ name }) => name)
  const keys = reply?.keys ?? []
  return [
    ...names.map((name) => ({
      name: `profile use ${name}`,
      what: 'for every key without a profile of its own',
      does: using(name),
    })),
    { name: 'profile use none', what: 'names of models are passed on as they are', does: using(null) },
    ...keys.flatMap(({ name: key, own }) => [
      ...names.map((name) => ({
        name: `profile use ${name} for ${key}`,
        what: 'this key alone',
        does: using(name, key),
      })),
      ...(own
        ? [
            {
              name: `profile use none for ${key}`,
              what: 'the key follows the active one',
              does: using(null, key),
            },
          ]
        : []),
    ]),
  ]
}

export const profilesScreen: Screen = {
  id: 'profiles',
  title: 'Profiles',
  keys: () => [
    { keys: 'u', what: 'use' },
    { keys: 'e', what: 'explain' },
    { keys: 'n', what: 'use none' },
    { keys: 'J/K', what: 'scroll' },
  ],
  draw: drawProfiles,
  update: updateProfiles,
  typing: (model) => model.screens.profiles.explain.type === 'typing',
  commands,
}
