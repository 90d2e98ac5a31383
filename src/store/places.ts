// Where conversations are: one row for each trace, the newest ones only, so that the table never grows beyond its bound.
import type Database from 'better-sqlite3'
import type { StoredPlace } from './views.js'

/** Puts the trace at the end of the order of use, and forgets all but the `bound` traces used last. */
export function putPlace(database: Database.Database, place: StoredPlace, bound: number): void {
  database.transaction(() => {
    const { lastInsertRowid } = database
      .prepare<[StoredPlace]>(
        'INSERT OR REPLACE INTO places (trace, channel, key) VALUES (@trace, @channel, @key)',
      )
      .run(place)
    database.prepare<[number]>('DELETE FROM places WHERE seq <= ?').run(Number(lastInsertRowid) - bound)
  })()
}

/** Used longest ago first. */
export function listPlaces(database: Database.Database): StoredPlace[] {
  return database.prepare<[], StoredPlace>('SELECT trace, channel, key FROM places ORDER BY seq').all()
}
