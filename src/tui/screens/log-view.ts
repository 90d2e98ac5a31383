// The hub's log as it is written: what was, when, and how bad it is. Pure.

import { parseJson } from '../../base/json.js'
import type { LogEntry } from '../../control/log.js'
import { inside, panel } from '../components/panel.js'
import { firstShown, withCursor } from '../components/table.js'
import { clockTime } from '../figures.js'
import type { Glyphs } from '../glyphs.js'
import { type Area, EMPTY, fitted, type Line, line, type Role, span, spread } from '../line.js'
import type { Model } from '../model.js'
import { safeText } from '../safe-text.js'
import { padEnd, wrapText } from '../text-width.js'
import { cursorOf, shownEntries } from './log-state.js'

const ROLES: Readonly<Record<LogEntry['level'], Role>> = { info: 'text', warn: 'warn', error: 'bad' }
const EVENT = 22

/** What happened stands before the long name of whom it happened to. */
function idsLast(fields: LogEntry['fields']): LogEntry['fields'] {
  const isId = ([field]: LogEntry['fields'][number]) => field === 'request' || field === 'trace'
  return [...fields.filter((one) => !isId(one)), ...fields.filter(isId)]
}

function entryLine(entry: LogEntry, width: number, glyphs: Glyphs): Line {
  const { time, level, event, fields } = entry
  const role = ROLES[level]
  const at = width < 50 ? [] : [span(`${time === undefined ? ' '.repeat(8) : clockTime(time)} `, 'dim')]
  const sign = level === 'info' ? ' ' : level === 'warn' ? glyphs.warning : glyphs.failed
  const wide = width < 70 ? 0 : EVENT
  const name = safeText(event)
  return [
    ...at,
    span(`${sign} `, role),
    span(wide === 0 ? `${name} ` : `${padEnd(name, wide, glyphs.dots)} `, level === 'info' ? 'accent' : role),
    ...idsLast(fields).flatMap(([field, value]) => [
      span(`${safeText(field)}=`, 'dim'),
      span(`${safeText(value)} `, role),
    ]),
  ]
}

const two = (value: number) => String(value).padStart(2, '0')

/** `2026-11-20 14:03:27` */
function localTime(time: number): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(time)}`
}

/** A value of several words stands in quotes in a line of the log; alone it needs none. */
function bare(value: string): string {
  const read = value.startsWith('"') ? parseJson(value) : value
  return typeof read === 'string' ? read : value
}

function opened(entry: LogEntry, area: Area, glyphs: Glyphs): Line[] {
  const { width } = inside(area)
  const names = Math.min(20, Math.max(6, ...entry.fields.map(([name]) => name.length)) + 2)
  const when = entry.time === undefined ? [] : [['time', localTime(entry.time)] as const]
  const lines = [...when, ...entry.fields].flatMap(([name, value]) =>
    wrapText(safeText(bare(value)), Math.max(8, width - names)).map(
      (text, index): Line => [span(padEnd(index === 0 ? safeText(name) : '', names), 'dim'), span(text)],
    ),
  )
  const height = Math.min(area.height, lines.length + 2)
  return panel({
    title: safeText(entry.event),
    note: line(entry.level, ROLES[entry.level]),
    lines,
    area: { width: area.width, height },
    glyphs,
  })
}

function heading(model: Model, shown: number, width: number, glyphs: Glyphs): Line {
  const { cursor, level, entries } = model.screens.log
  const state =
    cursor === null
      ? [span(` ${glyphs.running} following`, 'good')]
      : [span(` ${glyphs.canceled} paused`, 'warn'), span(', G follows', 'dim')]
  const least = level === 'info' ? 'every line' : level === 'warn' ? 'warnings and errors' : 'errors only'
  const count = shown === entries.length ? `${shown}` : `${shown} of ${entries.length}`
  return spread(state, [span(`${least} ${glyphs.between} ${count} `, 'dim')], width)
}

export function drawLog(model: Model, area: Area, glyphs: Glyphs): readonly Line[] {
  const shown = shownEntries(model)
  const { isOpen, cursor: standing, entries } = model.screens.log
  const head = fitted(heading(model, shown.length, area.width, glyphs), area.width)
  if (shown.length === 0) {
    const words = entries.length === 0 ? ' Nothing is logged yet.' : ' No line is like this.'
    return [head, EMPTY, line(words, 'dim')]
  }
  const cursor = cursorOf(model, shown)
  const chosen = shown[cursor]
  const box =
    isOpen && chosen !== undefined
      ? opened(chosen, { width: area.width, height: Math.max(4, Math.floor(area.height / 2)) }, glyphs)
      : []
  const height = Math.max(0, area.height - 1 - box.length)
  const first =
    standing === null ? Math.max(0, shown.length - height) : firstShown(shown.length, cursor, height)
  const rows = shown
    .slice(first, first + height)
    .map((entry, index) =>
      withCursor(
        entryLine(entry, area.width - 1, glyphs),
        standing !== null && first + index === cursor,
        area.width,
        glyphs,
      ),
    )
  const gap = Array.from({ length: Math.max(0, height - rows.length) }, () => EMPTY)
  return [head, ...rows, ...gap, ...box]
}
