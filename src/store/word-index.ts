// Words on their way into the full-text index. Law: many texts go in with one statement, because the index writes all that
// it holds in memory to its tables before each statement that could be taken back.
import type Database from 'better-sqlite3'

type Row = readonly [number | bigint, string]

/** Rows of a statement; what is left over goes with shorter ones. */
const SIZES = [64, 8, 1]

export type WordIndex = {
  add(row: number | bigint, words: string): void
  /** Writes what waits; to be called before each commit. */
  settle(): void
  forget(): void
}

export function wordIndex(database: Database.Database): WordIndex {
  const insertions = SIZES.map((size) => ({
    size,
    insert: database.prepare<(number | bigint | string)[]>(
      `INSERT INTO search (rowid, words) VALUES ${Array.from({ length: size }, () => '(?, ?)').join(', ')}`,
    ),
  }))
  let waiting: Row[] = []
  return {
    add: (row, words) => void waiting.push([row, words]),
    settle() {
      let from = 0
      for (const { size, insert } of insertions)
        for (; waiting.length - from >= size; from += size)
          insert.run(...waiting.slice(from, from + size).flat())
      waiting = []
    },
    forget() {
      waiting = []
    },
  }
}
