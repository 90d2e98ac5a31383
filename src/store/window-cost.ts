// What the requests of some channels cost within spans of time: by the price they were recorded with, else by the list price of
// the plan's maker.
import type Database from 'better-sqlite3'
import { listPriceOf } from '../cost/list-price.js'
import type { Tokens } from '../cost/price.js'

/** Ms since the epoch. */
type Span = { readonly from: number; readonly until: number }

export type WindowCostQuestion = {
  readonly channels: readonly string[]
  /** Their preset. */
  readonly provider: string | undefined
  readonly spans: readonly Span[]
}

export type WindowCost = {
  /** US dollars of the requests whose price is known. */
  readonly dollars: number
  readonly priced: number
  readonly unpriced: number
}

type Row = Tokens & { readonly model: string | null; readonly at: number; readonly cost: number | null }

/** One answer for each span, in their order. */
export function windowCost(
  database: Database.Database,
  { channels, provider, spans }: WindowCostQuestion,
): WindowCost[] {
  const from = Math.min(...spans.map((span) => span.from))
  if (spans.length === 0) return []
  const rows = database
    .prepare<[{ from: number; channels: string }], Row>(
      `SELECT model_used AS model, started_at AS at, cost, coalesce(input_fresh, 0) AS inputFresh,
         coalesce(cache_read, 0) AS cacheRead, coalesce(cache_write_5m, 0) AS cacheWrite5m,
         coalesce(cache_write_1h, 0) AS cacheWrite1h, output
       FROM requests WHERE started_at >= @from AND output IS NOT NULL
         AND channel IN (SELECT value FROM json_each(@channels))`,
    )
    .all({ from, channels: JSON.stringify(channels) })
  const listPrice = listPriceOf(provider)
  const costs = rows.map((row) => ({
    at: row.at,
    dollars: row.cost ?? (row.model === null ? undefined : listPrice(row, row.model, row.at)),
  }))
  return spans.map((span) => {
    const within = costs.filter(({ at }) => at >= span.from && at < span.until)
    const known = within.flatMap(({ dollars }) => dollars ?? [])
    return {
      dollars: known.reduce((sum, dollars) => sum + dollars, 0),
      priced: known.length,
      unpriced: within.length - known.length,
    }
  })
}
