// Numbers and times as providers write them: strings for numbers, seconds or milliseconds, nine digits of a second. Pure.

import type { JsonObject } from '../base/json.js'

/** A number, or text that is one; undefined for all else. */
export function figure(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value))
    return undefined
  const read = Number(value)
  return Number.isFinite(read) ? read : undefined
}

export function figureIn(source: JsonObject, key: string): number | undefined {
  return figure(source[key])
}

/** Between 0 and 100; undefined stays undefined. */
export function percent(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.min(100, Math.max(0, value))
}

/** Above it a number of the epoch can only be milliseconds: as seconds it would be the year 33658. */
const LEAST_MILLISECONDS = 1e12

/**
 * A moment in ms since the epoch: seconds, milliseconds, or ISO 8601 with any count of digits behind the second.
 * Zero and less mean "none" everywhere.
 */
export function moment(value: unknown): number | undefined {
  const numeric = figure(value)
  if (numeric !== undefined) {
    if (numeric <= 0) return undefined
    return Math.round(numeric >= LEAST_MILLISECONDS ? numeric : numeric * 1000)
  }
  if (typeof value !== 'string') return undefined
  const read = Date.parse(value.trim().replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(read) ? undefined : read
}

/** `seconds` from now, when it is more than none. */
export function fromNow(seconds: number | undefined, now: number): number | undefined {
  return seconds === undefined || seconds <= 0 ? undefined : now + Math.round(seconds * 1000)
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A span as servers written in Go tell it: `12ms`, `1s`, `6m0s`, `1h2m3.5s`; a bare number is seconds. In ms. */
export function span(text: string): number | undefined {
  const bare = figure(text)
  if (bare !== undefined) return bare < 0 ? undefined : Math.round(bare * 1000)
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text.trim()) return undefined
  return Math.round(
    parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0),
  )
}
