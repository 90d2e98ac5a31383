// Files on record that are no longer at their place because a home folder was moved: found again by name, and only where what
// stands in them is ours.
import { basename, dirname, join } from 'node:path'
import { readIfExists } from '../edit/atomic-write.js'
import type { LosslessEditor } from '../edit/editor.js'
import type { LedgerFile } from '../edit/ledger.js'
import { holds } from '../edit/record-write.js'
import type { AgentState } from './agent.js'
import { glance } from './config-file.js'

async function isGone(path: string): Promise<boolean> {
  return readIfExists(path).then(
    (bytes) => bytes === null,
    () => false,
  )
}

/** Whether a value that we wrote stands in the file at `path`. */
async function holdsOurs(record: LedgerFile, path: string, editor: LosslessEditor): Promise<boolean> {
  const document = await glance(path, editor)
  if (document === undefined) return false
  return record.entries.some(
    ({ path: key, ours }) => ours.state === 'present' && holds(document.get(key), ours),
  )
}

/** The record of another place whose file now lies at `path`. */
export async function recordMovedTo(
  path: string,
  files: readonly LedgerFile[],
  editor: LosslessEditor,
): Promise<LedgerFile | undefined> {
  for (const record of files) {
    if (record.path === path || basename(record.path) !== basename(path)) continue
    if ((await isGone(record.path)) && (await holdsOurs(record, path, editor))) return record
  }
  return undefined
}

/** Where the file of a record lies now; undefined when it is nowhere the agent would look. */
export async function movedPlace(
  record: LedgerFile,
  state: Pick<AgentState, 'home' | 'configFile'>,
  editor: LosslessEditor,
): Promise<string | undefined> {
  const name = basename(record.path)
  // Claude Code keeps its state beside its folder, not in it.
  const places = [
    join(dirname(state.configFile), name),
    join(state.home, name),
    join(dirname(state.home), name),
  ]
  for (const place of new Set(places))
    if (place !== record.path && (await holdsOurs(record, place, editor))) return place
  return undefined
}
