// How a row of the live screen looks: one set of columns for conversations and their requests. Pure.

import { agentNamed, agentWord } from '../../base/agent-name.js'
import { type Column, layoutOf, tableHead, withCursor } from '../components/table.js'
import { age, cachePercent, count5, inputTokens, money, span5 } from '../figures.js'
import type { Glyphs } from '../glyphs.js'
import { type Area, fitted, type Line, type Role, type Span, span } from '../line.js'
import { safeText } from '../safe-text.js'
import { cutEnd, cutMiddle, padEnd, padStart, widthOf } from '../text-width.js'
import type { GroupRow, LiveRow, RequestRow } from './live-rows.js'
import type { LiveRequest, LiveUsage } from './live-state.js'

type Cell = 'state' | 'model' | 'channel' | 'first' | 'rate' | 'in' | 'cache' | 'out' | 'cost' | 'time'

type LiveColumn = Column<undefined> & { readonly is: Cell }

const blank = () => span('')

function column(is: Cell, title: string, width: number, rank: number, least?: number): LiveColumn {
  const isLeft = is === 'state' || is === 'model' || is === 'channel'
  return {
    is,
    title,
    width,
    rank,
    align: isLeft ? 'left' : 'right',
    ...(least === undefined ? {} : { flexible: { least } }),
    cell: blank,
  }
}

/** From this width on the state is told in words. */
const WIDE = 96

const WORDS: LiveColumn = column('state', 'State', 12, 0)
const SIGNS: LiveColumn = column('state', '', 5, 0)

const COLUMNS: readonly LiveColumn[] = [
  column('model', 'Model', 46, 0, 22),
  column('channel', 'Channel', 16, 4, 8),
  column('first', 'First', 6, 3),
  column('rate', 'Tok/s', 5, 5),
  column('in', 'In', 6, 2),
  column('cache', 'Cache', 5, 6),
  column('out', 'Out', 6, 2),
  column('cost', 'Cost', 7, 1),
  column('time', 'Time', 6, 0),
]

/** Where a conversation's title stands: over the columns that say nothing of it. */
const TITLE_CELLS: readonly Cell[] = ['state', 'model', 'channel', 'first', 'rate']

export function agentRole(agent: string): Role {
  const name = agentNamed(agent)
  return name === undefined ? 'other' : agentWord(name)
}

export function shownAgent(agent: string): string {
  const name = agentNamed(agent)
  return name === undefined ? agent : agentWord(name)
}

/** A sign and a word. */
function stateOf(request: LiveRequest, now: number, glyphs: Glyphs): { text: string; role: Role } {
  switch (request.outcome) {
    case 'running': {
      if (request.durationMs !== null) return { text: `${glyphs.canceled} unheard`, role: 'warn' }
      if (request.firstTokenMs !== null) return { text: `${glyphs.running} answers`, role: 'good' }
      const { waiting } = glyphs
      const sign = waiting[Math.floor(now / 250) % waiting.length] ?? ''
      return {
        text: `${sign} ${request.failedTries > 0 ? `try ${request.failedTries + 1}` : 'waits'}`,
        role: 'accent',
      }
    }
    case 'completed':
      return request.failedTries > 0
        ? { text: `${glyphs.done} try ${request.failedTries + 1}`, role: 'warn' }
        : { text: `${glyphs.done} done`, role: 'dim' }
    case 'failed':
      return { text: `${glyphs.failed} ${request.status ?? 'failed'}`, role: 'bad' }
    case 'canceled':
      return { text: `${glyphs.canceled} canceled`, role: 'warn' }
    case 'unknown':
      return { text: `${glyphs.canceled} unknown`, role: 'warn' }
  }
}

/** In less room only the name in use is told. */
const BOTH_NAMES = 34

