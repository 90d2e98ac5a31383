// Which mapping of which profile took how many requests, as their decision records tell.
import type Database from 'better-sqlite3'

export type MatchQuestion = {
  /** Requests begun at this time or later, ms since the epoch. */
  readonly since: number
}

export type RuleMatch = {
  readonly profile: string
  /** The line of the decision up to what it gives; null: no mapping matched. Read with routing's `readMatch`. */
  readonly line: string | null
  readonly requests: number
}

/** So many requests are looked at, the newest; and so many different lines are told, the most frequent. */
const MOST_REQUESTS = 20_000
const MOST_LINES = 2_000

/** Of profiles only: without one there is nothing to match. */
export function ruleMatches(database: Database.Database, { since }: MatchQuestion): RuleMatch[] {
  return database
    .prepare<[number, number, number], RuleMatch>(
      `WITH recent AS (
         SELECT seq, profile, decision FROM requests
         WHERE started_at >= ? AND profile IS NOT NULL AND decision IS NOT NULL
         ORDER BY started_at DESC LIMIT ?
       )
       SELECT profile,
         (SELECT substr(value, 1, instr(value, ') gives ')) FROM json_each(recent.decision)
          WHERE value LIKE 'model %: mapping % gives %' ORDER BY json_each.id DESC LIMIT 1) AS line,
         count(*) AS requests
       FROM recent GROUP BY 1, 2 ORDER BY 3 DESC LIMIT ?`,
    )
    .all(since, MOST_REQUESTS, MOST_LINES)
}
