// Cost and tokens as bars, by day, model or channel. Pure.

import type { ShownUsage } from '../../control/trace-reader.js'
import { slimBar } from '../components/bar.js'
import { type Column, layoutOf, table } from '../components/table.js'
import { cachePercent, count5, inputTokens, many, money } from '../figures.js'
import type { Glyphs } from '../glyphs.js'
import { type Area, EMPTY, fitted, type Line, line, lineWidth, type Span, span } from '../line.js'
import type { Model } from '../model.js'
import { safeText } from '../safe-text.js'
import { measuredOf, shownMeasure, tokensOf, type UsageState, usageRows } from './usage-state.js'

const TITLES = { day: 'Day', model: 'Model', channel: 'Channel' } as const
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `Fri 11-20` */
function dayWords(key: string): string {
  const [year = 0, month = 1, day = 1] = key.split('-').map(Number)
  return `${DAYS[new Date(year, month - 1, day).getDay()] ?? ''} ${key.slice(5)}`
}

function nameOf({ key }: ShownUsage, { by }: UsageState): string {
  return by === 'day' ? dayWords(key) : safeText(key)
}

/** `+` says that some of it has no price. */
function costWords({ cost, unpriced, requests }: ShownUsage): Span {
  if (requests === 0) return span('')
  if (cost === 0 && unpriced > 0) return span('unpriced', 'dim')
  return span(`${money(cost)}${unpriced > 0 ? '+' : ''}`, cost === 0 ? 'dim' : 'strong')
}

const some = (number: number, role: 'text' | 'dim' = 'text') => span(number === 0 ? '' : count5(number), role)

function figures(): Column<ShownUsage>[] {
  return [
    { title: 'Cost', width: 9, align: 'right', rank: 0, cell: costWords },
    { title: 'In', width: 6, align: 'right', rank: 2, cell: ({ usage }) => some(inputTokens(usage)) },
    {
      title: 'Cache',
      width: 5,
      align: 'right',
      rank: 4,
      cell: ({ usage }) => {
        const share = cachePercent(usage)
        return share === undefined ? span('') : span(`${share}%`, share >= 50 ? 'good' : 'dim')
      },
    },
    { title: 'Out', width: 6, align: 'right', rank: 1, cell: ({ usage }) => some(usage.output) },
    { title: 'Req', width: 6, align: 'right', rank: 3, cell: ({ requests }) => some(requests, 'dim') },
    {
      title: 'Failed',
      width: 6,
      align: 'right',
      rank: 5,
      cell: ({ failed }) => span(failed === 0 ? '' : count5(failed), 'bad'),
    },
  ]
}

type Bars = {
  readonly state: UsageState
  readonly rows: readonly ShownUsage[]
  /** Of a bar at its longest. */
  readonly longest: number
  readonly glyphs: Glyphs
}

function columnsOf({ state, rows, longest, glyphs }: Bars): Column<ShownUsage>[] {
  const named = state.by === 'day' ? 9 : 24
  const measure = shownMeasure(state, rows)
  const most = Math.max(0, ...rows.map((row) => measuredOf(row, measure)))
  return [
    {
      title: TITLES[state.by],
      width: named,
      ...(state.by === 'day' ? {} : { flexible: { least: 9 } }),
      rank: 0,
      cut: 'middle',
      cell: (row) => span(nameOf(row, state), row.requests === 0 ? 'dim' : 'text'),
    },
    {
      title: measure === 'cost' ? '' : 'Tokens',
      width: longest,
      flexible: { least: 12 },
      rank: 0,
      cell: (row) => {
        const value = measuredOf(row, measure)
        if (most === 0 || value === 0) return span('')
        return slimBar(value / most, longest, glyphs)
      },
    },
    ...figures(),
  ]
}

/** The bars take what the names and the figures leave. */
function fittedColumns(bars: Omit<Bars, 'longest'>, width: number): Column<ShownUsage>[] {
  const layout = layoutOf(columnsOf({ ...bars, longest: width }), width)
  return columnsOf({ ...bars, longest: layout[1]?.width ?? 4 })
}

function sum(rows: readonly ShownUsage[]): ShownUsage {
  const add = (of: (row: ShownUsage) => number) => rows.reduce((total, row) => total + of(row), 0)
  return {
    key: '',
    title: null,
    requests: add(({ requests }) => requests),
    failed: add(({ failed }) => failed),
    usage: {
      inputFresh: add(({ usage }) => usage.inputFresh),
      cacheRead: add(({ usage }) => usage.cacheRead),
      cacheWrite5m: add(({ usage }) => usage.cacheWrite5m),
      cacheWrite1h: add(({ usage }) => usage.cacheWrite1h),
      output: add(({ usage }) => usage.output),
      reasoning: add(({ usage }) => usage.reasoning),
    },
    cost: add(({ cost }) => cost),
    unpriced: add(({ unpriced }) => unpriced),
  }
}

/** What is shown, in as many words as fit: `last 14 days: $12.40, 4.2M tokens, 93% cached, 310 requests`. */
function summary({ days }: UsageState, total: ShownUsage, width: number): Line {
  const heading = span(days === 1 ? ' today: ' : ` last ${days} days: `, 'dim')
  if (total.requests === 0) return [heading, span('nothing', 'dim')]
  const cached = cachePercent(total.usage)
  const facts = [
    costWords(total),
    span(`${count5(tokensOf(total))} tokens`),
    ...(cached === undefined ? [] : [span(`${cached}% cached`, 'good')]),
    span(many(total.requests, 'request'), 'dim'),
    ...(total.failed === 0 ? [] : [span(`${total.failed} failed`, 'bad')]),
    ...(total.unpriced === 0 ? [] : [span(`${total.unpriced} without a price`, 'dim')]),
  ]
  let shown: Line = [heading]
  for (const [index, fact] of facts.entries()) {
    const more = [...shown, ...(index === 0 ? [] : [span(', ', 'dim')]), fact]
    if (lineWidth(more) > width) break
    shown = more
  }
  return shown
}

export function drawUsage(model: Model, area: Area, glyphs: Glyphs): readonly Line[] {
  const state = model.screens.usage
  const rows = usageRows(model)
  if (rows === undefined) return [EMPTY, line(' Adding up …', 'dim')]
  const total = sum(rows)
  const head = fitted(summary(state, total, area.width), area.width)
  if (rows.length === 0) return [head, EMPTY, line(' No requests in this time.', 'dim')]
  const columns = fittedColumns({ state, rows, glyphs }, area.width - 1)
  const cursor = Math.max(0, Math.min(state.cursor, rows.length - 1))
  const list = table({ columns, rows, cursor, area: { width: area.width, height: area.height - 2 }, glyphs })
  return [head, EMPTY, ...list]
}
