// Each released schema has a file in fixtures: its SQL with a few rows, as that version wrote them.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { migrate, schemaVersion } from '../../src/store/migrations/migrate.js'
import { openStore } from '../../src/store/open.js'
import { showBody, showTrace } from '../../src/store/show.js'
import { sqlite } from '../../src/store/sqlite.js'
import { openWriter } from '../../src/store/writer.js'
import { finished, started, temporaryFolder } from '../support/records.js'

const fixtures = join(import.meta.dirname, 'fixtures')
const versions = Array.from({ length: MIGRATIONS.length }, (_, index) => index + 1)

/** sha256 of each released migration, shortened: a change of one of them would leave old files behind. */
const RELEASED = [
  '5dd801f9',
  'd8cfa190',
  '6f95a886',
  '4e210fa7',
  'b0b43956',
  '7d1e1495',
  '748545d8',
  '73f41e5c',
  '20da221f',
  'c5b26331',
  '5baa1a88',
  '5a51bc9b',
  'c3c41b7d',
  '3c8edad3',
]

function oldFile(version: number): string {
  const path = join(temporaryFolder(), 'axonhub.db')
  const database = new (sqlite())(path)
  database.exec(readFileSync(join(fixtures, `v${version}.sql`), 'utf8'))
  database.close()
  return path
}

function schema(database: Database.Database): string[] {
  return database
    .prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name')
    .pluck()
    .all()
}

describe('migrations', () => {
  it('are never edited after their release', () => {
    const hashes = MIGRATIONS.map((text) => createHash('sha256').update(text).digest('hex').slice(0, 8))
    expect(hashes).toEqual(RELEASED)
  })

  it('have a fixture for each version', () => {
    expect(readdirSync(fixtures).sort()).toEqual(versions.map((version) => `v${version}.sql`).sort())
  })

  it.each(versions)('bring a file of version %i to the schema that a new file has', (version) => {
    const database = openStore(oldFile(version))
    const fresh = openStore(join(temporaryFolder(), 'axonhub.db'))
    expect(schemaVersion(database)).toBe(MIGRATIONS.length)
    expect(schema(database)).toEqual(schema(fresh))
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.pragma('foreign_key_check')).toEqual([])
    database.close()
    fresh.close()
  })

  it.each(versions)('keep what a file of version %i holds, and it can be written on', (version) => {
    const database = openStore(oldFile(version))
    const trace = showTrace(database, 'at-old')
    expect(trace).toMatchObject({ title: 'An old question', requests: 1, usage: { output: 50 } })
    expect(trace.turns[0]?.requests[0]).toMatchObject({ id: 'ar-old', attempts: [{ channel: 'deepseek' }] })
    expect(Buffer.from(showBody(database, { request: 'ar-old', which: 'request' })).toString()).toBe(
      '{"model":"m"}',
    )
    const records = [started({ traceId: 'at-old' }), finished()]
    const written = openWriter(database).write(records.map((message) => ({ message, bodiesDropped: 0 })))
    expect(written).toMatchObject({ stored: 2, rejected: [] })
    expect(showTrace(database, 'at-old').requests).toBe(2)
    database.close()
  })

  it('leave the old version whole when a step fails in the middle', () => {
    const database = new (sqlite())(join(temporaryFolder(), 'axonhub.db'))
    database.exec('CREATE TABLE notes (x)')
    expect(() => migrate(database)).toThrow('notes')
    expect(schemaVersion(database)).toBe(0)
    expect(schema(database)).toEqual(['CREATE TABLE notes (x)'])
    database.close()
  })
})
