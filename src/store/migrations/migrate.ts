// Brings a database file to the newest schema, one transaction per step, so that a crash leaves a whole version.
import type Database from 'better-sqlite3'
import { HubError } from '../../base/errors.js'
import { MIGRATIONS } from './list.js'

/** Written into the file header, so that another program's SQLite file is never taken for ours ("AXHB"). */
const APPLICATION_ID = 0x41_58_48_42

/** The schema version of the file: 0 for an empty one. */
export function schemaVersion(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

/**
 * Refuses a file that this program cannot use: another program's, or one that a newer axonhub wrote.
 * An empty file passes.
 */
export function checkOrigin(database: Database.Database): void {
  // As they were at one moment: another start may be making the tables.
  const { version, origin, tables } = database.transaction(() => ({
    version: schemaVersion(database),
    origin: Number(database.pragma('application_id', { simple: true })),
    tables: database.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get(),
  }))()
  if (origin !== APPLICATION_ID && (origin !== 0 || version !== 0 || (tables?.count ?? 0) > 0)) {
    throw new HubError('refused', `${database.name} is a database of another program.`, {
      hint: 'Move that file away, or set AXONHUB_HOME to another directory.',
    })
  }
  if (version > MIGRATIONS.length) {
    throw new HubError(
      'refused',
      `${database.name} was written by a newer axonhub (schema ${version}, this one knows ${MIGRATIONS.length}).`,
      { hint: 'Update axonhub, or set AXONHUB_HOME to another directory.' },
    )
  }
}

/**
 * Applies what is missing up to `target` (all by default). Others may do the same at once: who comes second waits, and finds the
 * step done.
 */
export function migrate(database: Database.Database, target: number = MIGRATIONS.length): void {
  const step = database.transaction(() => {
    const version = schemaVersion(database)
    if (version >= target) return false
    database.exec(MIGRATIONS[version] ?? '')
    database.pragma(`application_id = ${APPLICATION_ID}`)
    database.pragma(`user_version = ${version + 1}`)
    return true
  })
  if (schemaVersion(database) < target) while (step.immediate());
}

/** Whether the file has the newest schema. */
export function isCurrent(database: Database.Database): boolean {
  return schemaVersion(database) === MIGRATIONS.length
}
