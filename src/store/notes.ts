// Notes: what a conversion could not carry, in the order in which it was found.
import type Database from 'better-sqlite3'
import type { RecordedNote } from './record.js'

export type NoteTable = { add(request: number, notes: readonly RecordedNote[]): void }

export function noteTable(database: Database.Database): NoteTable {
  const insert = database.prepare<[number, number, string, string, string]>(
    'INSERT OR IGNORE INTO notes (request, position, kind, path, reason) VALUES (?, ?, ?, ?, ?)',
  )
  return {
    add(request, notes) {
      for (const [position, { kind, path, reason }] of notes.entries()) {
        insert.run(request, position, kind, path, reason)
      }
    },
  }
}

/** The notes of the requests that the column `by` selects, by request number. */
export function readNotes(
  database: Database.Database,
  by: 'trace' | 'seq',
  value: number,
): Map<number, RecordedNote[]> {
  const rows = database
    .prepare<[number], RecordedNote & { request: number }>(
      `SELECT request, kind, path, reason FROM notes
       WHERE request IN (SELECT seq FROM requests WHERE ${by} = ?) ORDER BY request, position`,
    )
    .all(value)
  const found = new Map<number, RecordedNote[]>()
  for (const { request, ...note } of rows) {
    const notes = found.get(request) ?? []
    notes.push(note)
    found.set(request, notes)
  }
  return found
}
