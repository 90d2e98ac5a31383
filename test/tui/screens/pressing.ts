// A model that has heard what a hub tells, and keys as they are pressed.
import { frame } from '../../../src/tui/frame.js'
import { type Glyphs, glyphsFor } from '../../../src/tui/glyphs.js'
import { lineText } from '../../../src/tui/line.js'
import type { Answer, Message } from '../../../src/tui/message.js'
import { firstModel, type Model, type ScreenId, type Update } from '../../../src/tui/model.js'
import { update } from '../../../src/tui/update.js'
import { status } from '../samples.js'
import { channels, history, NOW, profiles, quota } from './sample.js'
import { logEntries, usageByDay } from './sample-records.js'

export const ANSWERS: readonly Answer[] = [
  { of: 'status', status: status() },
  { of: 'quota', quota: quota() },
  { of: 'quota-history', history: history() },
  { of: 'channels', channels: channels() },
  { of: 'profiles', profiles: profiles() },
  { of: 'usage', by: 'day', days: 14, rows: usageByDay() },
]

export function heard(model: Model, ...messages: readonly Message[]): Update {
  let last: Update = { model, effects: [] }
  for (const message of messages) {
    const next = update(last.model, message)
    last = { model: next.model, effects: [...last.effects, ...next.effects] }
  }
  return last
}

/** Keys by their names; what is one character long is also typed. */
export function press(model: Model, ...names: readonly string[]): Update {
  return heard(
    model,
    ...names.map(
      (name): Message => ({
        type: 'key',
        key: { name, text: name.length === 1 ? name : '' },
      }),
    ),
  )
}

/** A screen of a connected UI, before anything is told. */
export function bare(screen: ScreenId, columns = 80, rows = 24): Model {
  const first = firstModel({ columns, rows, now: NOW })
  return heard(
    first,
    { type: 'connected' },
    { type: 'answer', answer: { of: 'status', status: status() } },
    { type: 'go', screen },
  ).model
}

export function told(screen: ScreenId, columns = 80, rows = 24): Model {
  return heard(
    bare(screen, columns, rows),
    ...ANSWERS.map((answer): Message => ({ type: 'answer', answer })),
    { type: 'logged', entries: logEntries() },
  ).model
}

export function drawn(model: Model, signs: Glyphs['kind'] = 'unicode'): string {
  return frame(model, glyphsFor(signs))
    .map((line) => lineText(line).trimEnd())
    .join('\n')
}