function modelLine(request: LiveRequest, width: number, glyphs: Glyphs): Line {
  const asked = request.modelAsked === '' ? 'no model' : safeText(request.modelAsked)
  const used = request.modelUsed === null ? null : safeText(request.modelUsed)
  const purpose = request.purpose === 'turn' ? '' : ` ${request.purpose}`
  const room = Math.max(4, width - widthOf(purpose))
  if (used === null || used === asked) {
    return [span(cutMiddle(asked, room, glyphs.dots), used === null ? 'dim' : 'text'), span(purpose, 'dim')]
  }
  if (room < BOTH_NAMES) {
    const name = cutMiddle(used, room - 2, glyphs.dots)
    return [span(`${glyphs.arrow} `, 'dim'), span(name), span(purpose, 'dim')]
  }
  const whole = widthOf(asked) + widthOf(used) + 3
  const half = Math.floor((room - 3) / 2)
  // The name in use matters more: where both do not fit, it has what the other leaves.
  const short =
    whole <= room ? asked : cutMiddle(asked, Math.max(half, room - 3 - widthOf(used)), glyphs.dots)
  const rest = room - 3 - widthOf(short)
  return [
    span(short, 'dim'),
    span(` ${glyphs.arrow} `, 'dim'),
    span(cutMiddle(used, Math.max(1, rest), glyphs.dots)),
    span(purpose, 'dim'),
  ]
}

/** Tokens a second since the first one; undefined before there is something to divide. */
function rateOf(request: LiveRequest, now: number): number | undefined {
  const output = request.usage?.output ?? request.outputSoFar
  const duration = request.durationMs ?? now - request.startedAt
  if (output === null || request.firstTokenMs === null) return undefined
  const seconds = (duration - request.firstTokenMs) / 1000
  return seconds < 0.05 || output === 0 ? undefined : output / seconds
}

function usageCell(is: Cell, usage: LiveUsage, glyphs: Glyphs): Span {
  switch (is) {
    case 'in':
      return span(count5(inputTokens(usage)))
    case 'cache': {
      const percent = cachePercent(usage)
      return percent === undefined
        ? span(glyphs.none, 'dim')
        : span(`${percent}%`, percent >= 50 ? 'good' : 'dim')
    }
    default:
      return span(count5(usage.output))
  }
}

function requestCell(is: Cell, row: RequestRow, width: number, now: number, glyphs: Glyphs): Line {
  const { request } = row
  const none = span(glyphs.none, 'dim')
  switch (is) {
    case 'state': {
      const indent = row.depth === 2 ? ` ${glyphs.child} ` : '  '
      const { text, role } = stateOf(request, now, glyphs)
      return [span(indent, 'frame'), span(width < WORDS.width ? text.slice(0, 1) : text, role)]
    }
    case 'model':
      return modelLine(request, width, glyphs)
    case 'channel':
      return [span(cutMiddle(safeText(request.channel ?? glyphs.none), width, glyphs.dots), 'dim')]
    case 'first': {
      if (request.firstTokenMs !== null) return [span(span5(request.firstTokenMs))]
      if (request.outcome !== 'running') return [none]
      return [span(span5(request.durationMs ?? now - request.startedAt), 'accent')]
    }
    case 'rate': {
      const rate = rateOf(request, now)
      if (rate === undefined) return [none]
      return [span(count5(rate), request.outcome === 'running' ? 'good' : 'dim')]
    }
    case 'in':
    case 'cache':
    case 'out':
      if (request.usage !== null) return [usageCell(is, request.usage, glyphs)]
      return [
        is === 'out' && request.outputSoFar !== null ? span(`~${count5(request.outputSoFar)}`, 'good') : none,
      ]
    case 'cost':
      return [request.cost === null ? none : span(money(request.cost))]
    case 'time':
      return [
        span(
          span5(request.durationMs ?? now - request.startedAt),
          request.outcome === 'running' ? 'text' : 'dim',
        ),
      ]
  }
}

/** The first request of it runs: nothing is counted yet. */
function isFresh({ totals: { usage, cost } }: GroupRow): boolean {
  return inputTokens(usage) + usage.output === 0 && cost === 0
}

function groupCell(is: Cell, row: GroupRow, now: number, glyphs: Glyphs): Span {
  if (is !== 'time' && isFresh(row)) return span(glyphs.none, 'dim')
  switch (is) {
    case 'in':
    case 'cache':
    case 'out':
      return usageCell(is, row.totals.usage, glyphs)
    case 'cost':
      if (row.totals.cost === 0 && row.totals.isUnpriced) return span(glyphs.none, 'dim')
      return span(money(row.totals.cost), row.totals.cost > 0 ? 'strong' : 'dim')
    case 'time':
      return row.running > 0 ? span('now', 'good') : span(age(row.lastAt, now), 'dim')
    default:
      return span('')
  }
}

