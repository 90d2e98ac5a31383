// The full-text index, the writing side: what a user asked, once and not with each request that repeats it, and what was
// answered. The words of a body go when the body goes (triggers of the schema).
import { hash } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { Cleaner } from './cleaning.js'
import { usedBytes } from './retention.js'
import { indexed } from './search-words.js'
import { wordIndex } from './word-index.js'

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
  /** Puts the words into the index. */
  settle(): void
  /** Forgets what was indexed last, and what waits for it. */
  forget(): void
}

/** The prompts of a conversation that were indexed last. */
type Newest = {
  /** The last one as it came: a tool loop comes with it again and again. */
  told: string | undefined
  /** Of `LOOK_BACK` at most, the newest last. */
  readonly hashes: string[]
}

function hashOf(words: string): string {
  return hash('sha256', words, 'base64')
}

export function searchTable(database: Database.Database, cleaner: Cleaner): SearchTable {
  // A tool loop repeats its prompt with each request; all prompts of a long conversation are not looked through for it.
  const last = database
    .prepare<[number], string | null>(
      `SELECT words FROM texts WHERE trace = ? AND which = 'request' ORDER BY seq DESC LIMIT ${LOOK_BACK}`,
    )
    .pluck()
  const add = database.prepare<[number, number, string, number, string | null]>(
    'INSERT INTO texts (trace, request, which, size, words) VALUES (?, ?, ?, ?, ?)',
  )
  const searched = database.prepare<[], number>("SELECT value FROM totals WHERE name = 'searched'").pluck()
  const count = database.prepare<[number]>("UPDATE totals SET value = value + ? WHERE name = 'searched'")
  const newest = new Map<number, Newest>()
  const index = wordIndex(database)
  let answers = 0
  let room = 0
  /** Characters that can be searched, and those of them that the table does not count yet. */
  let all = 0
  let uncounted = 0
  const hasRoom = (characters: number) => {
    if (answers++ % LOOK_EVERY === 0) {
      room = usedBytes(database) * SHARE
      all = (searched.get() ?? 0) + uncounted
    }
    return (all + characters) * BYTES_OF_CHARACTER <= room
  }
  const put = ({ trace, request }: SearchPlace, which: string, words: string, kept: string | null) => {
    const { lastInsertRowid } = add.run(trace, request, which, words.length, kept)
    index.add(lastInsertRowid, indexed(words))
    uncounted += words.length
    all += words.length
  }
  const newestOf = (trace: number): Newest => {
    const known = newest.get(trace)
    if (known !== undefined) return known
    if (newest.size >= MOST_NEWEST) newest.clear()
    const hashes = last.all(trace).map((words) => hashOf(words ?? ''))
    const found = { told: undefined, hashes: hashes.reverse() }
    newest.set(trace, found)
    return found
  }

  return {
    addPrompt(place, told) {
      const known = newestOf(place.trace)
      if (known.told === told) return
      known.told = told
      const words = cleaner.words(told)
      const own = hashOf(words)
      if (known.hashes.includes(own)) return
      known.hashes.push(own)
      if (known.hashes.length > LOOK_BACK) known.hashes.shift()
      put(place, 'request', words, words)
    },
    addAnswer(place, told) {
      const words = hasRoom(told.length) ? told : told.slice(0, LEAST)
      if (words !== '') put(place, 'response', words, null)
    },
    settle() {
      index.settle()
      if (uncounted > 0) count.run(uncounted)
      uncounted = 0
    },
    forget() {
      newest.clear()
      index.forget()
      uncounted = 0
      answers = 0
    },
  }
}
