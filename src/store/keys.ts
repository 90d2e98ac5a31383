// Client keys: a name and the hash of the key. The text of a key is never stored here.
import type Database from 'better-sqlite3'
import { HubError } from '../base/errors.js'
import type { StoredKey } from './views.js'

/** All keys that are valid, by name. */
export function listKeys(database: Database.Database): StoredKey[] {
  return database
    .prepare<[], StoredKey>('SELECT name, hash, prefix, created_at AS createdAt FROM keys ORDER BY name')
    .all()
}

/** Adds a key, or gives the name a new one. Throws `refused` when another name already has this very key. */
export function putKey(database: Database.Database, key: StoredKey): void {
  const holder = database
    .prepare<[string, string], string>('SELECT name FROM keys WHERE hash = ? AND name <> ?')
    .pluck()
    .get(key.hash, key.name)
  if (holder !== undefined) {
    throw new HubError('refused', `The key named ${holder} has the same value.`, {
      hint: 'Give each key a value of its own, or let axonhub make one.',
    })
  }
  database
    .prepare<[StoredKey]>(
      `INSERT INTO keys (name, hash, prefix, created_at) VALUES (@name, @hash, @prefix, @createdAt)
       ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, prefix = excluded.prefix, created_at = excluded.created_at`,
    )
    .run(key)
}

/** Removes a key with its hash. Throws `not-found` when there is none of that name. */
export function revokeKey(database: Database.Database, name: string): void {
  if (database.prepare<[string]>('DELETE FROM keys WHERE name = ?').run(name).changes === 1) return
  throw new HubError('not-found', `There is no key named ${name}.`, {
    hint: '`axonhub key list` shows the names.',
  })
}
