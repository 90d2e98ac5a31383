// SQLite's errors in words for a person. Only the code and the file's name go in, never a statement's values.
import { asHubError, HubError } from '../base/errors.js'

/** SQLite's name of what went wrong ("SQLITE_BUSY"); undefined: this error is not SQLite's. */
function sqliteCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || thrown.name !== 'SqliteError') return undefined
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}

/** Whether the same statement may work a little later: the disk is full or busy, not the data wrong. */
export function isPassing(thrown: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|NOMEM|PROTOCOL)/.test(sqliteCode(thrown) ?? '')
}

/** Whether SQLite says that the file itself is broken, or no database at all. */
export function isDamage(thrown: unknown): boolean {
  if (thrown instanceof HubError) return isDamage(thrown.cause)
  return /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(thrown) ?? '')
}

/** better-sqlite3 or its compiled part is missing, or was made for another Node; its own text names folders and ABI numbers. */
function isUnloadable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  const code = 'code' in thrown ? thrown.code : undefined
  if (code === 'ERR_DLOPEN_FAILED' || /^Could not locate the bindings file/.test(thrown.message)) return true
  return code === 'MODULE_NOT_FOUND' && thrown.message.includes("'better-sqlite3'")
}

/** Any error of the store as a HubError with a hint; one that already is a HubError stays. */
export function storeFailure(thrown: unknown, file: string): HubError {
  if (isUnloadable(thrown)) {
    return new HubError('internal', 'SQLite (better-sqlite3) cannot be loaded by this version of Node.', {
      hint: 'Install axonhub again with this Node: from 22.14 on it needs no compiler; with an older one it needs make, g++ and python3.',
      cause: thrown,
    })
  }
  const code = sqliteCode(thrown)
  if (!(thrown instanceof Error) || code === undefined) return asHubError(thrown)
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
