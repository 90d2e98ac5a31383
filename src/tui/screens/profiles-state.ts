// What the profiles screen keeps: the profiles as the hub told them, the one under the cursor, and the explain box. Pure.

import type { ExplainReply } from '../../control/api.js'
import type { ProfileRow, ProfilesReply } from '../../control/profiles.js'
import type { Effect } from '../effect.js'
import { type Key, moved, typed } from '../keys.js'
import type { Message } from '../message.js'
import { filterOf, type Model, type Update, unchanged, withScreen } from '../model.js'
import { bodyArea } from '../screen.js'
import { holds, isDue } from './asking.js'

export type ExplainBox =
  | { readonly type: 'closed' }
  | { readonly type: 'typing'; readonly text: string }
  | { readonly type: 'asked'; readonly text: string }
  | { readonly type: 'told'; readonly text: string; readonly reply: ExplainReply }

export type ProfilesState = {
  readonly reply: ProfilesReply | null
  /** Its name; null: the first one. */
  readonly chosen: string | null
  readonly explain: ExplainBox
  /** Lines of the mappings that are scrolled away. */
  readonly top: number
  /** Ms since the epoch. */
  readonly askedAt: number
}

export function noProfiles(): ProfilesState {
  return { reply: null, chosen: null, explain: { type: 'closed' }, top: 0, askedAt: 0 }
}

const EVERY_MS = 3_000
const ASK: Effect = { type: 'ask', question: { of: 'profiles' } }

export function shownProfiles(model: Model): ProfileRow[] {
  const filter = filterOf(model, 'profiles')
  return (model.screens.profiles.reply?.profiles ?? []).filter(({ name, mappings }) =>
    holds(`${name} ${mappings.map(({ from, to }) => `${from} ${to}`).join(' ')}`, filter),
  )
}

/** The row of the cursor, at first the active one; -1 when there is none. */
export function cursorOf(model: Model, rows: readonly ProfileRow[]): number {
  const { chosen } = model.screens.profiles
  const found = rows.findIndex(({ name, active }) => (chosen === null ? active : name === chosen))
  return found >= 0 ? found : Math.min(0, rows.length - 1)
}

export function chosenProfile(model: Model): ProfileRow | undefined {
  const rows = shownProfiles(model)
  return rows[cursorOf(model, rows)]
}

function changed(model: Model, change: Partial<ProfilesState>): Model {
  return withScreen(model, 'profiles', { ...model.screens.profiles, ...change })
}

function inBox(model: Model, text: string, key: Key): Update {
  if (key.name === 'escape') return unchanged(changed(model, { explain: { type: 'closed' } }))
  if (key.name !== 'enter')
    return unchanged(changed(model, { explain: { type: 'typing', text: typed(text, key) } }))
  const asked = text.trim()
  if (asked === '') return unchanged(changed(model, { explain: { type: 'closed' } }))
  return {
    model: changed(model, { explain: { type: 'asked', text: asked } }),
    effects: [{ type: 'ask', question: { of: 'explain', model: asked } }],
  }
}

function use(model: Model, name: string | null): Update {
  return { model, effects: [{ type: 'act', action: { type: 'use-profile', name } }] }
}

function keyPressed(model: Model, key: Key): Update {
  const { explain, top } = model.screens.profiles
  if (explain.type === 'typing') return inBox(model, explain.text, key)
  const rows = shownProfiles(model)
  const cursor = moved(key, cursorOf(model, rows), rows.length, bodyArea(model).height)
  if (cursor !== undefined) return unchanged(changed(model, { chosen: rows[cursor]?.name ?? null, top: 0 }))
  const profile = chosenProfile(model)
  switch (key.name) {
    case 'enter':
    case 'u':
      return profile === undefined ? unchanged(model) : use(model, profile.name)
    case 'n':
      return use(model, null)
    case 'e':
      return unchanged(changed(model, { explain: { type: 'typing', text: '' } }))
    case 'J':
      return unchanged(
        changed(model, { top: Math.min(top + 1, Math.max(0, (profile?.mappings.length ?? 0) - 1)) }),
      )
    case 'K':
      return unchanged(changed(model, { top: Math.max(0, top - 1) }))
    case 'escape':
      return unchanged(changed(model, { explain: { type: 'closed' } }))
    default:
      return unchanged(model)
  }
}

/** What came of the question in the box; an answer to an older one is left. */
function told(model: Model, reply: ExplainReply): Model {
  const { explain } = model.screens.profiles
  const isAsked = explain.type === 'asked' && explain.text === reply.model
  return isAsked ? changed(model, { explain: { type: 'told', text: explain.text, reply } }) : model
}

export function updateProfiles(model: Model, message: Message): Update {
  const { askedAt, explain } = model.screens.profiles
  if (message.type === 'key') return keyPressed(model, message.key)
  if (message.type === 'answer' && message.answer.of === 'profiles')
    return unchanged(changed(model, { reply: message.answer.profiles }))
  if (message.type === 'answer' && message.answer.of === 'explain')
    return unchanged(told(model, message.answer.explained))
  // The palette offers profiles on every screen.
  const isBack = message.type === 'connected'
  const isSwitched = message.type === 'acted' && message.action.type === 'use-profile'
  const isShown = model.screen === 'profiles'
  if (!isSwitched && !isBack && !isDue(model, 'profiles', message, { askedAt, everyMs: EVERY_MS }))
    return unchanged(model)
  const again: Effect[] =
    isSwitched && isShown && explain.type === 'told'
      ? [{ type: 'ask', question: { of: 'explain', model: explain.text } }]
      : []
  const waiting =
    again.length > 0 && explain.type === 'told'
      ? { explain: { type: 'asked' as const, text: explain.text } }
      : {}
  const status: Effect[] = isSwitched ? [{ type: 'ask', question: { of: 'status' } }] : []
  return { model: changed(model, { askedAt: model.now, ...waiting }), effects: [ASK, ...again, ...status] }
}
