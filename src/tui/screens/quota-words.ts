// A meter in few columns: what is left, when it starts anew, how fast it goes. Pure; times in ms since the epoch.

import type { QuotaMeter } from '../../control/quota-schema.js'
import { age, span5 } from '../figures.js'
import type { Role } from '../line.js'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const two = (value: number) => String(value).padStart(2, '0')

/** `15:20`, `Mon 15:20`, `12-24 15:20`: local time, as much of the date as it needs. */
export function whenWords(at: number, now: number): string {
  const date = new Date(at)
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  const apart = Math.abs(at - now)
  if (apart < 20 * 3_600_000) return time
  if (apart < 6 * 86_400_000) return `${DAYS[date.getDay()] ?? ''} ${time}`
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`
}

function amount(value: number, unit: string | null): string {
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(2)
  return unit === null ? shown : `${shown} ${unit}`
}

export function leftWords(meter: QuotaMeter): string {
  if (meter.past) return 'reset'
  if (meter.leftPercent !== null && (meter.kind === 'window' || meter.left === null))
    return `${Math.floor(meter.leftPercent)}%`
  if (meter.left !== null) return amount(meter.left, meter.unit)
  return meter.state === 'available' ? 'some' : '?'
}

export function usedWords(meter: QuotaMeter): string {
  if (meter.past) return '?'
  if (meter.usedPercent !== null && meter.kind === 'window') return `${Math.ceil(meter.usedPercent)}%`
  return meter.used === null ? '' : amount(meter.used, meter.unit)
}

/** How long until it starts anew. */
export function resetWords({ resetsAt, past }: QuotaMeter, now: number): string {
  if (resetsAt === null) return ''
  const at = Date.parse(resetsAt)
  return past ? `${age(at, now)} ago` : span5(at - now)
}

export function paceWords({ pace }: QuotaMeter, now: number): { readonly text: string; readonly role: Role } {
  if (pace === null) return { text: '', role: 'dim' }
  if (pace.runsOutAt !== null)
    return { text: `out in ${span5(Date.parse(pace.runsOutAt) - now)}`, role: 'warn' }
  if (pace.verdict === 'on-pace') return { text: 'on pace', role: 'text' }
  const points = `${Math.abs(Math.round(pace.delta))}%`
  return pace.verdict === 'ahead'
    ? { text: `${points} ahead`, role: 'warn' }
    : { text: `${points} spare`, role: 'good' }
}

export function sourceWords({ observedAt, source, stale }: QuotaMeter, now: number): string {
  return `${age(Date.parse(observedAt), now)} ${source}${stale ? ', old' : ''}`
}

/** `header 2m ago`: who told it. */
export function toldWords({ observedAt, source, stale }: QuotaMeter, now: number): string {
  const since = age(Date.parse(observedAt), now)
  return `${source} ${since === 'now' ? since : `${since} ago`}${stale ? ', old' : ''}`
}

/** The unit stands with what is left already. */
export function windowName({ name, unit }: QuotaMeter): string {
  return unit !== null && name.endsWith(`/${unit}`) ? name.slice(0, -unit.length - 1) : name
}
