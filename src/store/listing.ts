// The list of conversations: filtered, the most recently used first, with the place that a search found.
import type Database from 'better-sqlite3'
import { answerWords } from './answer-words.js'
import { readBody } from './bodies.js'
import { matchOf, type Phrase, phrasesOf, snippetOf } from './search-words.js'
import { SUMMARY, type SummaryRow, summary } from './traces.js'
import type { ListedTrace, ListTraces, TraceMatch } from './views.js'

type Values = Record<string, string | number>

const FOUND =
  'seq IN (SELECT trace FROM texts WHERE seq IN (SELECT rowid FROM search WHERE search MATCH @match))'

const OPEN_OR_FAILED = "(r.outcome IS NULL OR r.outcome IN ('failed', 'interrupted'))"

const OUTCOMES = {
  running: 'r.outcome IS NULL',
  failed: "r.outcome IN ('failed', 'interrupted')",
  canceled: "r.outcome = 'canceled'",
} as const

/** Conversations, most recently used first. Throws `usage` for a text without words. */
export function listTraces(database: Database.Database, ask: ListTraces): ListedTrace[] {
  const phrases = ask.text === undefined ? undefined : phrasesOf(ask.text)
  const { conditions, values } = filters(ask, phrases)
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = database
    .prepare<[Values], SummaryRow>(`${SUMMARY} ${where} ORDER BY last_at DESC, seq DESC LIMIT @limit`)
    .all({ ...values, limit: ask.limit })
  const find = phrases === undefined ? () => null : finder(database, phrases)
  return rows.map((row) => ({ ...summary(database, row), match: find(row.seq) }))
}

function filters(ask: ListTraces, phrases: readonly Phrase[] | undefined) {
  const { before, since, agent, model, channel, status } = ask
  const conditions: string[] = []
  const values: Values = {}
  const hold = (condition: string, told: Values) => {
    conditions.push(condition)
    Object.assign(values, told)
  }
  if (before !== undefined) hold('last_at < @before', { before })
  if (since !== undefined) hold('last_at >= @since', { since })
  if (agent !== undefined) hold('agent = @agent', { agent })
  if (phrases !== undefined) hold(FOUND, { match: matchOf(phrases) })
  const facets: string[] = []
  if (model !== undefined) {
    facets.push("(instr(lower(coalesce(r.model_used, '')), @model) OR instr(lower(r.model_asked), @model))")
    values['model'] = model.toLowerCase()
  }
  if (channel !== undefined) {
    facets.push('lower(r.channel) = @channel')
    values['channel'] = channel.toLowerCase()
  }
  if (status === 'ok') conditions.push(`NOT ${ofRequests(OPEN_OR_FAILED)}`)
  else if (status !== undefined) facets.push(OUTCOMES[status])
  if (facets.length > 0) conditions.push(ofRequests(facets.join(' AND ')))
  return { conditions, values }
}

function ofRequests(condition: string): string {
  return `EXISTS (SELECT 1 FROM requests r WHERE r.trace = traces.seq AND ${condition})`
}

type Hit = {
  readonly which: TraceMatch['which']
  readonly words: string | null
  readonly seq: number
  readonly request: string
}

/** Finds the newest text of a conversation with the phrases in it. */
function finder(
  database: Database.Database,
  phrases: readonly Phrase[],
): (trace: number) => TraceMatch | null {
  // The joins stay in this order: the index gives its rows from the newest on, the first of the trace is enough.
  const newest = database.prepare<[{ match: string; trace: number }], Hit>(
    `SELECT t.which, t.words, r.seq, r.id AS request
     FROM search CROSS JOIN texts t ON t.seq = search.rowid CROSS JOIN requests r ON r.seq = t.request
     WHERE search MATCH @match AND t.trace = @trace
       AND search.rowid BETWEEN (SELECT min(seq) FROM texts WHERE trace = @trace)
                            AND (SELECT max(seq) FROM texts WHERE trace = @trace)
     ORDER BY search.rowid DESC LIMIT 1`,
  )
  const match = matchOf(phrases)
  return (trace) => {
    const hit = newest.get({ match, trace })
    if (hit === undefined) return null
    const words = hit.words ?? answerOf(database, hit.seq)
    return { request: hit.request, which: hit.which, ...snippetOf(words, phrases) }
  }
}

function answerOf(database: Database.Database, request: number): string {
  const body = readBody(database, { request, which: 'response', attempt: 0 })
  return body === undefined ? '' : answerWords(body)
}
