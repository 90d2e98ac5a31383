// What a status line tells of a conversation: what it cost until now, and where its newest turn went.
import type Database from 'better-sqlite3'

export type TraceLine = {
  /** US dollars of the requests whose price is known. */
  readonly dollars: number
  /** Requests that used tokens of no known price. */
  readonly unpriced: number
  /** Of the newest turn that was answered, side calls and subagents left out; null: none was. */
  readonly modelAsked: string | null
  readonly modelUsed: string | null
  readonly channel: string | null
}

/** A conversation that is not there costs nothing and went nowhere. */
export function traceLine(database: Database.Database, { id }: { readonly id: string }): TraceLine {
  const sum = database
    .prepare<[string], Pick<TraceLine, 'dollars' | 'unpriced'>>(
      `SELECT coalesce(sum(r.cost), 0) AS dollars, coalesce(sum(r.output IS NOT NULL AND r.cost IS NULL), 0) AS unpriced
       FROM requests r JOIN traces ON traces.seq = r.trace WHERE traces.id = ?`,
    )
    .get(id)
  const last = database
    .prepare<[string], Pick<TraceLine, 'modelAsked' | 'modelUsed' | 'channel'>>(
      `SELECT r.model_asked AS modelAsked, r.model_used AS modelUsed, r.channel AS channel
       FROM requests r JOIN traces ON traces.seq = r.trace
       WHERE traces.id = ? AND r.purpose = 'turn' AND r.subagent IS NULL AND r.channel IS NOT NULL
         AND r.outcome IS NOT NULL ORDER BY r.seq DESC LIMIT 1`,
    )
    .get(id)
  const { dollars, unpriced } = sum ?? { dollars: 0, unpriced: 0 }
  return { dollars, unpriced, ...(last ?? { modelAsked: null, modelUsed: null, channel: null }) }
}
