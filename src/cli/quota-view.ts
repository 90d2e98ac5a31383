// What is left, drawn for a person: a row for each window, the neediest account and its worst window first. Pure.

import { waitText } from '../base/wait-text.js'
import type { QuotaAccount, QuotaMeter, QuotaReply } from '../control/quota-schema.js'
import { battery } from './battery.js'
import type { Styles } from './output.js'
import { cut, plain, table, widthOf, wrapped } from './table.js'

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
  const age = shortSpan(Math.max(0, now - Date.parse(observedAt)))
  return `${age} ago, ${source}${stale ? ', old' : ''}`
}

/** The unit stands with what is left already. */
function windowName({ name, unit }: QuotaMeter): string {
  return unit !== null && name.endsWith(`/${unit}`) ? name.slice(0, -unit.length - 1) : name
}

/** Channels that pay from one account stand together; of several accounts behind one channel each has its fingerprint. */
function nameOf(account: QuotaAccount, all: readonly QuotaAccount[]): string {
  const own = account.channels.length === 0 ? [account.channel] : account.channels
  const others = all.filter((other) => other !== account && other.channels.some((name) => own.includes(name)))
  const isAlone = others.every(({ meters }) => meters.length === 0)
  const isKey = /^key \d+$/.test(account.account)
  const name =
    (isAlone || account.meters.length === 0) && !isKey
      ? own.join(', ')
      : `${own.join(', ')} ${account.account}`
  return plain(account.plan === null ? name : `${name} (${account.plan})`)
}

/** The meter that the account stands or falls with comes first. */
function metersOf({ meters, headline }: QuotaAccount): QuotaMeter[] {
  return [
    ...meters.filter(({ name }) => name === headline),
    ...meters.filter(({ name }) => name !== headline),
  ]
}

/** What most of its figures have in common stands once, behind the name. */
function commonAge(account: QuotaAccount, now: number): string {
  const ages = account.meters.map((meter) => ageCell(meter, now))
  const most = ages.toSorted(
    (a, b) => ages.filter((age) => age === b).length - ages.filter((age) => age === a).length,
  )
  return most[0] ?? ''
}

function heading(
  account: QuotaAccount,
  all: readonly QuotaAccount[],
  { style, now, width }: QuotaLook,
): string {
  const age = commonAge(account, now)
  const name = cut(nameOf(account, all), width - widthOf(age) - 2)
  return age === '' ? style.bold(name) : `${style.bold(name)}  ${style.dim(age)}`
}

function rowsOf(account: QuotaAccount, { pictures, now }: QuotaLook): string[][] {
  const common = commonAge(account, now)
  return metersOf(account).map((meter) => {
    const age = ageCell(meter, now)
    return [
      `${battery(meter.charge, pictures)} ${plain(windowName(meter))}`,
      usedCell(meter),
      leftCell(meter),
      resetCell(meter, now),
      paceCell(meter, now),
      age === common ? '' : age,
    ]
  })
}

function paintLeft(style: Styles): (text: string) => string {
  return (text) => {
    const percent = /^\s*(\d+)%\s*$/.exec(text)?.[1]
    if (percent === undefined) return text
    if (Number(percent) < 5) return style.bad(text)
    return Number(percent) <= 20 ? style.warn(text) : style.good(text)
  }
}

function troubleLines({ trouble, meters }: QuotaAccount, { now, width, style }: QuotaLook): string[] {
  if (trouble === null) return meters.length > 0 ? [] : [style.dim('    It tells no figures.')]
  const wait = trouble.until === null ? 0 : Date.parse(trouble.until) - now
  const until = wait > 0 ? ` Asked again in ${waitText(wait)}.` : ''
  return wrapped(plain(`${trouble.message}${until}`), width - 4).map((line) => style.warn(`    ${line}`))
}

