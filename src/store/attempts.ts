// Attempts: one row per upstream that was tried for a request, with the reason of its end.
import type Database from 'better-sqlite3'
import { readWords, writeWords } from './json-columns.js'
import type { AttemptFinished } from './record.js'
import type { AttemptView } from './views.js'

export type AttemptTable = {
  /** Gives false when the attempt is there already. */
  add(request: number, attempt: AttemptFinished): boolean
}

export function attemptTable(database: Database.Database): AttemptTable {
  const insert = database.prepare<(string | number | null)[]>(
    `INSERT OR IGNORE INTO attempts
       (request, number, channel, key, protocol, mode, url, model_used, started_at, duration_ms, first_byte_ms,
        outcome, status, error_code, error_text, upstream_request_id, headers)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return {
    add(request, attempt) {
      const { changes } = insert.run(
        request,
        attempt.number,
        attempt.channel,
        attempt.key ?? null,
        attempt.protocol,
        attempt.mode,
        attempt.url,
        attempt.modelUsed,
        attempt.startedAt,
        attempt.durationMs,
        attempt.firstByteMs ?? null,
        attempt.outcome,
        attempt.status ?? null,
        attempt.errorCode ?? null,
        attempt.errorText ?? null,
        attempt.upstreamRequestId ?? null,
        writeWords(attempt.headers),
      )
      return changes === 1
    },
  }
}

type AttemptRow = Omit<AttemptView, 'headers'> & { request: number; headers: string }

/** The attempts of the requests that the column `by` selects, by request number. */
export function readAttempts(
  database: Database.Database,
  by: 'trace' | 'seq',
  value: number,
): Map<number, AttemptView[]> {
  const rows = database
    .prepare<[number], AttemptRow>(
      `SELECT request, number, channel, key, protocol, mode, url, model_used AS modelUsed, started_at AS startedAt,
         duration_ms AS durationMs, first_byte_ms AS firstByteMs, outcome, status, error_code AS errorCode,
         error_text AS errorText, upstream_request_id AS upstreamRequestId, headers
       FROM attempts WHERE request IN (SELECT seq FROM requests WHERE ${by} = ?) ORDER BY request, number`,
    )
    .all(value)
  const found = new Map<number, AttemptView[]>()
  for (const { request, headers, ...rest } of rows) {
    const attempts = found.get(request) ?? []
    attempts.push({ ...rest, headers: readWords(headers) })
    found.set(request, attempts)
  }
  return found
}
