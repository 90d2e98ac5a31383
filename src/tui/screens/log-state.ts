// What the log screen keeps: the newest lines, how bad one must be to be shown, whether new ones are waited for. Pure.

import type { LogEntry, LogLevel } from '../../control/log.js'
import { type Key, moved } from '../keys.js'
import type { Message } from '../message.js'
import { filterOf, type Model, type Update, unchanged, withScreen } from '../model.js'
import { bodyArea } from '../screen.js'
import { holds } from './asking.js'

export type LogState = {
  /** Oldest first, so many at most. */
  readonly entries: readonly LogEntry[]
  readonly level: LogLevel
  /** Null: the newest lines are shown as they come; else the screen stands still, the cursor on this line of all. */
  readonly cursor: number | null
  /** Lines that were dropped to keep the bound; `cursor` counts without them. */
  readonly dropped: number
  readonly isOpen: boolean
  readonly isFollowed: boolean
}

const MOST = 5_000
const FIRST_LINES = 500
const LEVELS: readonly LogLevel[] = ['info', 'warn', 'error']

export function noLog(): LogState {
  return { entries: [], level: 'info', cursor: null, dropped: 0, isOpen: false, isFollowed: false }
}

function changed(model: Model, change: Partial<LogState>): Model {
  return withScreen(model, 'log', { ...model.screens.log, ...change })
}

export function entryText({ event, fields, level }: LogEntry): string {
  return `${level} ${event} ${fields.map(([name, value]) => `${name}=${value}`).join(' ')}`
}

/** The lines that are bad enough and hold the words of the filter. */
export function shownEntries(model: Model): readonly LogEntry[] {
  const { entries, level } = model.screens.log
  const filter = filterOf(model, 'log')
  if (level === 'info' && filter === '') return entries
  const least = LEVELS.indexOf(level)
  return entries.filter((entry) => LEVELS.indexOf(entry.level) >= least && holds(entryText(entry), filter))
}

/** The row of the cursor among those that are shown; the last one while new lines are followed. */
export function cursorOf(model: Model, shown: readonly LogEntry[]): number {
  const { cursor, entries } = model.screens.log
  if (cursor === null) return shown.length - 1
  const entry = entries[cursor]
  const found = entry === undefined ? -1 : shown.indexOf(entry)
  return found >= 0 ? found : Math.max(0, shown.length - 1)
}

function added(model: Model, fresh: readonly LogEntry[]): Model {
  const { entries, dropped, cursor } = model.screens.log
  const all = [...entries, ...fresh]
  const over = Math.max(0, all.length - MOST)
  return changed(model, {
    entries: over === 0 ? all : all.slice(over),
    dropped: dropped + over,
    cursor: cursor === null ? null : Math.max(0, cursor - over),
  })
}

function keyPressed(model: Model, key: Key): Update {
  const { entries, level, cursor, isOpen } = model.screens.log
  const shown = shownEntries(model)
  // There is nothing to stand at: the lines that come are followed.
  if (shown.length === 0 && key.name !== 'l' && key.name !== 'escape' && key.name !== 'G')
    return unchanged(model)
  const here = cursorOf(model, shown)
  const standAt = (row: number): number => {
    const entry = shown[row]
    return entry === undefined ? 0 : entries.indexOf(entry)
  }
  switch (key.name) {
    case 'l':
      return unchanged(
        changed(model, { level: LEVELS[(LEVELS.indexOf(level) + 1) % LEVELS.length] ?? 'info' }),
      )
    case 'p':
    case ' ':
      return unchanged(changed(model, { cursor: cursor === null ? standAt(here) : null }))
    case 'end':
    case 'G':
      return unchanged(changed(model, { cursor: null }))
    case 'enter':
      return unchanged(
        changed(model, { isOpen: !isOpen, cursor: isOpen || cursor !== null ? cursor : standAt(here) }),
      )
    case 'escape':
      return unchanged(changed(model, { isOpen: false }))
    default: {
      const row = moved(key, here, shown.length, bodyArea(model).height)
      return unchanged(row === undefined ? model : changed(model, { cursor: standAt(row) }))
    }
  }
}

/** Followed while the screen is shown and the hub answers, not otherwise: nobody reads what is not shown. */
export function updateLog(model: Model, message: Message): Update {
  const { isFollowed } = model.screens.log
  if (message.type === 'key') return keyPressed(model, message.key)
  if (message.type === 'logged') return unchanged(added(model, message.entries))
  if (message.type === 'log-ended') return unchanged(changed(model, { isFollowed: false }))
  const isWanted = model.screen === 'log' && model.hub.connection.type === 'open'
  if (isWanted === isFollowed) return unchanged(model)
  if (!isWanted) return { model: changed(model, { isFollowed: false }), effects: [{ type: 'unfollow-log' }] }
  // Told anew from its last lines on, so that none is twice.
  return {
    model: changed(model, { isFollowed: true, entries: [], dropped: 0, cursor: null }),
    effects: [{ type: 'follow-log', lines: FIRST_LINES }],
  }
}
