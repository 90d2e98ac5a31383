// Opens axonhub.db: for the worker that owns it, or read-only for a command while the daemon is off.
// WAL and synchronous=NORMAL: a killed process never corrupts the file and loses only what was not committed.
import { closeSync, existsSync, openSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { HubError } from '../base/errors.js'
import { storeFailure } from './failure.js'
import { checkOrigin, isCurrent, migrate } from './migrations/migrate.js'
import { sqlite } from './sqlite.js'

/** How long the opening waits for another program that holds the file. */
const BUSY_MS = 5_000
/** Afterwards short waits do: the worker tries a batch again by itself and answers questions in between. */
const BUSY_LATER_MS = 500
const JOURNAL_BYTES = 16 * 1024 * 1024
/** Pages of the journal that go to the database at once: a page that was written ten times is copied once. */
const JOURNAL_PAGES = 4_000

/**
 * Opens (and creates, 0600) the database and brings it to the newest schema.
 * Throws a HubError with a hint when it is damaged, locked, foreign, newer, or cannot be written.
 */
export function openStore(file: string, busyMs: number = BUSY_MS): Database.Database {
  return guarded(file, () => {
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
    const database = new (sqlite())(file, { timeout: busyMs })
    return closedOnError(database, () => {
      checkOrigin(database)
      // Only works while the file has no table; later pruning gives pages back bit by bit.
      database.pragma('auto_vacuum = INCREMENTAL')
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = NORMAL')
      database.pragma('foreign_keys = ON')
      database.pragma(`journal_size_limit = ${JOURNAL_BYTES}`)
      database.pragma(`wal_autocheckpoint = ${JOURNAL_PAGES}`)
      migrate(database)
      database.pragma(`busy_timeout = ${BUSY_LATER_MS}`)
    })
  })
}

/**
 * Opens an existing database so that nothing can be changed. Throws `not-found` when there is none yet, and `refused` for an
 * older schema unless `anyVersion`.
 */
export function openForReading(file: string, anyVersion = false): Database.Database {
  if (!existsSync(file)) {
    throw new HubError('not-found', `Nothing is recorded yet: there is no ${file}.`, {
      hint: 'Start the hub with `axonhub serve` and send a request through it.',
    })
  }
  return guarded(file, () => {
    const database = new (sqlite())(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS })
    return closedOnError(database, () => {
      checkOrigin(database)
      if (anyVersion || isCurrent(database)) return
      throw new HubError('refused', `${file} has the schema of an older axonhub.`, {
        hint: 'Start the daemon once (`axonhub serve --detach`): it brings the file up to date.',
      })
    })
  })
}

function guarded<T>(file: string, open: () => T): T {
  try {
    return open()
  } catch (thrown) {
    if (isFileError(thrown)) {
      throw new HubError('internal', `${file} cannot be opened (${thrown.code}).`, {
        hint: 'Check that the directory exists and belongs to you.',
        cause: thrown,
      })
    }
    throw storeFailure(thrown, file)
  }
}

function isFileError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown
}

function closedOnError(database: Database.Database, prepare: () => void): Database.Database {
  try {
    prepare()
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}
