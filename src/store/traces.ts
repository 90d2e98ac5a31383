// Traces: one row per conversation, with running totals so that a list needs no sum over its requests.
import type Database from 'better-sqlite3'
import type { Cost } from '../cost/price.js'
import type { AgentName, RecordedUsage, RequestFinished, RequestStarted } from './record.js'
import type { TraceSummary } from './views.js'

const TITLE_LENGTH = 80

export type TraceTable = {
  /** Makes the row or brings it up to date; gives its number. */
  open(started: RequestStarted): number
  /** Adds an ended request to the totals. */
  add(trace: number, finished: RequestFinished, cost: Cost | undefined): void
}

export function traceTable(database: Database.Database): TraceTable {
  const upsert = database
    .prepare<[TraceRow], number>(
      `INSERT INTO traces (id, source, thread, agent, agent_version, directory, title, started_at, last_at, requests)
       VALUES (@id, @source, @thread, @agent, @agentVersion, @directory, @title, @at, @at, 1)
       ON CONFLICT (id) DO UPDATE SET
         thread = coalesce(thread, excluded.thread),
         agent_version = coalesce(excluded.agent_version, agent_version),
         directory = coalesce(directory, excluded.directory),
         title = coalesce(title, excluded.title),
         last_at = max(last_at, excluded.last_at),
         requests = requests + 1
       RETURNING seq`,
    )
    .pluck()
  const total = database.prepare<[TotalRow]>(
    `UPDATE traces SET
       last_at = max(last_at, @at), failed = failed + @failed,
       input_fresh = input_fresh + @inputFresh, cache_read = cache_read + @cacheRead,
       cache_write_5m = cache_write_5m + @cacheWrite5m, cache_write_1h = cache_write_1h + @cacheWrite1h,
       output = output + @output, reasoning = reasoning + @reasoning,
       cost = cost + @cost, unpriced = unpriced + @unpriced
     WHERE seq = @trace`,
  )
  return {
    open: (started) => Number(upsert.get(traceRow(started))),
    add(trace, { finishedAt, outcome, usage }, cost) {
      const failed = outcome === 'failed' ? 1 : 0
      const unpriced = usage !== undefined && cost === undefined ? 1 : 0
      total.run({ trace, at: finishedAt, failed, cost: cost?.dollars ?? 0, unpriced, ...(usage ?? NOTHING) })
    },
  }
}

type TraceRow = {
  id: string
  source: string
  thread: string | null
  agent: string
  agentVersion: string | null
  directory: string | null
  title: string | null
  at: number
}
type TotalRow = RecordedUsage & { trace: number; at: number; failed: number; cost: number; unpriced: number }

const NOTHING: RecordedUsage = {
  inputFresh: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
}

function traceRow(started: RequestStarted): TraceRow {
  return {
    id: started.traceId,
    source: started.traceSource,
    thread: started.threadId ?? null,
    agent: started.agent,
    agentVersion: started.agentVersion ?? null,
    directory: started.directory ?? null,
    title: titleOf(started),
    at: started.startedAt,
  }
}

/** What the user said first; the words of side requests and subagents are the agent's own. */
function titleOf({ prompt, purpose, subagent }: RequestStarted): string | null {
  if (prompt === undefined || purpose !== 'turn' || subagent !== undefined) return null
  const words = prompt.replace(/\s+/g, ' ').trim()
  if (words === '') return null
  if (words.length <= TITLE_LENGTH) return words
  const head = words.slice(0, TITLE_LENGTH)
  const space = head.lastIndexOf(' ')
  return `${space > TITLE_LENGTH / 2 ? head.slice(0, space) : head.replace(/[\ud800-\udbff]$/, '')}…`
}

export type SummaryRow = RecordedUsage & {
  seq: number
  id: string
  threadId: string | null
  source: string
  agent: AgentName
  agentVersion: string | null
  directory: string | null
  title: string | null
  startedAt: number
  lastAt: number
  turns: number
  requests: number
  failed: number
  canceled: number
  running: number
  cost: number
  unpriced: number
}

export const SUMMARY = `
  SELECT seq, id, thread AS threadId, source, agent, agent_version AS agentVersion, directory, title,
    started_at AS startedAt, last_at AS lastAt, requests,
    failed + (SELECT count(*) FROM requests WHERE requests.trace = traces.seq AND outcome = 'interrupted') AS failed,
    (SELECT count(*) FROM requests WHERE requests.trace = traces.seq AND outcome = 'canceled') AS canceled,
    (SELECT count(*) FROM turns WHERE turns.trace = traces.seq) AS turns,
    (SELECT count(*) FROM requests WHERE requests.trace = traces.seq AND outcome IS NULL) AS running,
    input_fresh AS inputFresh, cache_read AS cacheRead, cache_write_5m AS cacheWrite5m,
    cache_write_1h AS cacheWrite1h, output, reasoning, cost, unpriced
  FROM traces`

/** The row of one conversation, by its number. */
export function readTrace(database: Database.Database, seq: number): TraceSummary | undefined {
  const row = database.prepare<[number], SummaryRow>(`${SUMMARY} WHERE seq = ?`).get(seq)
  return row === undefined ? undefined : summary(database, row)
}

/** The row with the models that answered. */
export function summary(database: Database.Database, row: SummaryRow): TraceSummary {
  const { seq, inputFresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, ...rest } = row
  const models = database
    .prepare<[number], string>(
      'SELECT DISTINCT model_used FROM requests WHERE trace = ? AND model_used IS NOT NULL ORDER BY model_used',
    )
    .pluck()
    .all(seq)
  const usage = { inputFresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning }
  return { ...rest, models, usage }
}
