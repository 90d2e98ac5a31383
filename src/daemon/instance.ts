// One daemon per home. The control socket is the proof of life: who answers on it owns the home; a socket or file that
// nobody answers on is left over from a crash and is taken over. A lock file settles two starts at once.

import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { z } from 'zod'
import { HubError } from '../base/errors.js'
import { parseJson } from '../base/json.js'

export const daemonRecord = z.object({
  pid: z.number(),
  host: z.string(),
  port: z.number(),
  version: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
})
export type DaemonRecord = z.infer<typeof daemonRecord>

/** What `run/daemon.json` says; undefined when it is absent or unreadable. */
export function readDaemonRecord(file: string): DaemonRecord | undefined {
  try {
    return daemonRecord.parse(parseJson(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

export function writeDaemonRecord(file: string, record: DaemonRecord): void {
  writeFileSync(file, `${JSON.stringify(record)}\n`, { mode: 0o600 })
}

/** Whether somebody answers on the socket. */
export function isAnswering(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    const settle = (answer: boolean) => {
      connection.destroy()
      resolve(answer)
    }
    connection.once('connect', () => settle(true))
    connection.once('error', () => settle(false))
    connection.setTimeout(2000, () => settle(false))
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM'
  }
}

/** Whether a hub answers where the record says: the record may be older than its process id. */
async function isHubAt({ host, port, version }: DaemonRecord): Promise<boolean> {
  const name = host.includes(':') ? `[${host}]` : host
  try {
    const answer = await fetch(`http://${name}:${port}/health`, { signal: AbortSignal.timeout(2000) })
    return (await answer.text()).includes(`"version":"${version}"`)
  } catch {
    return false
  }
}

function alreadyRunning(record: DaemonRecord | undefined): HubError {
  const where =
    record === undefined
      ? ''
      : ` (pid ${record.pid}, http://${record.host}:${record.port}, since ${record.startedAt})`
  return new HubError('daemon-already-running', `A hub is already running for this home${where}.`, {
    hint: 'Use it, or run "axonhub stop" or "axonhub restart" first.',
  })
}

/** A start takes seconds; after a crash the id of its process may have gone to another program. */
const LONGEST_START_MS = 60_000
/** A lock is made, and then its holder writes himself into it. */
const LONGEST_WRITING_MS = 2_000

/** Who holds a lock, as it stands in the file; 0 where no process is named, as in a lock that is being made. */
type Holder = { readonly pid: number; readonly ageMs: number }

/** Undefined when there is no lock. */
function holderOf(lock: string): Holder | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    return { pid: Number.isInteger(pid) && pid > 0 ? pid : 0, ageMs: Date.now() - statSync(lock).mtimeMs }
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

function isHeld({ pid, ageMs }: Holder): boolean {
  if (pid === 0) return ageMs < LONGEST_WRITING_MS
  return pid !== process.pid && isAlive(pid) && ageMs < LONGEST_START_MS
}

function underWay({ pid }: Holder): HubError {
  const who = pid === 0 ? '' : ` (pid ${pid})`
  return new HubError('daemon-already-running', `Another start of this hub is under way${who}.`, {
    hint: 'Wait a second and look with "axonhub status".',
  })
}

/** Renamed before it is removed: of several that find a dead lock, none takes away what another one made in its place. */
function breakLock(lock: string, dead: Holder): void {
  const aside = `${lock}.${process.pid}`
  try {
    renameSync(lock, aside)
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return
    throw thrown
  }
  const taken = holderOf(aside)
  if (taken !== undefined && taken.pid !== dead.pid) {
    renameSync(aside, lock)
    throw underWay(taken)
  }
  rmSync(aside, { force: true })
}

/** Takes the lock file for the time of a start; a lock whose process is gone is broken. */
function takeStartLock(lock: string): () => void {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const handle = openSync(lock, 'wx', 0o600)
      writeFileSync(handle, String(process.pid))
      closeSync(handle)
      return () => rmSync(lock, { force: true })
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown
      const holder = holderOf(lock)
      if (holder !== undefined && isHeld(holder)) throw underWay(holder)
      if (holder !== undefined) breakLock(lock, holder)
    }
  }
  throw new HubError('internal', `The lock ${lock} could not be taken.`, {
    hint: 'Delete the file and try again.',
  })
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
}

export type InstancePaths = { readonly socket: string; readonly daemonFile: string; readonly lock: string }

/**
 * Makes sure that no other daemon owns this home and clears what a crashed one left. Resolves to the release of the
 * start lock, to be called once the control socket listens. Throws HubError `daemon-already-running`.
 */
export async function claimHome(paths: InstancePaths): Promise<() => void> {
  const release = takeStartLock(paths.lock)
  if (await isAnswering(paths.socket)) {
    release()
    throw alreadyRunning(readDaemonRecord(paths.daemonFile))
  }
  const record = readDaemonRecord(paths.daemonFile)
  if (record !== undefined && record.pid !== process.pid && isAlive(record.pid) && (await isHubAt(record))) {
    release()
    // Somebody removed its socket; two hubs would write one database.
    throw alreadyRunning(record)
  }
  rmSync(paths.socket, { force: true })
  rmSync(paths.daemonFile, { force: true })
  return release
}
