// What is left, drawn for a person: a row for each window, the neediest account and its worst window first. Pure.

import { waitText } from '../base/wait-text.js'
import type { QuotaAccount, QuotaMeter, QuotaReply } from '../control/quota-schema.js'
import { battery } from './battery.js'
import type { Styles } from './output.js'
import { plain, table } from './table.js'

export type QuotaLook = {
  readonly width: number
  readonly pictures: boolean
  readonly style: Styles
  /** Ms since the epoch. */
  readonly now: number
}

const pad = (value: number) => String(value).padStart(2, '0')
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `15:20`, with the day when it is not within the next 20 hours: local time. */
function clockTime(at: number, now: number): string {
  const date = new Date(at)
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`
  if (at - now < 20 * 3_600_000) return time
  const day = DAYS[date.getDay()] ?? ''
  return at - now < 6 * 86_400_000 ? `${day} ${time}` : `${date.getMonth() + 1}/${date.getDate()} ${time}`
}

/** Short, so that two of them fit a line: `42s`, `25m`, `3h10m`, `2d3h`. */
export function shortSpan(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000)
  if (minutes < 1) return `${Math.max(0, Math.floor(milliseconds / 1000))}s`
  if (minutes < 60) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`
  return hours % 24 === 0 ? `${hours / 24}d` : `${Math.floor(hours / 24)}d${hours % 24}h`
}

function amount(value: number, unit: string | null): string {
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(2)
  return unit === null ? shown : `${shown} ${unit}`
}

function leftCell(meter: QuotaMeter): string {
  if (meter.past) return 'reset'
  if (meter.leftPercent !== null && meter.kind === 'window') return `${Math.floor(meter.leftPercent)}%`
  if (meter.left !== null) return amount(meter.left, meter.unit)
  if (meter.leftPercent !== null) return `${Math.floor(meter.leftPercent)}%`
  return meter.state === 'available' ? 'some' : '?'
}

function usedCell(meter: QuotaMeter): string {
  if (meter.past) return '?'
  if (meter.usedPercent !== null && meter.kind === 'window') return `${Math.ceil(meter.usedPercent)}%`
  return meter.used === null ? '' : amount(meter.used, meter.unit)
}

function resetCell({ resetsAt, past }: QuotaMeter, now: number): string {
  if (resetsAt === null) return ''
  const at = Date.parse(resetsAt)
  return past ? `${shortSpan(now - at)} ago` : `${shortSpan(at - now)} ${clockTime(at, now)}`
}

function paceCell({ pace }: QuotaMeter, now: number): string {
  if (pace === null) return ''
  if (pace.runsOutAt !== null) return `out ${shortSpan(Date.parse(pace.runsOutAt) - now)}`
  return pace.verdict === 'on-pace' ? 'on pace' : pace.verdict
}

function ageCell({ observedAt, source, stale }: QuotaMeter, now: number): string {
  return `${shortSpan(Math.max(0, now - Date.parse(observedAt)))} ${source}${stale ? ', old' : ''}`
}

/** The unit stands with what is left already. */
function windowName({ name, unit }: QuotaMeter): string {
  return unit !== null && name.endsWith(`/${unit}`) ? name.slice(0, -unit.length - 1) : name
}

function nameOf(account: QuotaAccount, all: readonly QuotaAccount[]): string {
  const shown = all.filter(({ channel, meters }) => channel === account.channel && meters.length > 0)
  const isAlone = shown.length <= 1
  const name = isAlone ? account.channel : `${account.channel} ${account.account}`
  return account.plan === null ? name : `${name} (${account.plan})`
}

function rowsOf(
  account: QuotaAccount,
  all: readonly QuotaAccount[],
  { pictures, now }: QuotaLook,
): string[][] {
  // The meter that the account stands or falls with opens its rows.
  const first = account.meters.filter(({ name }) => name === account.headline)
  const rest = account.meters.filter(({ name }) => name !== account.headline)
  return [...first, ...rest].map((meter, index) => [
    index === 0 ? nameOf(account, all) : '',
    `${battery(meter.charge, pictures)} ${windowName(meter)}`,
    usedCell(meter),
    leftCell(meter),
    resetCell(meter, now),
    paceCell(meter, now),
    ageCell(meter, now),
  ])
}

function paintLeft(style: Styles): (text: string) => string {
  return (text) => {
    const percent = /^\s*(\d+)%\s*$/.exec(text)?.[1]
    if (percent === undefined) return text
    if (Number(percent) < 5) return style.bad(text)
    return Number(percent) <= 20 ? style.warn(text) : style.good(text)
  }
}

function troubleLine(account: QuotaAccount, all: readonly QuotaAccount[], now: number): string[] {
  const { trouble } = account
  if (trouble === null) return []
  const wait = trouble.until === null ? 0 : Date.parse(trouble.until) - now
  const until = wait > 0 ? ` Asked again in ${waitText(wait)}.` : ''
  return [plain(`${nameOf(account, all)}: ${trouble.message}${until}`)]
}

/** The lines to print; none when nothing is known of any account. */
export function quotaLines({ accounts }: QuotaReply, look: QuotaLook): string[] {
  const columns = [
    { title: 'account', flexible: true },
    { title: 'window', flexible: true },
    { title: 'used', align: 'right' as const },
    { title: 'left', align: 'right' as const, paint: paintLeft(look.style) },
    { title: 'resets' },
    { title: 'pace' },
    { title: 'age, from', flexible: true },
  ]
  const rows = accounts.flatMap((account) => rowsOf(account, accounts, look))
  const troubles = accounts.flatMap((account) => troubleLine(account, accounts, look.now))
  const drawn = table(columns, rows, look.width)
  return [...drawn, ...(drawn.length > 0 && troubles.length > 0 ? [''] : []), ...troubles]
}
