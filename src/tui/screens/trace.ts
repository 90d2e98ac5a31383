// Trace: one conversation as it streams in, what each of its requests took, and why it went where it went.

import type { ShownRequest, ShownTrace } from '../../control/trace-reader.js'
import { firstShown, withCursor } from '../components/table.js'
import { cachePercent, count5, inputTokens, many, money, span5 } from '../figures.js'
import type { Glyphs } from '../glyphs.js'
import { type Area, beside, block, EMPTY, fitted, type Line, line, type Role, span, spread } from '../line.js'
import { filterOf, type Model } from '../model.js'
import { safeText } from '../safe-text.js'
import type { Command, Screen } from '../screen.js'
import { cutEnd, padStart, wrapText } from '../text-width.js'
import { conversationLines, factLines, type Look, turnLines, wireLines } from './trace-lines.js'
import { everyRequest, shownRequest, type TraceState } from './trace-state.js'
import { updateTrace } from './trace-update.js'

/** From this width on the list of requests stands beside the conversation. */
const WIDE = 110
const LIST_WIDTH = 38

function markOf(request: ShownRequest, glyphs: Glyphs): { text: string; role: Role } {
  switch (request.outcome) {
    case 'running':
      return { text: glyphs.running, role: 'good' }
    case 'completed':
      return { text: glyphs.done, role: 'dim' }
    case 'canceled':
      return { text: glyphs.canceled, role: 'warn' }
    case 'failed':
    case 'interrupted':
      return { text: glyphs.failed, role: 'bad' }
  }
}

/** A request in the list: its turn, model, tokens and cost. */
function requestLine(request: ShownRequest, glyphs: Glyphs): Line {
  const { usage, cost } = request
  const { text, role } = markOf(request, glyphs)
  const name = request.subagent === null ? '' : `${glyphs.child} `
  const purpose =
    request.purpose === 'turn' ? safeText(request.modelUsed ?? request.modelAsked) : request.purpose
  const right = `${padStart(usage === null ? glyphs.none : count5(inputTokens(usage) + usage.output), 5)} ${padStart(cost === null ? glyphs.none : money(cost), 7)}`
  const room = LIST_WIDTH - 1 - 6 - right.length - 1
  return [
    span(padStart(String(request.turn), 3), 'dim'),
    span(` ${text} `, role),
    ...fitted(
      [span(name, 'frame'), span(cutEnd(purpose, Math.max(1, room - name.length), glyphs.dots))],
      room,
    ),
    span(` ${right}`, 'dim'),
  ]
}

function listLines(state: TraceState, area: Area, glyphs: Glyphs): Line[] {
  const all = everyRequest(state.trace)
  const cursor = all.findIndex(({ id }) => id === shownRequest(state)?.id)
  const list = { width: area.width, height: area.height - 1 }
  const first = firstShown(all.length, cursor, list.height)
  const rows = all
    .slice(first, first + list.height)
    .map((request, index) =>
      withCursor(requestLine(request, glyphs), first + index === cursor, area.width, glyphs),
    )
  return block([line(` ${many(all.length, 'request')}`, 'dim'), ...rows], area)
}

/** What it took; nothing while none of it is counted. */
function tookWords({ usage, cost, unpriced }: ShownTrace): string[] {
  const input = inputTokens(usage)
  if (input + usage.output === 0 && cost === 0) return []
  const cached = cachePercent(usage)
  return [
    `${count5(input)} in`,
    `${count5(usage.output)} out`,
    ...(cached === undefined ? [] : [`${cached}% cached`]),
    cost === 0 && unpriced > 0 ? 'unpriced' : money(cost),
  ]
}

function headLines(model: Model, request: ShownRequest | undefined, width: number, glyphs: Glyphs): Line[] {
  const { trace, id } = model.screens.trace
  if (trace === null) return [line(` ${id ?? ''}`, 'dim')]
  const title = safeText(trace.title ?? trace.id)
  const whole = [many(trace.turns.length, 'turn'), ...tookWords(trace)].join(` ${glyphs.between} `)
  const place = everyRequest(trace).findIndex((one) => one.id === request?.id) + 1
  const used = request === undefined ? '' : safeText(request.modelUsed ?? request.modelAsked)
  const running =
    request?.outcome === 'running'
      ? [span(` ${glyphs.running} ${span5(model.now - request.startedAt)}`, 'good')]
      : []
  return [
    [span(` ${cutEnd(title, width - 2, glyphs.dots)}`, 'strong')],
    [
      span(` ${place}/${trace.requests} `, 'dim'),
      span(cutEnd(used, 40, glyphs.dots), 'accent'),
      ...running,
      span(`  ${whole}`, 'dim'),
    ],
  ]
}

