// The channels, how each does, and everything that is known of the one under the cursor. Pure.

import type { ChannelRow } from '../../control/channels.js'
import { bar, battery, chargeRole } from '../components/bar.js'
import { inside, panel } from '../components/panel.js'
import { type Column, table } from '../components/table.js'
import { span5 } from '../figures.js'
import { type Glyphs, glyphsFor } from '../glyphs.js'
import { type Area, beside, block, EMPTY, type Line, line, type Role, span } from '../line.js'
import type { Model } from '../model.js'
import { safeText } from '../safe-text.js'
import { channelDetail } from './channel-detail.js'
import { chosenChannel, cursorOf, shownChannels } from './channels-state.js'

/** From this width on the details stand beside the list; from this height on under it. */
const WIDE = 100
const HIGH = 20

const HEALTH: Readonly<Record<ChannelRow['health'], Role>> = {
  ok: 'good',
  resting: 'warn',
  open: 'bad',
  disabled: 'dim',
}

function signOf({ health }: ChannelRow, glyphs: Glyphs): string {
  switch (health) {
    case 'ok':
      return glyphs.running
    case 'resting':
      return glyphs.warning
    case 'open':
      return glyphs.failed
    case 'disabled':
      return glyphs.canceled
  }
}

/** How it is in a word, with the countdown of what it waits for. */
export function healthWords({ health, rests }: ChannelRow, now: number): string {
  const [longest] = rests
  const wait = longest === undefined ? '' : ` ${span5(Math.max(0, Date.parse(longest.until) - now))}`
  switch (health) {
    case 'ok':
      return 'ok'
    case 'resting':
      return `rests${wait}`
    case 'open':
      return `open${wait}`
    case 'disabled':
      return 'disabled'
  }
}

const percent = (share: number | null) => (share === null ? '' : `${Math.round(share * 100)}%`)
const time = (ms: number | null) => (ms === null ? '' : span5(ms))

function errorRole(rate: number | null): Role {
  if (rate === null || rate === 0) return 'dim'
  return rate < 0.1 ? 'warn' : 'bad'
}

function stateCell(row: ChannelRow, now: number, glyphs: Glyphs): Line {
  if (row.testing === null) return line(healthWords(row, now), HEALTH[row.health])
  const { step, steps } = row.testing
  return [...bar(step / Math.max(1, steps), 5, glyphs), span(` ${step}/${steps}`, 'accent')]
}

function columnsOf(now: number, glyphs: Glyphs): Column<ChannelRow>[] {
  return [
    { title: '', width: 1, rank: 0, cell: (row) => span(signOf(row, glyphs), HEALTH[row.health]) },
    {
      title: 'Channel',
      width: 20,
      flexible: { least: 12 },
      rank: 0,
      cut: 'middle',
      cell: (row) => span(safeText(row.name), row.enabled ? 'strong' : 'dim'),
    },
    { title: 'State', width: 11, rank: 0, cell: (row) => stateCell(row, now, glyphs) },
    { title: 'P50', width: 6, align: 'right', rank: 2, cell: ({ day }) => span(time(day.firstTokenP50Ms)) },
    {
      title: 'P95',
      width: 6,
      align: 'right',
      rank: 4,
      cell: ({ day }) => span(time(day.firstTokenP95Ms), 'dim'),
    },
    {
      title: 'Err',
      width: 4,
      align: 'right',
      rank: 3,
      cell: ({ day }) => span(percent(day.errorRate), errorRole(day.errorRate)),
    },
    {
      title: 'Req',
      width: 6,
      align: 'right',
      rank: 5,
      cell: ({ day }) => span(day.requests === 0 ? '' : String(day.requests), 'dim'),
    },
    {
      title: 'Left',
      width: 4,
      align: 'right',
      rank: 6,
      cell: ({ quota }) =>
        quota === null || quota.leftPercent === null
          ? span('')
          : span(`${Math.floor(quota.leftPercent)}%`, chargeRole(quota.charge)),
    },
    {
      title: 'Battery',
      width: 10,
      rank: 8,
      cell: ({ quota }) => (quota === null ? span('') : battery(quota.charge, quota.leftPercent, 8, glyphs)),
    },
    {
      title: 'Pri',
      width: 3,
      align: 'right',
      rank: 7,
      cell: ({ priority }) => span(String(priority), 'dim'),
    },
  ]
}

function nothing(model: Model): Line[] {
  if (model.screens.channels.reply === null) return [line(' Asking the hub …', 'dim')]
  if ((model.filters.channels ?? '') !== '') return [line(' No channel is called so.', 'dim')]
  return [
    line(' No channels yet.', 'strong'),
    EMPTY,
    line(' axonhub channel add', 'accent'),
    line(' adds one.'),
  ]
}

/** The details in a frame; what is scrolled away is not there. */
function detail(row: ChannelRow, model: Model, area: Area, glyphs: Glyphs): Line[] {
  const lines = channelDetail(row, { now: model.now, width: inside(area).width, glyphs })
  const most = Math.max(0, lines.length - inside(area).height)
  const top = Math.min(model.screens.channels.top, most)
  const below = most - top
  const note =
    most === 0
      ? []
      : line(below > 0 ? `J ${glyphs.down} ${below} more` : `K ${glyphs.up} ${top} above`, 'dim')
  return panel({ title: safeText(row.name), note, lines: lines.slice(top), area, glyphs })
}

function listSize(rows: number, { width, height }: Area): Area {
  if (width >= WIDE) return { width: Math.max(48, Math.min(80, Math.floor(width * 0.45))), height }
  return { width, height: height < HIGH ? height : Math.min(rows + 1, Math.floor(height * 0.4)) }
}

/** Where the details stand; undefined where there is no room for them. */
function detailArea(model: Model, area: Area): Area | undefined {
  if (model.screens.channels.isOpen) return area
  const list = listSize(shownChannels(model).length, area)
  if (area.width >= WIDE) return { width: area.width - list.width - 1, height: area.height }
  return area.height < HIGH ? undefined : { width: area.width, height: area.height - list.height }
}

/** The furthest that the details can be scrolled. */
export function lastTop(model: Model, area: Area): number {
  const chosen = chosenChannel(model)
  const place = detailArea(model, area)
  if (chosen === undefined || place === undefined) return 0
  const { width, height } = inside(place)
  const lines = channelDetail(chosen, { now: model.now, width, glyphs: glyphsFor('unicode') })
  return Math.max(0, lines.length - height)
}

export function drawChannels(model: Model, area: Area, glyphs: Glyphs): readonly Line[] {
  const rows = shownChannels(model)
  const chosen = chosenChannel(model)
  if (chosen === undefined) return [EMPTY, ...nothing(model)]
  const cursor = cursorOf(model, rows)
  const list = (width: number, height: number) =>
    table({ columns: columnsOf(model.now, glyphs), rows, cursor, area: { width, height }, glyphs })
  const size = listSize(rows.length, area)
  const place = detailArea(model, area)
  if (place === undefined) return list(area.width, area.height)
  const details = detail(chosen, model, place, glyphs)
  if (model.screens.channels.isOpen) return details
  const beginning = block(list(size.width, size.height), size)
  return area.width >= WIDE ? beside(beginning, details, [{ text: ' ' }]) : [...beginning, ...details]
}
