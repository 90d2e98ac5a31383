// The full-text index, the writing side: what a user asked, once and not with each request that repeats it, and what was
// answered. The words of a body go when the body goes (triggers of the schema).
import type Database from 'better-sqlite3'
import type { Cleaner } from './cleaning.js'
import { usedBytes } from './retention.js'
import { indexed } from './search-words.js'

/** The index takes at most this share of the database: over it only prompts and beginnings of answers can be found. */
const SHARE = 0.15
/** What a character costs at the worst, when no word ever comes again; measured. */
const BYTES_OF_CHARACTER = 1.5
/** The size of the database is looked at after so many answers. */
const LOOK_EVERY = 64
/** So much of an answer can be found always. */
const LEAST = 256

/** A prompt that is among so many of its conversation, the newest ones, is not indexed again. */
const LOOK_BACK = 16
const MOST_NEWEST = 200

export type SearchPlace = { readonly trace: number; readonly request: number }

export type SearchTable = {
  addPrompt(place: SearchPlace, words: string): void
  /** `words`: without secrets. */
  addAnswer(place: SearchPlace, words: string): void
  /** Forgets what was indexed last. */
  forget(): void
}

export function searchTable(database: Database.Database, cleaner: Cleaner): SearchTable {
  // A tool loop repeats its prompt with each request; all prompts of a long conversation are not looked through for it.
  const known = database
    .prepare<[number, string], number>(
      `SELECT 1 FROM (SELECT words FROM texts WHERE trace = ? AND which = 'request' ORDER BY seq DESC LIMIT ${LOOK_BACK})
       WHERE words = ?`,
    )
    .pluck()
  const add = database
    .prepare<[number, number, string, number, string | null], number>(
      'INSERT INTO texts (trace, request, which, size, words) VALUES (?, ?, ?, ?, ?) RETURNING seq',
    )
    .pluck()
  const index = database.prepare<[number, string]>('INSERT INTO search (rowid, words) VALUES (?, ?)')
  const searched = database.prepare<[], number>("SELECT value FROM totals WHERE name = 'searched'").pluck()
  /** The prompt that each conversation indexed last: a tool loop comes with it again and again. */
  const newest = new Map<number, string>()
  let answers = 0
  let room = 0
  const hasRoom = (characters: number) => {
    if (answers++ % LOOK_EVERY === 0) room = usedBytes(database) * SHARE
    return ((searched.get() ?? 0) + characters) * BYTES_OF_CHARACTER <= room
  }
  const put = ({ trace, request }: SearchPlace, which: string, words: string, kept: string | null) =>
    void index.run(Number(add.get(trace, request, which, words.length, kept)), indexed(words))

  return {
    addPrompt(place, told) {
      if (newest.get(place.trace) === told) return
      if (newest.size >= MOST_NEWEST) newest.clear()
      newest.set(place.trace, told)
      const words = cleaner.words(told)
      if (known.get(place.trace, words) === undefined) put(place, 'request', words, words)
    },
    forget: () => newest.clear(),
    addAnswer(place, all) {
      const words = hasRoom(all.length) ? all : all.slice(0, LEAST)
      if (words !== '') put(place, 'response', words, null)
    },
  }
}
