// Which chunks a body that stays is made of: one bit for each. Law: what is recorded while the marks are in use is
// marked before anything is removed, so a chunk that came into use again is never taken away.
import type Database from 'better-sqlite3'
import { readRecipe } from './recipe.js'

export type Marks = {
  /** The newest body and chunk when the marks were begun. */
  readonly lastBody: number
  readonly lastChunk: number
  has(chunk: number): boolean
  /** Whether all chunks after `from` and up to `to` have one. */
  hasAll(from: number, to: number): boolean
  /** The chunks of the recipe that have no mark yet, each once. */
  fresh(recipe: Uint8Array): readonly number[]
  /** Marks the chunks of the recipe. */
  add(recipe: Uint8Array): void
  /** Marks the bodies that were recorded since the last look. */
  catchUp(): void
  /** Removes rows and goes on: SQLite gives the number of a removed newest body to the next one. */
  removing(remove: () => number): number
}

/** `told`: of each removal. */
export function chunkMarks(database: Database.Database, told: () => void): Marks {
  const highest = (table: 'bodies' | 'chunks') =>
    database.prepare<[], number | null>(`SELECT max(seq) FROM ${table}`).pluck().get() ?? 0
  const lastBody = highest('bodies')
  const lastChunk = highest('chunks')
  const bits = new Uint8Array(Math.floor(lastChunk / 8) + 1)
  const newer = database.prepare<[number], { seq: number; recipe: Buffer }>(
    'SELECT seq, recipe FROM bodies WHERE seq > ? ORDER BY seq',
  )
  let seen = lastBody

  const has = (chunk: number) => ((bits[chunk >> 3] ?? 0) & (1 << (chunk & 7))) !== 0
  const add = (recipe: Uint8Array) => {
    for (const chunk of readRecipe(recipe)) {
      // Chunks that came later than the marks are never removed by them.
      if (chunk <= lastChunk) bits[chunk >> 3] = (bits[chunk >> 3] ?? 0) | (1 << (chunk & 7))
    }
  }
  const catchUp = () => {
    for (const { seq, recipe } of newer.all(seen)) {
      seen = seq
      add(recipe)
    }
  }
  return {
    lastBody,
    lastChunk,
    has,
    hasAll(from, to) {
      for (let chunk = from + 1; chunk <= to; chunk++) if (!has(chunk)) return false
      return true
    },
    fresh: (recipe) => [...new Set(readRecipe(recipe))].filter((chunk) => !has(chunk)),
    add,
    catchUp,
    removing(remove) {
      catchUp()
      const removed = remove()
      if (removed > 0) told()
      seen = highest('bodies')
      return removed
    },
  }
}
