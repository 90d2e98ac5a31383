// Tells when a file has changed, however it was written: in place, by rename, through a symlink, or on a file system
// that reports nothing. The folder is watched, since a rename takes the watched file away.

import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

export type WatchOptions = {
  readonly path: string
  /** Called when the file is another one than at the last call (or at the start), and has been quiet for a moment. */
  readonly onChange: () => void
  /** Quiet time before a change is told. Default 100 ms. */
  readonly settleMs?: number
  /** How often the file is looked at, whatever the system reports. Default 2000 ms. */
  readonly pollMs?: number
}

export type ConfigWatcher = { close(): void }

/** An absent file may be one that an editor is about to put back. */
const ABSENT = 'absent'
const PATIENCE = 5

export function watchConfig(options: WatchOptions): ConfigWatcher {
  const settleMs = options.settleMs ?? 100
  const file = basename(options.path)
  let told = signature(options.path)
  let settling: NodeJS.Timeout | undefined
  let closed = false

  const settle = (seen: string, absences: number): void => {
    clearTimeout(settling)
    settling = setTimeout(() => {
      settling = undefined
      const now = signature(options.path)
      const waits = now === ABSENT && absences < PATIENCE
      if (now !== seen || waits) settle(now, now === ABSENT ? absences + 1 : 0)
      else if (now !== told) {
        told = now
        options.onChange()
      }
    }, settleMs)
  }
  const look = (): void => {
    if (closed || settling !== undefined) return
    const now = signature(options.path)
    if (now !== told) settle(now, 0)
  }

  const watcher = watchFolder(dirname(options.path), (name) => {
    if (name === null || name === file) look()
  })
  const poll = setInterval(look, options.pollMs ?? 2000)
  poll.unref()
  return {
    close() {
      closed = true
      clearInterval(poll)
      clearTimeout(settling)
      watcher?.close()
    },
  }
}

/** Undefined where the system cannot watch (no folder yet, no watches left): the poll alone must do then. */
function watchFolder(folder: string, onEvent: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => onEvent(name))
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}

/** Changes with every write and every rename. */
function signature(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? ABSENT : `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`
}
