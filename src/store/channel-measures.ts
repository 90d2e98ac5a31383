// How channels did lately: attempts, failures, and how long their first token took. Bounded: the newest attempts only.
import type Database from 'better-sqlite3'

export type MeasureQuestion = {
  /** Attempts of requests begun at this time or later, ms since the epoch. */
  readonly since: number
  /** Within it, what counts as the last while. */
  readonly recently: number
}

/** Canceled attempts count as requests, and neither as good nor as failed. Times in ms; null: nothing to measure. */
export type Measures = {
  readonly requests: number
  readonly failed: number
  /** Failed of those that came to an end of their own, 0 to 1. */
  readonly errorRate: number | null
  readonly firstTokenP50Ms: number | null
  readonly firstTokenP95Ms: number | null
}

export type ChannelMeasures = {
  readonly channel: string
  readonly recent: Measures
  readonly all: Measures
}

/** So many attempts are looked at, at most. */
const MOST = 20_000

type Row = {
  readonly channel: string
  readonly startedAt: number
  readonly outcome: string
  /** From the start of the attempt; null when it brought none or was not the one that answered. */
  readonly firstTokenMs: number | null
}

function rowsSince(database: Database.Database, since: number): Row[] {
  return database
    .prepare<[number, number], Row>(
      `SELECT a.channel, a.started_at AS startedAt, a.outcome,
         CASE WHEN a.outcome = 'completed' AND a.channel = r.channel
           THEN max(0, r.first_token_ms - (a.started_at - r.started_at)) END AS firstTokenMs
       FROM requests r JOIN attempts a ON a.request = r.seq
       WHERE r.started_at >= ? ORDER BY r.started_at DESC LIMIT ?`,
    )
    .all(since, MOST)
}

/** The value that `share` of all are not above (nearest rank); `sorted` from small to large. */
function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}

function measuresOf(rows: readonly Pick<Row, 'outcome' | 'firstTokenMs'>[]): Measures {
  const failed = rows.filter(({ outcome }) => outcome === 'failed').length
  const ended = rows.filter(({ outcome }) => outcome !== 'canceled').length
  const times = rows
    .flatMap(({ firstTokenMs }) => (firstTokenMs === null ? [] : [firstTokenMs]))
    .toSorted((a, b) => a - b)
  return {
    requests: rows.length,
    failed,
    errorRate: ended === 0 ? null : failed / ended,
    firstTokenP50Ms: percentile(times, 0.5),
    firstTokenP95Ms: percentile(times, 0.95),
  }
}

/** One entry for each channel that was asked since then. */
export function channelMeasures(
  database: Database.Database,
  { since, recently }: MeasureQuestion,
): ChannelMeasures[] {
  const byChannel = new Map<string, Row[]>()
  for (const row of rowsSince(database, since)) {
    const own = byChannel.get(row.channel)
    if (own === undefined) byChannel.set(row.channel, [row])
    else own.push(row)
  }
  return [...byChannel].map(([channel, rows]) => ({
    channel,
    recent: measuresOf(rows.filter(({ startedAt }) => startedAt >= recently)),
    all: measuresOf(rows),
  }))
}
