// The times of a streamed body's chunks, beside the body: offsets and ms, each as a list of small steps.
import type Database from 'better-sqlite3'
import type { BodyPlace } from './bodies.js'
import { findOne } from './find.js'
import { readRecipe, writeRecipe } from './recipe.js'
import type { BodyQuestion, ChunkTime } from './views.js'

export type StreamTimesTable = {
  /** Pairs of offset and ms, one after the other, as they were recorded. */
  keep(place: BodyPlace, pairs: readonly number[] | undefined): void
}

export function streamTimesTable(database: Database.Database): StreamTimesTable {
  const add = database.prepare<[number, string, number, Uint8Array]>(
    'INSERT OR IGNORE INTO stream_times (request, which, attempt, steps) VALUES (?, ?, ?, ?)',
  )
  return {
    keep({ request, which, attempt }, pairs) {
      if (pairs === undefined || pairs.length === 0) return
      const offsets = pairs.filter((_, index) => index % 2 === 0)
      const times = pairs.filter((_, index) => index % 2 === 1)
      add.run(request, which, attempt, writeRecipe([...offsets, ...times]))
    },
  }
}

/** In the order in which they passed, of the last attempt when none is named; none where none were noted. Throws `not-found` for an id that is not there. */
export function showTimes(
  database: Database.Database,
  { request: id, which, attempt }: BodyQuestion,
): ChunkTime[] {
  const steps = database
    .prepare<[number, string, number | null], Buffer>(
      `SELECT steps FROM stream_times WHERE request = ? AND which = ? AND attempt = coalesce(?, attempt)
       ORDER BY attempt DESC LIMIT 1`,
    )
    .pluck()
    .get(findOne(database, 'requests', id), which, attempt ?? null)
  if (steps === undefined) return []
  const numbers = readRecipe(steps)
  const half = numbers.length / 2
  return numbers.slice(0, half).map((offset, index) => ({ offset, atMs: numbers[half + index] ?? 0 }))
}
