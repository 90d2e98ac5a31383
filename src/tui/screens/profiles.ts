// Profiles: which model answers which name, how often each mapping was used today, and what would happen to a name.

import type { KeyHint } from '../components/hints.js'
import type { Model } from '../model.js'
import type { Command, Screen } from '../screen.js'
import { updateProfiles } from './profiles-state.js'
import { drawProfiles } from './profiles-view.js'
import { shownRequest } from './trace-state.js'

function using(name: string | null, key?: string): Command['does'] {
  const action = { type: 'use-profile' as const, name, ...(key === undefined ? {} : { key }) }
  return { type: 'run', effects: [{ type: 'act', action }] }
}

function commands(model: Model): Command[] {
  const reply = model.screens.profiles.reply
  const names = (reply?.profiles ?? []).map(({ name }) => name)
  const keys = reply?.keys ?? []
  return [
    ...replays(model, names),
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

/** Sending a request again under another profile: of the conversation that is shown. It costs what a request costs. */
function replays(model: Model, names: readonly string[]): Command[] {
  const request = model.screen === 'trace' ? shownRequest(model.screens.trace) : undefined
  if (request === undefined || request.outcome === 'running') return []
  return [null, ...names].map((profile) => ({
    name: profile === null ? 'replay' : `replay with ${profile}`,
    what:
      profile === null ? 'send this request again as it was' : 'send this request again under this profile',
    does: {
      type: 'confirm',
      question: `Send this request again${profile === null ? '' : ` under ${profile}`}? It costs what a request costs; no tool is run, and the answer is kept in a conversation of its own.`,
      effects: [{ type: 'act', action: { type: 'replay', request: request.id, profile } }],
    },
  }))
}

function keys({ screens }: Model): readonly KeyHint[] {
  const { explain } = screens.profiles
  const close = { keys: 'esc', what: 'close the box' }
  if (explain.type === 'typing') return [{ keys: 'enter', what: 'explain it' }, close]
  return [
    ...(explain.type === 'closed' ? [] : [close]),
    { keys: 'u', what: 'use' },
    { keys: 'e', what: 'explain' },
    { keys: 'n', what: 'use none' },
    { keys: 'J/K', what: 'scroll' },
  ]
}

export const profilesScreen: Screen = {
  id: 'profiles',
  title: 'Profiles',
  keys,
  draw: drawProfiles,
  update: updateProfiles,
  typing: (model) => model.screens.profiles.explain.type === 'typing',
  commands,
}
