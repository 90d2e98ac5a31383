// What accounts had left, as a history of meters, and when each account may be asked again. `detail` is JSON that only its
// readers understand; a row whose detail is null says that the meter is no more.
import type Database from 'better-sqlite3'

export type StoredQuota = {
  readonly channel: string
  readonly account: string
  /** The meter's id. */
  readonly name: string
  readonly windowMs: number | null
  readonly usedPercent: number | null
  readonly used: number | null
  readonly allowed: number | null
  readonly resetsAt: number | null
  readonly plan: string | null
  readonly origin: string
  /** Ms since the epoch. */
  readonly takenAt: number
  readonly detail: string | null
}

export type StoredTurn = {
  readonly channel: string
  readonly account: string
  readonly lastAt: number
  readonly nextAt: number
  readonly failures: number
  readonly trouble: string | null
  readonly message: string | null
  readonly refused: string | null
}

/** What a row is read by. */
export const QUOTA_COLUMNS = `channel, account, window_name AS name, window_ms AS windowMs, used_percent AS usedPercent, used,
  allowed, resets_at AS resetsAt, plan, origin, taken_at AS takenAt, detail`

const HISTORY_MS = 90 * 24 * 60 * 60_000

/** Adds the rows and forgets what is older than the history of their channels. */
export function addQuota(database: Database.Database, rows: readonly StoredQuota[]): void {
  const insert = database.prepare<[StoredQuota]>(
    `INSERT INTO quota_snapshots (channel, account, window_name, window_ms, used_percent, used, allowed, resets_at, plan,
       origin, taken_at, detail)
     VALUES (@channel, @account, @name, @windowMs, @usedPercent, @used, @allowed, @resetsAt, @plan, @origin, @takenAt, @detail)`,
  )
  const forget = database.prepare<[Pick<StoredQuota, 'channel' | 'name'> & { before: number }]>(
    'DELETE FROM quota_snapshots WHERE channel = @channel AND window_name = @name AND taken_at < @before',
  )
  database.transaction(() => {
    for (const row of rows) {
      forget.run({ channel: row.channel, name: row.name, before: row.takenAt - HISTORY_MS })
      insert.run(row)
    }
  })()
}

/** The newest row of each meter of each account. */
export function listQuota(database: Database.Database): StoredQuota[] {
  return database
    .prepare<[], StoredQuota>(
      `SELECT ${QUOTA_COLUMNS} FROM quota_snapshots
       WHERE seq IN (SELECT MAX(seq) FROM quota_snapshots GROUP BY channel, account, window_name)
       ORDER BY seq DESC`,
    )
    .all()
}

export function putTurn(database: Database.Database, turn: StoredTurn): void {
  database
    .prepare<[StoredTurn]>(
      `INSERT OR REPLACE INTO quota_turns (channel, account, last_at, next_at, failures, trouble, message, refused)
       VALUES (@channel, @account, @lastAt, @nextAt, @failures, @trouble, @message, @refused)`,
    )
    .run(turn)
}

export function listTurns(database: Database.Database): StoredTurn[] {
  return database
    .prepare<[], StoredTurn>(
      `SELECT channel, account, last_at AS lastAt, next_at AS nextAt, failures, trouble, message, refused
       FROM quota_turns ORDER BY channel, account`,
    )
    .all()
}
