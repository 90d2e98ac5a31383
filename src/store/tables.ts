// The tables that recording writes to, with what they gather and remember. Law: what was gathered is settled before a commit, and
// after anything that was not stored, or is gone, all is forgotten.
import type Database from 'better-sqlite3'
import { attemptTable } from './attempts.js'
import { bodyTable } from './bodies.js'
import { cacheGuard } from './cache-guard.js'
import type { Cleaner } from './cleaning.js'
import { noteTable } from './notes.js'
import { requestTable } from './requests.js'
import { searchTable } from './search-table.js'
import { streamTimesTable } from './stream-times.js'
import { traceTable } from './traces.js'
import { turnTable } from './turns.js'

export function openTables(database: Database.Database, cleaner: Cleaner) {
  const tables = {
    traces: traceTable(database),
    turns: turnTable(database),
    requests: requestTable(database),
    attempts: attemptTable(database),
    notes: noteTable(database),
    bodies: bodyTable(database, cleaner),
    guard: cacheGuard(database),
    search: searchTable(database, cleaner),
    times: streamTimesTable(database),
  }
  const { traces, turns, requests, bodies, guard, search } = tables
  return {
    ...tables,
    /** Writes what was gathered for rows that many messages change. */
    settle() {
      traces.settle()
      guard.settle()
      search.settle()
    },
    forget() {
      for (const table of [traces, turns, requests, bodies, guard, search]) table.forget()
    },
  }
}
