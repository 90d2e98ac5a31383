// Whether a file that is open still stands where it was opened: somebody may remove it, or put a backup in its place, and
// SQLite would write on into a file that no name leads to any more.
import { type BigIntStats, rmSync, statSync } from 'node:fs'

export type Place = {
  /** Whether the file is still there. Costs microseconds. */
  isThere(): boolean
  /** Takes away the write-ahead log that was left of the lost file: SQLite would add it to the one that has its name now. */
  clear(): void
}

/** To be called right after the file was opened. */
export function watchPlace(file: string): Place {
  const log = `${file}-wal`
  const first = identity(file)
  let ownLog: string | undefined
  return {
    isThere() {
      if (identity(file) !== first) return false
      ownLog = identity(log)
      return true
    },
    clear() {
      if (ownLog === undefined || identity(log) !== ownLog) return
      for (const path of [log, `${file}-shm`]) rmSync(path, { force: true })
    },
  }
}

function identity(file: string): string | undefined {
  const stats: BigIntStats | undefined = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.dev} ${stats.ino}`
}
