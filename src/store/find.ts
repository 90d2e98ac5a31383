// Finds a trace or request by its id or by the beginning of it, as git does with commits.
import type Database from 'better-sqlite3'
import { HubError } from '../base/errors.js'

const SHORTEST = 4
const SHOWN = 3

const WORDS = {
  traces: { name: 'trace', hint: '`axonhub trace list` shows the ids.' },
  requests: { name: 'request', hint: '`axonhub trace show ID` shows the requests of a trace.' },
} as const

/**
 * The row number of the only row whose id is `id` or begins with it.
 * Throws `usage` for fewer than four characters or several matches, `not-found` for none.
 */
export function findOne(database: Database.Database, table: 'traces' | 'requests', id: string): number {
  const { name, hint } = WORDS[table]
  const exact = database.prepare<[string], number>(`SELECT seq FROM ${table} WHERE id = ?`).pluck().get(id)
  if (exact !== undefined) return exact
  if (id.length < SHORTEST) {
    throw new HubError('usage', `"${id}" is too short for the beginning of a ${name} id.`, {
      hint: `Give at least ${SHORTEST} characters. ${hint}`,
    })
  }
  const found = database
    .prepare<[{ id: string; limit: number }], { seq: number; id: string }>(
      `SELECT seq, id FROM ${table} WHERE id >= @id AND substr(id, 1, length(@id)) = @id
         AND id < @id || char(1114111) ORDER BY id LIMIT @limit`,
    )
    .all({ id, limit: SHOWN + 1 })
  const [first] = found
  if (first === undefined) throw new HubError('not-found', `There is no ${name} ${id}.`, { hint })
  if (found.length === 1) return first.seq
  const some = found.slice(0, SHOWN).map((row) => row.id)
  const more = found.length > SHOWN ? ' and more' : ''
  throw new HubError('usage', `Several ${name} ids begin with ${id}: ${some.join(', ')}${more}.`, {
    hint: 'Give more characters of the id.',
  })
}
