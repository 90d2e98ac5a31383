// Which turn (one message of the user) a request belongs to. Codex names its turns; of other agents a turn
// begins when the newest user message changes. Side requests and subagents stay in the turn that caused them.
import type Database from 'better-sqlite3'
import type { RequestStarted } from './record.js'

const PROMPT_LENGTH = 200

type Turn = {
  readonly seq: number
  readonly number: number
  readonly key: string | null
  readonly prompt: string | null
}

export type TurnTable = {
  /** The number of the row of the turn that the request belongs to, made when it is a new one. */
  place(trace: number, started: RequestStarted): number
}

export function turnTable(database: Database.Database): TurnTable {
  const newest = database.prepare<[number], Turn>(
    'SELECT seq, number, key, prompt FROM turns WHERE trace = ? ORDER BY number DESC LIMIT 1',
  )
  const named = database.prepare<[number, string], Turn>(
    'SELECT seq, number, key, prompt FROM turns WHERE trace = ? AND key = ?',
  )
  const add = database
    .prepare<[number, number, string | null, string | null, number], number>(
      'INSERT INTO turns (trace, number, key, prompt, started_at) VALUES (?, ?, ?, ?, ?) RETURNING seq',
    )
    .pluck()
  const fill = database.prepare<[string | null, string | null, number]>(
    'UPDATE turns SET key = coalesce(key, ?), prompt = coalesce(prompt, ?) WHERE seq = ?',
  )

  return {
    place(trace, started) {
      const known = started.turnKey === undefined ? undefined : named.get(trace, started.turnKey)
      if (known !== undefined) return known.seq
      const current = newest.get(trace)
      const key = opensTurn(started) ? (started.turnKey ?? null) : null
      const prompt = opensTurn(started) ? (started.prompt?.slice(0, PROMPT_LENGTH) ?? null) : null
      if (current === undefined) return Number(add.get(trace, 1, key, prompt, started.startedAt))
      if (!opensTurn(started) || continues(current, key, prompt)) {
        fill.run(key, prompt, current.seq)
        return current.seq
      }
      return Number(add.get(trace, current.number + 1, key, prompt, started.startedAt))
    },
  }
}

function opensTurn({ purpose, subagent }: RequestStarted): boolean {
  return purpose === 'turn' && subagent === undefined
}

/** A turn that a side request opened has no words yet: the first request with words takes it over. */
function continues(current: Turn, key: string | null, prompt: string | null): boolean {
  if (current.key === null && current.prompt === null) return true
  if (key !== null) return current.key === key
  return prompt === null || current.prompt === prompt
}
