// Tokens and cost of requests, added up by day, model, channel or conversation.
import type Database from 'better-sqlite3'
import type { RecordedUsage } from './record.js'
import type { UsageGroup, UsageQuestion, UsageRow } from './views.js'

const GROUPS: Readonly<
  Record<UsageGroup, { readonly key: string; readonly title: string; readonly order: string }>
> = {
  // Local days begin at a quarter of an hour everywhere, and to ask for the day of each request would take most of the time.
  day: { key: 'r.started_at / 900000', title: 'NULL', order: 'key DESC' },
  model: { key: "coalesce(r.model_used, '–')", title: 'NULL', order: 'cost DESC, output DESC' },
  channel: { key: "coalesce(r.channel, '–')", title: 'NULL', order: 'cost DESC, output DESC' },
  trace: { key: 'traces.id', title: 'max(traces.title)', order: 'max(r.started_at) DESC' },
}

const SUMS = `requests failed inputFresh cacheRead cacheWrite5m cacheWrite1h output reasoning cost unpriced`
  .split(' ')
  .map((name) => `sum(${name}) AS ${name}`)
  .join(', ')

const byDay = (quarters: string) =>
  `SELECT strftime('%Y-%m-%d', key * 900, 'unixepoch', 'localtime') AS key, NULL AS title, ${SUMS}
   FROM (${quarters}) GROUP BY 1 ORDER BY 1 DESC`

type Row = Omit<UsageRow, 'usage'> & RecordedUsage

/** The newest day or conversation first; models and channels by what they cost. */
export function usage(database: Database.Database, { by, since }: UsageQuestion): UsageRow[] {
  const { key, title, order } = GROUPS[by]
  const traces = by === 'trace' ? 'JOIN traces ON traces.seq = r.trace' : ''
  const sums = `SELECT ${key} AS key, ${title} AS title, count(*) AS requests, sum(r.outcome = 'failed') AS failed,
         sum(coalesce(r.input_fresh, 0)) AS inputFresh, sum(coalesce(r.cache_read, 0)) AS cacheRead,
         sum(coalesce(r.cache_write_5m, 0)) AS cacheWrite5m, sum(coalesce(r.cache_write_1h, 0)) AS cacheWrite1h,
         sum(coalesce(r.output, 0)) AS output, sum(coalesce(r.reasoning, 0)) AS reasoning,
         sum(coalesce(r.cost, 0)) AS cost, sum(r.output IS NOT NULL AND r.cost IS NULL) AS unpriced
       FROM requests r ${traces}
       WHERE r.started_at >= ? AND r.outcome IS NOT NULL GROUP BY 1 ORDER BY ${order}`
  return database
    .prepare<[number], Row>(by === 'day' ? byDay(sums) : sums)
    .all(since ?? 0)
    .map(({ inputFresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, ...rest }) => ({
      ...rest,
      usage: { inputFresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning },
    }))
}
