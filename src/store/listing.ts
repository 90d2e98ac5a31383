// The list of conversations: filtered, the most recently used first, with the place that a search found.
import type Database from 'better-sqlite3'
import { answerWords } from './answer-words.js'
import { readBody } from './bodies.js'
import { matchOf, type Phrase, phrasesOf, snippetOf } from './search-words.js'
import { SUMMARY, type SummaryRow, summary } from './traces.js'
import type { ListedTrace, ListTraces, TraceMatch } from './views.js'

type Values = Record<string, string | number>

const OPEN_OR_FAILED = "(r.outcome IS NULL OR r.outcome IN ('failed', 'interrupted'))"

const OUTCOMES = {
  running: 'r.outcome IS NULL',
  failed: "r.outcome IN ('failed', 'interrupted')",
  canceled: "r.outcome = 'canceled'",
} as const

/** Conversations, most recently used first. Throws `usage` for a text without words. */
export function listTraces(database: Database.Database, ask: ListTraces): ListedTrace[] {
  const search = ask.text === undefined ? undefined : searchFor(database, phrasesOf(ask.text))
  const { conditions, values } = filters(ask, search)
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  // The figures of a row are looked up for those that are shown, not for all that are sorted.
  const order = 'ORDER BY last_at DESC, seq DESC'
  const shown = `SELECT seq FROM traces ${where} ${order} LIMIT @limit`
  const rows = database
    .prepare<[Values], SummaryRow>(`${SUMMARY} WHERE seq IN (${shown}) ${order}`)
    .all({ ...values, limit: ask.limit })
  return rows.map((row) => ({ ...summary(database, row), match: search?.find(row.seq) ?? null }))
}

function filters(ask: ListTraces, search: Search | undefined) {
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
  if (search !== undefined)
    hold('seq IN (SELECT value FROM json_each(@found))', { found: JSON.stringify(search.traces) })
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

type Search = {
  /** The conversations in which the phrases stand. */
  readonly traces: readonly number[]
  /** The newest place in one of them. */
  find(trace: number): TraceMatch | null
}

/** The index is searched once, whatever is found: to put the words together that begin with one takes long. */
function searchFor(database: Database.Database, phrases: readonly Phrase[]): Search {
  const found = database
    .prepare<[string], [trace: number, text: number]>(
      `SELECT trace, max(seq) FROM texts WHERE seq IN (SELECT rowid FROM search WHERE search MATCH ?) GROUP BY trace`,
    )
    .raw()
    .all(matchOf(phrases))
  const newest = new Map(found)
  const text = database.prepare<[number], Hit>(
    'SELECT t.which, t.words, r.seq, r.id AS request FROM texts t JOIN requests r ON r.seq = t.request WHERE t.seq = ?',
  )
  return {
    traces: [...newest.keys()],
    find(trace) {
      const hit = text.get(newest.get(trace) ?? 0)
      if (hit === undefined) return null
      const words = hit.words ?? answerOf(database, hit.seq)
      return { request: hit.request, which: hit.which, ...snippetOf(words, phrases) }
    },
  }
}

function answerOf(database: Database.Database, request: number): string {
  const body = readBody(database, { request, which: 'response', attempt: 0 })
  return body === undefined ? '' : answerWords(body)
}
