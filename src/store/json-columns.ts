// Columns that hold small JSON: a map of words (headers) or a list of words (a decision). Read with tolerance:
// a column that cannot be read shows as empty, so that one bad row does not hide a whole conversation.
import { CACHE_BREAK_CAUSES } from '../base/cache-break-cause.js'
import { isObject, parseJson, text } from '../base/json.js'
import type { Cost } from '../cost/price.js'
import type { RecordedGap } from './record.js'
import type { AppliedPrice, CacheBreak } from './views.js'

export function writeWords(words: Readonly<Record<string, string>>): string {
  return JSON.stringify(words)
}

export function readWords(column: string | null): Record<string, string> {
  const value = column === null ? undefined : parseJson(column)
  const words: Record<string, string> = {}
  if (!isObject(value)) return words
  for (const [name, word] of Object.entries(value)) if (typeof word === 'string') words[name] = word
  return words
}

export function writePrice(cost: Cost | undefined): string | null {
  if (cost === undefined) return null
  const { dollars: _dollars, ...price } = cost
  return JSON.stringify(price)
}

/** The rates that made a cost; null when there are none. */
export function readPrice(column: string | null): AppliedPrice | null {
  const value = column === null ? undefined : parseJson(column)
  if (!isObject(value)) return null
  const rates: Record<string, number> = {}
  const told = value['rates']
  if (isObject(told))
    for (const [name, rate] of Object.entries(told)) if (typeof rate === 'number') rates[name] = rate
  return { rates, source: text(value, 'source') ?? '', date: text(value, 'date') ?? '' }
}

export function readGaps(column: string | null): RecordedGap[] {
  const value = column === null ? undefined : parseJson(column)
  if (!Array.isArray(value)) return []
  return value.flatMap((gap) => {
    const { atMs, durationMs } = isObject(gap) ? gap : {}
    return typeof atMs === 'number' && typeof durationMs === 'number' ? [{ atMs, durationMs }] : []
  })
}

export function readCacheBreak(column: string | null): CacheBreak | null {
  const value = column === null ? undefined : parseJson(column)
  if (!isObject(value)) return null
  const { tokens, dollars } = value
  return {
    cause: CACHE_BREAK_CAUSES.find((cause) => cause === value['cause']) ?? 'unknown',
    detail: text(value, 'detail') ?? '',
    tokens: typeof tokens === 'number' ? tokens : 0,
    dollars: typeof dollars === 'number' ? dollars : null,
  }
}

export function readList(column: string | null): string[] {
  const value = column === null ? undefined : parseJson(column)
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []
}
