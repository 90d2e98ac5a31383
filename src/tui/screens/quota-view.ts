// The batteries of all accounts, and the last day of the one under the cursor. Pure.

import type { QuotaHistoryReply } from '../../control/quota-history.js'
import { battery, chargeRole, sparkline } from '../components/bar.js'
import { axis, chart, sampled, type Timed } from '../components/chart.js'
import { inside, panel } from '../components/panel.js'
import { type Column, table } from '../components/table.js'
import type { Glyphs } from '../glyphs.js'
import { type Area, EMPTY, type Line, line, type Role, type Span, span } from '../line.js'
import type { Model } from '../model.js'
import { safeText } from '../safe-text.js'
import { wrapText } from '../text-width.js'
import { cursorOf, type MeterRow, meterRows } from './quota-state.js'
import {
  leftWords,
  paceWords,
  resetWords,
  sourceWords,
  toldWords,
  usedWords,
  whenWords,
  windowName,
} from './quota-words.js'

/** Wider tables only tear apart what belongs together. */
const WIDEST = 132
const BATTERY = 12
const SPARKS = 24
/** The list has room for its rows and then some before the chart takes any. */
const LEAST_CHART = 7

type Series = { readonly points: readonly Timed[]; readonly since: number; readonly until: number }

/** What was left over the day: of a window its share, of a balance its share of the highest it had. */
function seriesOf(history: QuotaHistoryReply | null, { account, meter }: MeterRow): Series | undefined {
  const found = history?.series.find(
    (one) => one.channel === account.channel && one.account === account.account && one.name === meter?.name,
  )
  if (history === null || found === undefined) return undefined
  const most = Math.max(0, ...found.points.map(({ left }) => left ?? 0))
  const share = ({ usedPercent, left }: (typeof found.points)[number]): number | null => {
    if (usedPercent !== null) return Math.max(0, 1 - usedPercent / 100)
    return left === null || most === 0 ? null : left / most
  }
  const points = found.points.map((point) => ({ at: point.at, value: share(point) }))
  return { points, since: history.since, until: history.until }
}

function leftRole(share: number): Role {
  if (share < 0.05) return 'bad'
  return share <= 0.2 ? 'warn' : 'good'
}

function nameOf(account: MeterRow['account'], all: readonly MeterRow[]): string {
  const same = new Set(
    all.filter((row) => row.account.channel === account.channel).map((row) => row.account.account),
  )
  const name = same.size > 1 ? `${account.channel} ${account.account}` : account.channel
  return safeText(account.plan === null ? name : `${name} (${account.plan})`)
}

function columnsOf(model: Model, rows: readonly MeterRow[], glyphs: Glyphs): Column<MeterRow>[] {
  const { now } = model
  const { history } = model.screens.quota
  const of =
    (words: (meter: NonNullable<MeterRow['meter']>) => Span | string) =>
    (row: MeterRow): Span => {
      if (row.meter === null) return span('')
      const told = words(row.meter)
      return typeof told === 'string' ? span(told) : told
    }
  return [
    {
      title: 'Account',
      width: 20,
      flexible: { least: 11 },
      rank: 0,
      cell: (row) => span(row.isFirst ? nameOf(row.account, rows) : '', 'strong'),
    },
    {
      title: 'Window',
      width: 8,
      rank: 0,
      cell: (row) => (row.meter === null ? span('?', 'dim') : span(safeText(windowName(row.meter)))),
    },
    {
      title: 'Battery',
      width: BATTERY + 2,
      rank: 3,
      cell: ({ meter }) =>
        meter === null || (meter.leftPercent === null && meter.kind !== 'window')
          ? span('')
          : battery(meter.charge, meter.leftPercent, BATTERY, glyphs),
    },
    {
      title: 'Left',
      width: 10,
      align: 'right',
      rank: 0,
      cell: ({ account, meter }) =>
        meter === null
          ? span(account.trouble?.state ?? '?', 'warn')
          : span(leftWords(meter), meter.stale ? 'dim' : chargeRole(meter.charge)),
    },
    { title: 'Used', width: 5, align: 'right', rank: 6, cell: of((meter) => span(usedWords(meter), 'dim')) },
    { title: 'Resets', width: 7, align: 'right', rank: 1, cell: of((meter) => resetWords(meter, now)) },
    {
      title: 'At',
      width: 11,
      rank: 5,
      cell: of(({ resetsAt }) => span(resetsAt === null ? '' : whenWords(Date.parse(resetsAt), now), 'dim')),
    },
    {
      title: 'Pace',
      width: 12,
      rank: 4,
      cell: of((meter) => {
        const { text, role } = paceWords(meter, now)
        return span(text, role)
      }),
    },
    {
      title: 'Last day',
      width: SPARKS,
      rank: 2,
      cell: (row) => span(sparkOf(history, row, glyphs), 'accent'),
    },
    { title: 'Age, from', width: 15, rank: 7, cell: of((meter) => span(sourceWords(meter, now), 'dim')) },
  ]
}

