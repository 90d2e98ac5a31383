// SQLite's errors in words for a person. Only the code and the file's name go in, never a statement's values.
import Database from 'better-sqlite3'
import { asHubError, HubError } from '../base/errors.js'

/** Whether the same statement may work a little later: the disk is full or busy, not the data wrong. */
export function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof Database.SqliteError)) return false
  return /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|NOMEM|PROTOCOL)/.test(thrown.code)
}

/** Whether SQLite says that the file itself is broken, or no database at all. */
export function isDamage(thrown: unknown): boolean {
  if (thrown instanceof HubError) return isDamage(thrown.cause)
  return thrown instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(thrown.code)
}

/** The compiled part of better-sqlite3 is missing, or was made for another Node; its own text names folders and ABI numbers. */
function isUnloadable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  const code = 'code' in thrown ? thrown.code : undefined
  return code === 'ERR_DLOPEN_FAILED' || /^Could not locate the bindings file/.test(thrown.message)
}

/** Any error of the store as a HubError with a hint; one that already is a HubError stays. */
export function storeFailure(thrown: unknown, file: string): HubError {
  if (isUnloadable(thrown)) {
    return new HubError('internal', 'SQLite (better-sqlite3) cannot be loaded by this version of Node.', {
      hint: 'Run "npm rebuild better-sqlite3" in the folder of axonhub, or install axonhub again with this Node.',
      cause: thrown,
    })
  }
  if (!(thrown instanceof Database.SqliteError)) return asHubError(thrown)
  const { code } = thrown
  if (isDamage(thrown)) {
    return new HubError('internal', `${file} is damaged (${code}).`, {
      hint: 'Run "axonhub doctor --fix": it sets the file aside and throws nothing of it away, and a new one is begun. Keys stay as they are.',
      cause: thrown,
    })
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new HubError('daemon-already-running', `${file} is locked by another program.`, {
      hint: 'Close the program that holds it (another axonhub, or a database tool) and try again.',
      cause: thrown,
    })
  }
  if (/^SQLITE_(FULL|IOERR)/.test(code)) {
    return new HubError('internal', `${file} cannot be written (${code}).`, {
      hint: 'Free some space on that disk; recording goes on by itself.',
      cause: thrown,
    })
  }
  if (/^SQLITE_(CANTOPEN|READONLY|PERM)/.test(code)) {
    return new HubError('internal', `${file} cannot be opened for writing (${code}).`, {
      hint: 'Check that the directory exists and belongs to you.',
      cause: thrown,
    })
  }
  return new HubError('internal', `The store failed: ${thrown.message} (${code}).`, { cause: thrown })
}
