// Requests, the writing side: a row appears when a request is identified and is completed when its answer is over.
// Law: every statement may be repeated; a batch that is sent again after a crash changes nothing.
import type Database from 'better-sqlite3'
import type { Cost } from '../cost/price.js'
import { writeWords } from './json-columns.js'
import type { RequestFinished, RequestStarted } from './record.js'

type Values = Record<string, string | number | null>

type RequestPlace = { readonly seq: number; readonly trace: number }

export type RequestTable = {
  find(id: string): RequestPlace | undefined
  start(place: { trace: number; turn: number }, started: RequestStarted): number
  /** Gives false when the request had already ended. */
  finish(seq: number, finished: RequestFinished, cost: Cost | undefined): boolean
  /** Counts bodies that the recorder could not keep. */
  dropBodies(seq: number, count: number): void
  /** Forgets which rows are there: they may be gone. */
  forget(): void
}

/** So many requests whose answer is not over are found without a question. */
const MOST_OPEN = 1_000

export function requestTable(database: Database.Database): RequestTable {
  const find = database.prepare<[string], RequestPlace>('SELECT seq, trace FROM requests WHERE id = ?')
  const insert = database
    .prepare<[Values], number>(
      `INSERT INTO requests (id, trace, turn, subagent, parent_subagent, agent, agent_version, purpose, key_name,
         profile, method, path, protocol, model_asked, stream, prompt, headers, started_at)
       VALUES (@id, @trace, @turn, @subagent, @parentSubagent, @agent, @agentVersion, @purpose, @keyName,
         @profile, @method, @path, @protocol, @modelAsked, @stream, @prompt, @headers, @startedAt)
       RETURNING seq`,
    )
    .pluck()
  const finish = database.prepare<[Values]>(
    `UPDATE requests SET finished_at = @finishedAt, outcome = @outcome, status = @status, error_code = @errorCode,
       error_text = @errorText, channel = @channel, model_used = @modelUsed, mode = @mode,
       first_byte_ms = @firstByteMs, first_token_ms = @firstTokenMs, duration_ms = @durationMs,
       input_fresh = @inputFresh, cache_read = @cacheRead, cache_write_5m = @cacheWrite5m,
       cache_write_1h = @cacheWrite1h, output = @output, reasoning = @reasoning,
       stop_reason = @stopReason, decision = @decision, cost = @cost, price = @price, gaps = @gaps,
       profile = coalesce(@profile, profile)
     WHERE seq = @seq AND outcome IS NULL`,
  )
  const drop = database.prepare<[number, number]>(
    'UPDATE requests SET bodies_dropped = bodies_dropped + ? WHERE seq = ?',
  )
  const open = new Map<string, RequestPlace>()
  return {
    find: (id) => open.get(id) ?? find.get(id),
    start(place, started) {
      const seq = Number(insert.get({ ...place, ...startValues(started) }))
      if (open.size < MOST_OPEN) open.set(started.requestId, { seq, trace: place.trace })
      return seq
    },
    finish(seq, finished, cost) {
      open.delete(finished.requestId)
      return finish.run({ seq, ...finishValues(finished), ...costValues(cost) }).changes === 1
    },
    forget: () => open.clear(),
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

function startValues(started: RequestStarted): Values {
  return {
    id: started.requestId,
    subagent: started.subagent ?? null,
    parentSubagent: started.parentSubagent ?? null,
    agent: started.agent,
    agentVersion: started.agentVersion ?? null,
    purpose: started.purpose,
    keyName: started.keyName,
    profile: started.profile ?? null,
    method: started.method,
    path: started.path,
    protocol: started.protocol,
    modelAsked: started.modelAsked,
    stream: started.stream ? 1 : 0,
    prompt: started.prompt?.slice(0, 200) ?? null,
    headers: writeWords(started.headers),
    startedAt: started.startedAt,
  }
}

function costValues(cost: Cost | undefined): Values {
  if (cost === undefined) return { cost: null, price: null }
  const { dollars, ...price } = cost
  return { cost: dollars, price: JSON.stringify(price) }
}

function finishValues(finished: RequestFinished): Values {
  const { usage } = finished
  return {
    finishedAt: finished.finishedAt,
    outcome: finished.outcome,
    status: finished.status,
    errorCode: finished.errorCode ?? null,
    errorText: finished.errorText ?? null,
    profile: finished.profile ?? null,
    channel: finished.channel ?? null,
    modelUsed: finished.modelUsed ?? null,
    mode: finished.mode ?? null,
    firstByteMs: finished.firstByteMs ?? null,
    firstTokenMs: finished.firstTokenMs ?? null,
    durationMs: finished.durationMs,
    inputFresh: usage?.inputFresh ?? null,
    cacheRead: usage?.cacheRead ?? null,
    cacheWrite5m: usage?.cacheWrite5m ?? null,
    cacheWrite1h: usage?.cacheWrite1h ?? null,
    output: usage?.output ?? null,
    reasoning: usage?.reasoning ?? null,
    stopReason: finished.stopReason ?? null,
    decision: JSON.stringify(finished.decision),
    gaps: finished.gaps === undefined ? null : JSON.stringify(finished.gaps),
  }
}
