// Requests, the reading side: rows with their attempts, notes and bodies put together, in three queries for all.

import type Database from 'better-sqlite3'
import { knownAgent } from '../base/agent-name.js'
import { readAttempts } from './attempts.js'
import { readCacheBreak, readGaps, readList, readPrice, readWords } from './json-columns.js'
import { readNotes } from './notes.js'
import type { RecordedUsage, RequestPurpose } from './record.js'
import type { BodySize, Outcome, RequestView } from './views.js'

type Nullable<T> = { [K in keyof T]: T[K] | null }

type Row = Nullable<RecordedUsage> &
  Omit<
    RequestView,
    | 'agent'
    | 'stream'
    | 'headers'
    | 'decision'
    | 'outcome'
    | 'usage'
    | 'price'
    | 'cacheBreak'
    | 'gaps'
    | 'notes'
    | 'attempts'
    | 'bodies'
  > & {
    seq: number
    stream: number
    headers: string
    decision: string | null
    price: string | null
    cacheBreak: string | null
    gaps: string | null
    outcome: Exclude<Outcome, 'running'> | null
    agent: string
    purpose: RequestPurpose
  }

/** The column that selects: all requests of a trace, or one request. */
export type RequestSelector = 'trace' | 'seq'

/** The requests that the selector picks, in the order in which they began. */
export function readRequests(database: Database.Database, by: RequestSelector, value: number): RequestView[] {
  const rows = database
    .prepare<[number], Row>(
      `SELECT r.seq, r.id, traces.id AS traceId, turns.number AS turn, r.subagent, r.parent_subagent AS parentSubagent,
         r.agent, r.agent_version AS agentVersion, r.purpose, r.key_name AS keyName, r.profile, r.method, r.path,
         r.protocol, r.model_asked AS modelAsked, r.stream, r.prompt, r.headers, r.started_at AS startedAt,
         r.finished_at AS finishedAt, r.outcome, r.status, r.error_code AS errorCode, r.error_text AS errorText,
         r.channel, r.model_used AS modelUsed, r.mode, r.first_byte_ms AS firstByteMs,
         r.first_token_ms AS firstTokenMs, r.duration_ms AS durationMs, r.input_fresh AS inputFresh,
         r.cache_read AS cacheRead, r.cache_write_5m AS cacheWrite5m, r.cache_write_1h AS cacheWrite1h,
         r.output, r.reasoning, r.stop_reason AS stopReason, r.decision, r.bodies_dropped AS bodiesDropped,
         r.cost, r.price, r.cache_break AS cacheBreak, r.gaps
       FROM requests r JOIN traces ON traces.seq = r.trace JOIN turns ON turns.seq = r.turn
       WHERE r.${by} = ? ORDER BY r.started_at, r.seq`,
    )
    .all(value)
  const attempts = readAttempts(database, by, value)
  const notes = readNotes(database, by, value)
  const bodies = readSizes(database, by, value)
  return rows.map((row) => ({
    ...plain(row),
    attempts: attempts.get(row.seq) ?? [],
    notes: notes.get(row.seq) ?? [],
    bodies: bodies.get(row.seq) ?? [],
  }))
}

function plain(row: Row): Omit<RequestView, 'attempts' | 'notes' | 'bodies'> {
  const { seq: _seq, inputFresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, ...rest } = row
  const usage =
    inputFresh === null
      ? null
      : {
          inputFresh,
          cacheRead: cacheRead ?? 0,
          cacheWrite5m: cacheWrite5m ?? 0,
          cacheWrite1h: cacheWrite1h ?? 0,
          output: output ?? 0,
          reasoning: reasoning ?? 0,
        }
  return {
    ...rest,
    agent: knownAgent(row.agent),
    stream: row.stream === 1,
    headers: readWords(row.headers),
    decision: readList(row.decision),
    price: readPrice(row.price),
    cacheBreak: readCacheBreak(row.cacheBreak),
    gaps: readGaps(row.gaps),
    outcome: row.outcome ?? 'running',
    usage,
  }
}

function readSizes(database: Database.Database, by: RequestSelector, value: number): Map<number, BodySize[]> {
  const rows = database
    .prepare<[number], BodySize & { request: number }>(
      `SELECT request, which, attempt, size AS bytes, removed FROM bodies
       WHERE request IN (SELECT seq FROM requests WHERE ${by} = ?) ORDER BY request, attempt, seq`,
    )
    .all(value)
  const found = new Map<number, BodySize[]>()
  for (const { request, ...size } of rows) {
    const sizes = found.get(request) ?? []
    sizes.push(size)
    found.set(request, sizes)
  }
  return found
}