/** The words for most agents, with a blank; the longest pushes its own title aside, which costs the others no room. */
const AGENT_WIDTH = 7
const WIDEST_AGENT = 9

function titleLine(row: GroupRow, width: number, glyphs: Glyphs): Line {
  const fold = row.fold === 'open' ? glyphs.open : row.fold === 'closed' ? glyphs.closed : ' '
  const size = `${count5(row.totals.requests)} req`
  const agent = shownAgent(safeText(row.agent))
  const agentWidth = Math.min(WIDEST_AGENT, Math.max(AGENT_WIDTH, widthOf(agent) + 1))
  const left: Line = [
    span(`${fold} `, 'frame'),
    span(padEnd(agent, agentWidth, glyphs.dots), agentRole(row.agent)),
  ]
  const room = width - agentWidth - 2 - (size === '' ? 0 : widthOf(size) + 1)
  const title = `${row.isReplay ? `${glyphs.again} ` : ''}${row.title ?? row.trace}`
  const role: Role = row.running > 0 ? 'strong' : row.title === null ? 'dim' : 'text'
  return [
    ...left,
    span(padEnd(safeText(title), Math.max(0, room), glyphs.dots), role),
    ...(size === '' ? [] : [span(` ${size}`, 'dim')]),
  ]
}

type Layout = readonly { readonly column: LiveColumn; readonly width: number }[]

function liveLayout(width: number): Layout {
  const columns = [width >= WIDE ? WORDS : SIGNS, ...COLUMNS]
  return layoutOf(columns, width).flatMap((entry) => {
    const known = columns.find(({ title }) => title === entry.column.title)
    return known === undefined ? [] : [{ column: known, width: entry.width }]
  })
}

function aligned(cell: Line, width: number, isLeft: boolean): Line {
  const text = cell.reduce((sum, one) => sum + widthOf(one.text), 0)
  return isLeft || text >= width ? fitted(cell, width) : [{ text: ' '.repeat(width - text) }, ...cell]
}

function requestLine(layout: Layout, row: RequestRow, now: number, glyphs: Glyphs): Line {
  return layout.flatMap(({ column: { is, align }, width }, index) => [
    ...(index === 0 ? [] : [{ text: ' ' }]),
    ...aligned(requestCell(is, row, width, now, glyphs), width, align === 'left'),
  ])
}

function groupLine(layout: Layout, row: GroupRow, now: number, glyphs: Glyphs): Line {
  const before = layout.filter(({ column: { is } }) => TITLE_CELLS.includes(is))
  const after = layout.filter(({ column: { is } }) => !TITLE_CELLS.includes(is))
  const room = before.reduce((sum, { width }) => sum + width + 1, -1)
  return [
    ...titleLine(row, room, glyphs),
    ...after.map(({ column: { is }, width }) => {
      const cell = groupCell(is, row, now, glyphs)
      return { ...cell, text: ` ${padStart(cutEnd(cell.text, width, glyphs.dots), width)}` }
    }),
  ]
}

/** The titles of the columns. */
export function liveHead(width: number, glyphs: Glyphs): Line {
  return [{ text: ' ' }, ...tableHead(liveLayout(width - 1), glyphs)]
}

export type LiveLines = {
  readonly rows: readonly LiveRow[]
  readonly cursor: number
  readonly first: number
  readonly area: Area
  readonly now: number
  readonly glyphs: Glyphs
}

/** The rows from `first` on, as many as fit. */
export function liveLines({ rows, cursor, first, area, now, glyphs }: LiveLines): Line[] {
  const layout = liveLayout(area.width - 1)
  return rows.slice(first, first + area.height).map((row, index) => {
    const drawn =
      row.type === 'group' ? groupLine(layout, row, now, glyphs) : requestLine(layout, row, now, glyphs)
    return withCursor(drawn, first + index === cursor, area.width, glyphs)
  })
}