/** What the view shows, whole; null while it is being asked for. */
export function viewLines(model: Model, look: Look): readonly Line[] | null {
  const state = model.screens.trace
  const request = shownRequest(state)
  if (request === undefined) return state.trace === null ? null : [line('No request is left of it.', 'dim')]
  switch (state.view) {
    case 'facts':
      return [
        ...factLines(request, look, model.now),
        ...(state.trace === null ? [] : turnLines(state.trace, look)),
      ]
    case 'wire':
      return state.wire?.request === request.id ? wireLines(state.wire.wire, look) : null
    case 'said': {
      const kept = state.conversation?.request === request.id ? state.conversation.conversation : null
      const answered = state.heard?.request === request.id ? state.heard.said : (kept?.answered ?? [])
      if (kept === null && answered.length === 0) return null
      const error =
        request.errorText === null
          ? []
          : [EMPTY, ...wrapText(safeText(request.errorText), look.width).map((one) => line(one, 'bad'))]
      return [...conversationLines(kept?.asked ?? [], look), ...conversationLines(answered, look), ...error]
    }
  }
}

/** The part of the screen that scrolls. */
export function viewArea({ width, height }: Area): Area {
  return { width: width >= WIDE ? width - LIST_WIDTH - 3 : width - 2, height: Math.max(0, height - 3) }
}

function found(lines: readonly Line[], filter: string): readonly Line[] {
  if (filter === '') return lines
  return lines.filter((one) => one.some(({ text }) => text.toLowerCase().includes(filter)))
}

/** The view's lines as far as its filter lets them, and the first that is shown. */
export function scrolled(
  model: Model,
  area: Area,
  glyphs: Glyphs,
): { lines: readonly Line[]; top: number } | null {
  const inner = viewArea(area)
  const look = { width: inner.width, thinking: model.screens.trace.thinking, glyphs }
  const all = viewLines(model, look)
  if (all === null) return null
  const lines = found(all, filterOf(model, 'trace'))
  const last = Math.max(0, lines.length - inner.height)
  // A conversation is read from its end, all else from its beginning.
  const { top, view } = model.screens.trace
  return { lines, top: Math.min(last, top ?? (view === 'said' ? last : 0)) }
}

function views({ view }: TraceState): Line {
  const tab = (name: TraceState['view'], title: string) => span(` ${title} `, view === name ? 'title' : 'dim')
  return [tab('said', 'Conversation'), tab('facts', 'Decision'), tab('wire', 'Wire')]
}

function drawTrace(model: Model, area: Area, glyphs: Glyphs): readonly Line[] {
  const state = model.screens.trace
  if (state.id === null)
    return [EMPTY, line('  No conversation is open: choose one on the Live screen with enter.', 'dim')]
  const inner = viewArea(area)
  const at = scrolled(model, area, glyphs)
  const shown = at === null ? [line('…', 'dim')] : at.lines.slice(at.top, at.top + inner.height)
  const rest = at === null ? 0 : at.lines.length - inner.height
  const place = at === null || rest <= 0 ? '' : `${Math.round((at.top / rest) * 100)}%`
  const right = [spread(views(state), [span(place, 'dim')], inner.width), ...block(shown, inner)]
  const body = { width: area.width, height: area.height - 2 }
  const head = headLines(model, shownRequest(state), area.width, glyphs)
  while (head.length < 2) head.push(EMPTY)
  if (area.width < WIDE) return [...head, ...right.map((one): Line => [{ text: ' ' }, ...one])]
  const list = listLines(state, { width: LIST_WIDTH, height: body.height }, glyphs)
  return [...head, ...beside(list, right, [span(` ${glyphs.vertical} `, 'frame')])]
}

function commandsOf(model: Model): Command[] {
  const trace = model.screens.trace.id
  if (trace === null || model.screen !== 'trace') return []
  const request = shownRequest(model.screens.trace)
  const copy = (text: string, what: string): Command['does'] => ({
    type: 'run',
    effects: [{ type: 'copy', text, what }],
  })
  return [
    { name: 'copy id', what: 'of this conversation', does: copy(trace, 'the id of the conversation') },
    ...(request === undefined
      ? []
      : [
          {
            name: 'copy request id',
            what: 'of the request shown',
            does: copy(request.id, 'the id of the request'),
          },
        ]),
    {
      name: 'export trace',
      what: 'this conversation as a page, secrets removed',
      does: { type: 'run', effects: [{ type: 'export', trace, open: false }] },
    },
    {
      name: 'open page',
      what: 'this conversation in the browser',
      does: { type: 'run', effects: [{ type: 'export', trace, open: true }] },
    },
  ]
}

export const TRACE: Screen = {
  id: 'trace',
  title: 'Trace',
  keys: () => [
    { keys: 'esc', what: 'back' },
    { keys: 'h/l', what: 'request' },
    { keys: 'v', what: 'view' },
    { keys: 't', what: 'thinking' },
    { keys: 'y', what: 'copy id' },
  ],
  draw: drawTrace,
  update: updateTrace,
  commands: commandsOf,
}
