// Live: requests as they run, under their conversations.

import { firstShown } from '../components/table.js'
import { moved } from '../keys.js'
import { block, EMPTY, type Line, line } from '../line.js'
import type { Message } from '../message.js'
import { filterOf, type Model, type Update, unchanged, withScreen } from '../model.js'
import { safeText } from '../safe-text.js'
import { bodyArea, type Command, type Screen } from '../screen.js'
import { conversationAtCursor, conversationOf, liveRowsOf } from './live-cursor.js'
import { cursorIndex, type LiveRow } from './live-rows.js'
import { afterEvents, type LiveState, turnedFold, unheard } from './live-state.js'
import { liveHead, liveLines } from './live-table.js'

const TRACES_SHOWN = 60

/** How soon a conversation that is not known yet, or has gone on, is asked about again, ms. */
const ASK_MS = 1_500

const ASK_TRACES = { type: 'ask', question: { of: 'traces', limit: TRACES_SHOWN } } as const

function put(model: Model, live: LiveState): Update {
  return unchanged(withScreen(model, 'live', live))
}

/** Titles and totals come from the hub; what has begun or ended since it was asked makes them old. */
function ticked(model: Model): Update {
  const { live } = model.screens
  if (model.hub.connection.type !== 'open' || model.now - live.askedAt < ASK_MS) return unchanged(model)
  const isOld = [...live.requests.values()].some(
    ({ startedAt, durationMs }) => startedAt + (durationMs ?? 0) >= live.askedAt,
  )
  if (!isOld) return unchanged(model)
  return { model: withScreen(model, 'live', { ...live, askedAt: model.now }), effects: [ASK_TRACES] }
}

function opensTrace(model: Model, row: LiveRow | undefined): Update {
  if (row === undefined) return unchanged(model)
  const message: Message =
    row.type === 'group'
      ? { type: 'open-trace', trace: row.trace }
      : { type: 'open-trace', trace: row.request.trace, request: row.request.id }
  return { model, effects: [{ type: 'say', message }] }
}

function pressed(model: Model, message: Extract<Message, { type: 'key' }>): Update {
  const { live } = model.screens
  const rows = liveRowsOf(model)
  const at = cursorIndex(rows, live.cursor)
  const row = rows[at]
  const trace = row === undefined ? undefined : conversationOf(row)
  const next = moved(message.key, at, rows.length, bodyArea(model).height - 1)
  if (next !== undefined)
    return put(model, { ...live, cursor: next === 0 ? null : (rows[next]?.key ?? null) })
  switch (message.key.name) {
    case 'enter':
      return opensTrace(model, row)
    case ' ':
    case 'left':
    case 'right': {
      if (trace === undefined) return unchanged(model)
      const group = rows.find((one) => one.type === 'group' && one.trace === trace)
      const isOpen = group?.type === 'group' && group.fold === 'open'
      const wanted = message.key.name === ' ' || (message.key.name === 'left') === isOpen
      return wanted ? put(model, { ...turnedFold(live, trace, isOpen), cursor: trace }) : unchanged(model)
    }
    case 'y':
      return trace === undefined
        ? unchanged(model)
        : { model, effects: [{ type: 'copy', text: trace, what: 'the id of the conversation' }] }
    default:
      return unchanged(model)
  }
}

/** Why the request under the cursor failed, or its try before: there is no column for that many words. */
function troubleOf(row: LiveRow | undefined): Line[] {
  if (row?.type !== 'request' || row.request.error === null) return []
  const { outcome, error } = row.request
  return [line(` ${safeText(error)}`, outcome === 'failed' ? 'bad' : 'warn')]
}

function updateLive(model: Model, message: Message): Update {
  const { live } = model.screens
  switch (message.type) {
    case 'key':
      return pressed(model, message)
    case 'connected':
      return { model: withScreen(model, 'live', { ...live, askedAt: model.now }), effects: [ASK_TRACES] }
    case 'events':
      return put(model, { ...live, requests: afterEvents(live.requests, message.events) })
    case 'lost':
      return put(model, { ...live, requests: unheard(live.requests, model.now) })
    case 'tick':
      return ticked(model)
    case 'answer':
      return message.answer.of === 'traces'
        ? put(model, { ...live, traces: message.answer.traces })
        : unchanged(model)
    default:
      return unchanged(model)
  }
}

function commandsOf(model: Model): Command[] {
  const trace = conversationAtCursor(model)
  if (model.screen !== 'live' || trace === undefined) return []
  return [
    {
      name: 'copy id',
      what: 'of the conversation under the cursor',
      does: { type: 'run', effects: [{ type: 'copy', text: trace, what: 'the id of the conversation' }] },
    },
    {
      name: 'export trace',
      what: 'of the conversation under the cursor, as a page',
      does: { type: 'run', effects: [{ type: 'export', trace, open: false }] },
    },
    {
      name: 'open page',
      what: 'of the conversation under the cursor, in the browser',
      does: { type: 'run', effects: [{ type: 'export', trace, open: true }] },
    },
  ]
}

export const LIVE: Screen = {
  id: 'live',
  title: 'Live',
  keys: () => [
    { keys: 'enter', what: 'open' },
    { keys: 'space', what: 'fold' },
    { keys: 'y', what: 'copy id' },
  ],
  draw(model, area, glyphs) {
    const rows = liveRowsOf(model)
    if (rows.length === 0) {
      const filter = filterOf(model, 'live')
      return [EMPTY, line(filter === '' ? '  No requests yet.' : `  Nothing here holds “${filter}”.`, 'dim')]
    }
    const cursor = cursorIndex(rows, model.screens.live.cursor)
    const trouble = troubleOf(rows[cursor])
    const list = { width: area.width, height: area.height - 1 - trouble.length }
    const first = firstShown(rows.length, cursor, list.height)
    return [
      liveHead(area.width, glyphs),
      ...block(liveLines({ rows, cursor, first, area: list, now: model.now, glyphs }), list),
      ...trouble,
    ]
  },
  update: updateLive,
  commands: commandsOf,
}
