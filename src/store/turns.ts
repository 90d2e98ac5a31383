// Which turn (one message of the user) a request belongs to. Codex names its turns; of other agents a turn
// begins when the newest user message changes. Side requests and subagents stay in the turn that caused them.
import type Database from 'better-sqlite3'
import type { RequestStarted } from './record.js'

const PROMPT_LENGTH = 200

type Turn = {
  readonly seq: number
  readonly number: number
  key: string | null
  prompt: string | null
}

/** Conversations whose newest turn is at hand. */
const MOST_NEWEST = 500

export type TurnTable = {
  /** The number of the row of the turn that the request belongs to, made when it is a new one. */
  place(trace: number, started: RequestStarted): number
  /** Forgets which rows are there: they may be gone. */
  forget(): void
}

export function turnTable(database: Database.Database): TurnTable {
  const last = database.prepare<[number], Turn>(
    'SELECT seq, number, key, prompt FROM turns WHERE trace = ? ORDER BY number DESC LIMIT 1',
  )
  const named = database.prepare<[number, string], Turn>(
    'SELECT seq, number, key, prompt FROM turns WHERE trace = ? AND key = ?',
  )
  const insert = database.prepare<[number, number, string | null, string | null, number]>(
    'INSERT INTO turns (trace, number, key, prompt, started_at) VALUES (?, ?, ?, ?, ?)',
  )
  const update = database.prepare<[string | null, string | null, number]>(
    'UPDATE turns SET key = ?, prompt = ? WHERE seq = ?',
  )
  const newest = new Map<number, Turn>()

  const keep = (trace: number, turn: Turn): Turn => {
    if (newest.size >= MOST_NEWEST) newest.clear()
    newest.set(trace, turn)
    return turn
  }
  const current = (trace: number): Turn | undefined => {
    const known = newest.get(trace)
    if (known !== undefined) return known
    const found = last.get(trace)
    return found === undefined ? undefined : keep(trace, found)
  }
  const add = (trace: number, turn: Omit<Turn, 'seq'>, startedAt: number) => {
    const { lastInsertRowid } = insert.run(trace, turn.number, turn.key, turn.prompt, startedAt)
    return keep(trace, { ...turn, seq: Number(lastInsertRowid) }).seq
  }
  /** What the turn does not know of itself yet. */
  const fill = (turn: Turn, key: string | null, prompt: string | null) => {
    if ((turn.key !== null || key === null) && (turn.prompt !== null || prompt === null)) return
    turn.key ??= key
    turn.prompt ??= prompt
    update.run(turn.key, turn.prompt, turn.seq)
  }

  return {
    place(trace, started) {
      const now = current(trace)
      if (started.turnKey !== undefined) {
        const known = now?.key === started.turnKey ? now : named.get(trace, started.turnKey)
        if (known !== undefined) return known.seq
      }
      const key = opensTurn(started) ? (started.turnKey ?? null) : null
      const prompt = opensTurn(started) ? (started.prompt?.slice(0, PROMPT_LENGTH) ?? null) : null
      if (now === undefined) return add(trace, { number: 1, key, prompt }, started.startedAt)
      if (!opensTurn(started) || continues(now, key, prompt)) {
        fill(now, key, prompt)
        return now.seq
      }
      return add(trace, { number: now.number + 1, key, prompt }, started.startedAt)
    },
    forget: () => newest.clear(),
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