function worthWords(account: QuotaAccount, all: readonly QuotaAccount[]): string[] {
  const words = metersOf(account).flatMap(({ name, worth, usedPercent }) => {
    if (worth === null || usedPercent === null) return []
    const { loggedDollars, estimateDollars, unpriced } = worth
    const share = `$${loggedDollars.toFixed(2)} went through this hub at ${Math.ceil(usedPercent)}% used`
    const missing = unpriced === 0 ? '' : `, ${unpriced} requests have no price`
    const about = `about $${estimateDollars.toFixed(2)}${unpriced === 0 ? '' : ' or more'}`
    return [`${name} ${about} (${share}${missing})`]
  })
  return words.length === 0 ? [] : [`${nameOf(account, all)}: ${words.join(', ')}`]
}

function worthLines(accounts: readonly QuotaAccount[], { width, style }: QuotaLook): string[] {
  const words = accounts.flatMap((account) => worthWords(account, accounts))
  if (words.length === 0) return []
  const lines = ['What windows are worth, an estimate by list prices:', ...words]
  return [
    '',
    ...lines.flatMap((line, index) => indented(line, index === 0 ? '' : '  ', width).map(style.dim)),
  ]
}

function indented(text: string, indent: string, width: number): string[] {
  return wrapped(plain(text), width - indent.length - 2).map((line, index) =>
    index === 0 ? `${indent}${line}` : `${indent}  ${line}`,
  )
}

const INDENT = '  '

/** Which cells are left out when the terminal is narrow; the clock time goes first, then the pace. */
const NARROWER: readonly ((row: readonly string[]) => readonly string[])[] = [
  (row) => row,
  (row) => row.map((cell, index) => (index === 3 ? cell.replace(/ (?!ago).*$/, '') : cell)),
  (row) =>
    row.map((cell, index) => (index === 3 ? cell.replace(/ (?!ago).*$/, '') : index === 4 ? '' : cell)),
]

/** Header and rows, all in one grid; a column without a word is left out. */
function grid(rows: readonly (readonly string[])[], { style, width }: QuotaLook): string[] {
  const columns = [
    { title: '', flexible: true },
    { title: 'used', align: 'right' as const },
    { title: 'left', align: 'right' as const, paint: paintLeft(style) },
    { title: 'resets' },
    { title: 'pace' },
    { title: 'age, from' },
  ]
  const drawn = (cells: readonly (readonly string[])[], most: number) => {
    const used = columns.map((_, index) => index < 3 || cells.some((row) => (row[index] ?? '') !== ''))
    return table(
      columns.filter((_, index) => used[index]),
      cells.map((row) => row.filter((_, index) => used[index])),
      most,
    )
  }
  const plainly = (cells: readonly (readonly string[])[]) =>
    Math.max(0, ...drawn(cells, Number.MAX_SAFE_INTEGER).map((line) => widthOf(uncoloured(line))))
  const choices = NARROWER.map((narrow) => rows.map(narrow))
  return drawn(choices.find((cells) => plainly(cells) <= width) ?? choices.at(-1) ?? [], width)
}

/** Paint takes no room on the screen. */
function uncoloured(line: string): string {
  const start = '\u001b['
  return line
    .split(start)
    .map((part, index) => (index === 0 ? part : part.replace(/^[\d;]*m/, '')))
    .join('')
}

/** Limits of requests per minute alone are no battery. */
function isShown({ meters, plan, trouble }: QuotaAccount): boolean {
  return meters.length > 0 || plan !== null || trouble !== null
}

/** The lines to print; none when nothing is known of any account. */
export function quotaLines({ accounts }: QuotaReply, look: QuotaLook): string[] {
  const blocks = accounts.filter(isShown).map((account) => ({ account, rows: rowsOf(account, look) }))
  const [header, ...cells] = grid(
    blocks.flatMap(({ rows }) => rows),
    { ...look, width: look.width - INDENT.length },
  ).map((line) => INDENT + line)
  const lines: string[] = header === undefined ? [] : [look.style.dim(header)]
  let at = 0
  for (const { account, rows } of blocks) {
    lines.push(heading(account, accounts, look), ...cells.slice(at, at + rows.length))
    lines.push(...troubleLines(account, look))
    at += rows.length
  }
  return [...lines, ...worthLines(accounts, look)]
}
