// Windows are known by how long they are, never by the slot in which a provider sends them: the same slot has held five
// hours, a week and a month. Pure.

import type { Meter } from './meter.js'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** Providers tell 299 or 10079 minutes as well: a window within a hundredth of whole hours or days is meant to be that. */
function nearly(seconds: number, unit: number): number | undefined {
  const count = Math.round(seconds / unit)
  return count > 0 && Math.abs(seconds - count * unit) <= seconds / 100 ? count : undefined
}

/** `5h`, `1d`, `7d`, `30d`, `90m`, `45s`: whole days first. */
export function windowLabel(seconds: number): string {
  const days = nearly(seconds, DAY)
  if (days !== undefined) return `${days}d`
  const hours = nearly(seconds, HOUR)
  if (hours !== undefined) return `${hours}h`
  const minutes = nearly(seconds, MINUTE)
  return minutes === undefined ? `${Math.round(seconds)}s` : `${minutes}m`
}

const SHORT: Readonly<Record<string, number>> = { s: 1, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY }

/** `5h`, `7d`, `1w`, `90m` as seconds; undefined when it is none. */
export function windowSeconds(label: string): number | undefined {
  const match = /^(\d+)\s*([smhdw])$/.exec(label.trim().toLowerCase())
  const seconds = Number(match?.[1]) * (SHORT[match?.[2] ?? ''] ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
}

/** The name of a meter: its scope, then its length, or `slot` where the length was not told. */
export function windowId(scope: string | undefined, seconds: number | undefined, slot: string): string {
  const own = seconds === undefined ? slot : windowLabel(seconds)
  return scope === undefined ? own : `${scope}/${own}`
}

/** One meter for each id: of two that claim the same, the one that is used up further. */
export function distinct(meters: readonly Meter[]): Meter[] {
  const kept = new Map<string, Meter>()
  for (const meter of meters) {
    const before = kept.get(meter.id)
    if (before === undefined || (meter.usedPercent ?? -1) > (before.usedPercent ?? -1))
      kept.set(meter.id, meter)
  }
  return [...kept.values()]
}
