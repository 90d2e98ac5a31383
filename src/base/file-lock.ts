// One writer at a time for a file that several commands change (read, edit, replace): a lock file beside it.

import { open, rename, stat, unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from './errors.js'

/** A holder works for milliseconds; a lock this old was left by a process that died. */
const STALE_MS = 10_000
const PATIENCE_MS = 15_000
const PAUSE_MS = 10

/** Runs `action` while no other caller, in any process, runs one for the same path. Throws HubError `refused` after 15 s. */
export async function withFileLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`
  const end = performance.now() + PATIENCE_MS
  while (!(await take(lock))) {
    if (performance.now() > end)
      throw new HubError('refused', `${path} is locked by another command.`, {
        hint: `Try again when it has ended; if none runs, remove ${lock}.`,
      })
    await removeStale(lock)
    await sleep(PAUSE_MS)
  }
  try {
    return await action()
  } finally {
    await unlink(lock).catch(ignoreAbsence)
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600)
    await handle.close()
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'EACCES' || codeOf(cause) === 'EROFS')
      throw new HubError('refused', `${lock} cannot be made.`, {
        cause,
        hint: 'Check that the folder is there and that you may write to it.',
      })
    throw cause
  }
}

/** Renamed before it is removed, so that only one of several who wait takes it away. */
async function removeStale(lock: string): Promise<void> {
  try {
    if (Date.now() - (await stat(lock)).mtimeMs < STALE_MS) return
    const aside = `${lock}.stale`
    await rename(lock, aside)
    await unlink(aside)
  } catch (cause) {
    ignoreAbsence(cause)
  }
}

function ignoreAbsence(cause: unknown): void {
  if (codeOf(cause) !== 'ENOENT') throw cause
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}
