// What a meter said over time, thinned out so that a drawing of it costs the same for an hour and for a month.
import type Database from 'better-sqlite3'
import { QUOTA_COLUMNS, type StoredQuota } from './quota.js'

export type QuotaHistoryQuestion = {
  readonly channel?: string | undefined
  readonly account?: string | undefined
  /** The meter's id. */
  readonly window?: string | undefined
  /** Ms since the epoch, both. */
  readonly since: number
  readonly until: number
}

/** So many steps in time at most, for each meter. */
const STEPS = 288
const LEAST_STEP_MS = 60_000

/** The last word of each step in time, oldest first; before them the word that held when `since` began. */
export function quotaHistory(
  database: Database.Database,
  { channel, account, window, since, until }: QuotaHistoryQuestion,
): StoredQuota[] {
  const step = Math.max(LEAST_STEP_MS, Math.ceil((until - since) / STEPS))
  const filters = { channel: channel ?? null, account: account ?? null, window: window ?? null }
  return database
    .prepare<[typeof filters & { since: number; until: number; step: number }], StoredQuota>(
      `WITH fitting AS (
         SELECT seq, channel, account, window_name, taken_at FROM quota_snapshots
         WHERE (@channel IS NULL OR channel = @channel) AND (@account IS NULL OR account = @account)
           AND (@window IS NULL OR window_name = @window) AND taken_at <= @until
       )
       SELECT ${QUOTA_COLUMNS} FROM quota_snapshots WHERE seq IN (
         SELECT MAX(seq) FROM fitting WHERE taken_at >= @since
           GROUP BY channel, account, window_name, CAST((taken_at - @since) / @step AS INTEGER)
         UNION SELECT MAX(seq) FROM fitting WHERE taken_at < @since GROUP BY channel, account, window_name
       ) ORDER BY channel, account, window_name, taken_at, seq`,
    )
    .all({ ...filters, since, until, step })
}
