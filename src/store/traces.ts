// Traces: one row per conversation, with running totals so that a list needs no sum over its requests.

import type Database from 'better-sqlite3'
import { knownAgent } from '../base/agent-name.js'
import type { Cost } from '../cost/price.js'
import type { RecordedUsage, RequestFinished, RequestStarted } from './record.js'
import type { TraceSummary } from './views.js'

const TITLE_LENGTH = 80

export type TraceTable = {
  /** The number of the conversation's row, made when it is a new one. What the request adds to it is gathered. */
  open(started: RequestStarted): number
  /** Gathers what an ended request adds to the totals. */
  add(trace: number, finished: RequestFinished, cost: Cost | undefined): void
  /** Writes what was gathered: once for each conversation, however many of its requests a transaction has. */
  settle(): void
  /** Forgets which rows are there, and what was gathered. */
  forget(): void
}

/** Conversations whose row is at hand. */
const MOST_KNOWN = 500

/** What a row says of the conversation; what is known first stays, but for the agent's version. */
type About = {
  thread: string | null
  agentVersion: string | null
  directory: string | null
  title: string | null
}

type Known = About & {
  readonly seq: number
  /** What is not written yet. */
  gained: Gained | undefined
}

/** What the requests of a transaction add to a row. */
class Gained {
  requests = 0
  failed = 0
  inputFresh = 0
  cacheRead = 0
  cacheWrite5m = 0
  cacheWrite1h = 0
  output = 0
  reasoning = 0
  cost = 0
  unpriced = 0

  constructor(public at: number) {}
}

export function traceTable(database: Database.Database): TraceTable {
  const find = database.prepare<[string], About & { seq: number }>(
    'SELECT seq, thread, agent_version AS agentVersion, directory, title FROM traces WHERE id = ?',
  )
  const insert = database.prepare<(string | number | null)[]>(
    `INSERT INTO traces (id, source, thread, agent, agent_version, directory, title, started_at, last_at, requests)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  )
  const update = database.prepare<(string | number | null)[]>(
    `UPDATE traces SET
       thread = coalesce(?, thread), agent_version = coalesce(?, agent_version), directory = coalesce(?, directory),
       title = coalesce(?, title), last_at = max(last_at, ?), requests = requests + ?, failed = failed + ?,
       input_fresh = input_fresh + ?, cache_read = cache_read + ?, cache_write_5m = cache_write_5m + ?,
       cache_write_1h = cache_write_1h + ?, output = output + ?, reasoning = reasoning + ?,
       cost = cost + ?, unpriced = unpriced + ?
     WHERE seq = ?`,
  )
  const byId = new Map<string, Known>()
  const bySeq = new Map<number, Known>()
  let touched: Known[] = []

  const know = (known: Known): Known => {
    bySeq.set(known.seq, known)
    return known
  }
  const opened = (started: RequestStarted): Known => {
    const row = find.get(started.traceId)
    if (row !== undefined) return know({ ...row, gained: undefined })
    const { traceId, traceSource, threadId, agent, agentVersion, directory, startedAt } = started
    const about: About = {
      thread: threadId ?? null,
      agentVersion: agentVersion ?? null,
      directory: directory ?? null,
      title: titleOf(started),
    }
    const { lastInsertRowid } = insert.run(
      traceId,
      traceSource,
      about.thread,
      agent,
      about.agentVersion,
      about.directory,
      about.title,
      startedAt,
      startedAt,
    )
    return know({ ...about, seq: Number(lastInsertRowid), gained: undefined })
  }
  const gainedBy = (known: Known, at: number): Gained => {
    const gained = known.gained ?? new Gained(at)
    if (known.gained === undefined) touched.push(known)
    known.gained = gained
    if (at > gained.at) gained.at = at
    return gained
  }
  const settle = () => {
    for (const known of touched) {
      if (known.gained !== undefined) update.run(...updateOf(known, known.gained))
      known.gained = undefined
    }
    touched = []
  }

  return {
    open(started) {
      if (byId.size >= MOST_KNOWN) {
        // A row that is asked for again must have what was gathered for it.
        settle()
        byId.clear()
      }
      const known = byId.get(started.traceId) ?? opened(started)
      byId.set(started.traceId, known)
      known.thread ??= started.threadId ?? null
      known.agentVersion = started.agentVersion ?? known.agentVersion
      known.directory ??= started.directory ?? null
      known.title ??= titleOf(started)
      gainedBy(known, started.startedAt).requests++
      return known.seq
    },
    add(trace, { finishedAt, outcome, usage }, cost) {
      if (bySeq.size >= MOST_KNOWN) bySeq.clear()
      const known = bySeq.get(trace) ?? know({ ...UNKNOWN, seq: trace, gained: undefined })
      const gained = gainedBy(known, finishedAt)
      if (outcome === 'failed') gained.failed++
      if (usage === undefined) return
      if (cost === undefined) gained.unpriced++
      else gained.cost += cost.dollars
      gained.inputFresh += usage.inputFresh
      gained.cacheRead += usage.cacheRead
      gained.cacheWrite5m += usage.cacheWrite5m
      gained.cacheWrite1h += usage.cacheWrite1h
      gained.output += usage.output
      gained.reasoning += usage.reasoning
    },
    settle,
    forget() {
      byId.clear()
      bySeq.clear()
      touched = []
    },
  }
}

function updateOf({ seq, ...about }: Known, gained: Gained): (string | number | null)[] {
  return [
    about.thread,
    about.agentVersion,
    about.directory,
    about.title,
    gained.at,
    gained.requests,
    gained.failed,
    gained.inputFresh,
    gained.cacheRead,
    gained.cacheWrite5m,
    gained.cacheWrite1h,
    gained.output,
    gained.reasoning,
    gained.cost,
    gained.unpriced,
    seq,
  ]
}

const UNKNOWN: About = { thread: null, agentVersion: null, directory: null, title: null }

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
  agent: string
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
  return { ...rest, agent: knownAgent(row.agent), models, usage }
}