function sparkOf(history: QuotaHistoryReply | null, row: MeterRow, glyphs: Glyphs): string {
  const series = seriesOf(history, row)
  if (series === undefined) return ''
  // Not even what is full reaches the line above.
  return sparkline(sampled(series.points, series.since, series.until, SPARKS), SPARKS, glyphs, 8 / 7)
}

/** Words with dots between them. */
function facts(words: readonly string[], glyphs: Glyphs): string {
  return words.filter((word) => word !== '').join(` ${glyphs.between} `)
}

function factLines(row: MeterRow, model: Model, width: number, glyphs: Glyphs): Line[] {
  const { account, meter } = row
  const { now } = model
  const trouble = account.trouble === null ? [] : wrapText(safeText(account.trouble.message), width)
  const troubles = trouble.map((text) => line(text, 'warn'))
  if (meter === null) return troubles
  const reset = resetWords(meter, now)
  const at = meter.resetsAt === null ? '' : ` (${whenWords(Date.parse(meter.resetsAt), now)})`
  const words = facts(
    [
      `${leftWords(meter)} left`,
      usedWords(meter) === '' ? '' : `${usedWords(meter)} used`,
      reset === '' ? '' : `${meter.past ? 'was reset' : 'resets in'} ${reset}${at}`,
      paceWords(meter, now).text,
      toldWords(meter, now),
    ],
    glyphs,
  )
  return [...wrapText(safeText(words), width).map((text) => line(text, 'dim')), ...troubles]
}

function chartPanel(row: MeterRow, model: Model, area: Area, glyphs: Glyphs): Line[] {
  const { width, height } = inside(area)
  const series = seriesOf(model.screens.quota.history, row)
  const told = factLines(row, model, width, glyphs)
  const rows = Math.min(12, height - told.length - 1)
  const drawn =
    series === undefined || rows < 2
      ? []
      : [
          ...chart({
            values: sampled(series.points, series.since, series.until, width),
            height: rows,
            glyphs,
            role: leftRole,
          }),
          axis({ first: '24h ago', middle: '12h', last: 'now' }, width, glyphs),
        ]
  const title =
    row.meter === null ? nameOf(row.account, [row]) : `${nameOf(row.account, [row])} ${windowName(row.meter)}`
  const used = drawn.length + told.length + 2
  const note = drawn.length === 0 ? [] : line('what was left', 'dim')
  return panel({
    title: safeText(title),
    note,
    lines: [...drawn, ...told],
    area: { width: area.width, height: Math.min(area.height, used) },
    glyphs,
  })
}

function nothing(model: Model): Line[] {
  const { quota, status } = model.hub
  if (quota === null) return [line(' Asking the hub …', 'dim')]
  if ((model.filters.quota ?? '') !== '') return [line(' No account is called so.', 'dim')]
  const told = 'What is left shows itself with the first answer of a plan or a provider that tells it.'
  return [
    line(' Nothing is known of any account yet.', 'strong'),
    EMPTY,
    ...wrapText(told, Math.max(20, model.columns - 2)).map((text) => line(` ${text}`)),
    [
      span(' r', 'key'),
      span(` asks ${status?.demo === true ? '(the demo upstream has no plan)' : 'the providers now'}`),
    ],
  ]
}

export function drawQuota(model: Model, area: Area, glyphs: Glyphs): readonly Line[] {
  const rows = meterRows(model)
  const cursor = cursorOf(model, rows)
  const chosen = rows[cursor]
  if (chosen === undefined) return [EMPTY, ...nothing(model)]
  const listed = Math.min(rows.length + 1, Math.max(area.height - 14, Math.ceil(area.height / 2)))
  const left = area.height - listed - 1
  const hasChart = left >= LEAST_CHART && area.width >= 36
  const listArea = { width: Math.min(WIDEST, area.width), height: hasChart ? listed : area.height }
  const list = table({ columns: columnsOf(model, rows, glyphs), rows, cursor, area: listArea, glyphs })
  if (!hasChart) return list
  const below = { width: area.width, height: area.height - list.length - 1 }
  return [...list, EMPTY, ...chartPanel(chosen, model, below, glyphs)]
}
