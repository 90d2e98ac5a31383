// Requests, the writing side: a row appears when a request is identified and is completed when its answer is over.
// Law: every statement may be repeated; a batch that is sent again after a crash changes nothing.
import type Database from 'better-sqlite3'
import type { Cost } from '../cost/price.js'
import { writePrice, writeWords } from './json-columns.js'
import type { RequestFinished, RequestStarted } from './record.js'

type Value = string | number | null

export type RequestPlace = { readonly seq: number; readonly trace: number }

/** The end of a request, with what it cost. */
export type Ended = { readonly finished: RequestFinished; readonly cost: Cost | undefined }

export type RequestTable = {
  find(id: string): RequestPlace | undefined
  /** `ended`: where the end is known already, the row is written once and whole; `finish` follows all the same. */
  start(place: { trace: number; turn: number }, started: RequestStarted, ended?: Ended): number
  /** Gives false when the request had already ended. */
  finish(seq: number, ended: Ended): boolean
  /** Counts bodies that the recorder could not keep. */
  dropBodies(seq: number, count: number): void
  /** Forgets which rows are there: they may be gone. */
  forget(): void
}

/** So many requests whose answer is not over are found without a question. */
const MOST_OPEN = 1_000

const START_COLUMNS = [
  'id',
  'trace',
  'turn',
  'subagent',
  'parent_subagent',
  'agent',
  'agent_version',
  'purpose',
  'key_name',
  'method',
  'path',
  'protocol',
  'model_asked',
  'stream',
  'prompt',
  'headers',
  'started_at',
]
const FINISH_COLUMNS = [
  'finished_at',
  'outcome',
  'status',
  'error_code',
  'error_text',
  'channel',
  'model_used',
  'mode',
  'first_byte_ms',
  'first_token_ms',
  'duration_ms',
  'input_fresh',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'reasoning',
  'stop_reason',
  'decision',
  'gaps',
  'cost',
  'price',
]

export function requestTable(database: Database.Database): RequestTable {
  const find = database.prepare<[string], RequestPlace>('SELECT seq, trace FROM requests WHERE id = ?')
  // Values by position: names would be looked up one by one, and that takes as long as the row.
  const insertion = (columns: readonly string[]) =>
    database.prepare<Value[]>(
      `INSERT INTO requests (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
  const insert = insertion([...START_COLUMNS, 'profile'])
  const insertWhole = insertion([...START_COLUMNS, ...FINISH_COLUMNS, 'profile'])
  const finish = database.prepare<Value[]>(
    `UPDATE requests SET ${FINISH_COLUMNS.map((column) => `${column} = ?`).join(', ')}, profile = coalesce(?, profile)
     WHERE seq = ? AND outcome IS NULL`,
  )
  const drop = database.prepare<[number, number]>(
    'UPDATE requests SET bodies_dropped = bodies_dropped + ? WHERE seq = ?',
  )
  const open = new Map<string, RequestPlace>()
  /** The one that was written with its end, and waits for the rest of it. */
  let whole: (RequestPlace & { readonly id: string }) | undefined
  return {
    find: (id) => (whole?.id === id ? whole : (open.get(id) ?? find.get(id))),
    start({ trace, turn }, started, ended) {
      const id = started.requestId
      const values = startValues(trace, turn, started)
      const profile = started.profile ?? null
      if (ended === undefined) {
        const seq = Number(insert.run(...values, profile).lastInsertRowid)
        if (open.size < MOST_OPEN) open.set(id, { seq, trace })
        return seq
      }
      const rest = finishValues(ended)
      const row = insertWhole.run(...values, ...rest, ended.finished.profile ?? profile)
      whole = { seq: Number(row.lastInsertRowid), trace, id }
      return whole.seq
    },
    finish(seq, ended) {
      if (whole?.seq === seq) {
        whole = undefined
        return true
      }
      open.delete(ended.finished.requestId)
      return finish.run(...finishValues(ended), ended.finished.profile ?? null, seq).changes === 1
    },
    forget() {
      open.clear()
      whole = undefined
    },
    dropBodies: (seq, count) => void drop.run(count, seq),
  }
}

/** Closes what an earlier life of the hub left open; only the first worker of a daemon may call it. */
export function closeInterrupted(database: Database.Database): void {
  database
    .prepare(
      `UPDATE requests SET outcome = 'interrupted', error_text = 'The hub ended before the answer was over.'
       WHERE outcome IS NULL`,
    )
    .run()
}

/** In the order of START_COLUMNS. */
function startValues(trace: number, turn: number, started: RequestStarted): Value[] {
  return [
    started.requestId,
    trace,
    turn,
    started.subagent ?? null,
    started.parentSubagent ?? null,
    started.agent,
    started.agentVersion ?? null,
    started.purpose,
    started.keyName,
    started.method,
    started.path,
    started.protocol,
    started.modelAsked,
    started.stream ? 1 : 0,
    started.prompt?.slice(0, 200) ?? null,
    writeWords(started.headers),
    started.startedAt,
  ]
}

/** In the order of FINISH_COLUMNS. */
function finishValues({ finished, cost }: Ended): Value[] {
  const { usage } = finished
  return [
    finished.finishedAt,
    finished.outcome,
    finished.status,
    finished.errorCode ?? null,
    finished.errorText ?? null,
    finished.channel ?? null,
    finished.modelUsed ?? null,
    finished.mode ?? null,
    finished.firstByteMs ?? null,
    finished.firstTokenMs ?? null,
    finished.durationMs,
    usage?.inputFresh ?? null,
    usage?.cacheRead ?? null,
    usage?.cacheWrite5m ?? null,
    usage?.cacheWrite1h ?? null,
    usage?.output ?? null,
    usage?.reasoning ?? null,
    finished.stopReason ?? null,
    JSON.stringify(finished.decision),
    finished.gaps === undefined ? null : JSON.stringify(finished.gaps),
    cost?.dollars ?? null,
    writePrice(cost),
  ]
}
