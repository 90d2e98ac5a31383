// Takes an agent off the hub: what init wrote goes, what others wrote since stays.
import { rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HubError } from '../base/errors.js'
import type { JsonValue } from '../base/json.js'
import { readIfExists, removeIfUnchanged, replaceIfUnchanged } from '../edit/atomic-write.js'
import type { LosslessEditor } from '../edit/editor.js'
import { envEditor } from '../edit/env-editor.js'
import { jsonEditor } from '../edit/json-editor.js'
import { changeLedger, filesOf, type LedgerFile, loadLedger, withFile } from '../edit/ledger.js'
import { planUndo, type UndoPlan } from '../edit/plan-undo.js'
import { decodeText } from '../edit/text-shape.js'
import { tomlEditor } from '../edit/toml-editor.js'
import type { Agent, AgentContext } from './agent.js'
import { movedPlace } from './moved-file.js'

export type UndoRequest = {
  /** Path of `ledger.json`. */
  readonly ledgerFile: string
  /** Sets keys back that were changed since, too. */
  readonly force?: boolean
  /** The machine, to find files again that were moved together with a home folder. */
  readonly context?: AgentContext
}

type UndoneKey = { readonly file: string; readonly key: string }

export type KeyConflict = UndoneKey & {
  /** What init wrote; undefined: it had removed the key. */
  readonly ours: JsonValue | undefined
  /** What stands there now; undefined: nothing. */
  readonly now: JsonValue | undefined
  /** What stood there before init. */
  readonly before: JsonValue | undefined
}

export type UndoResult = {
  readonly restored: readonly UndoneKey[]
  /** Left as they are; a result with conflicts is worth exit code 4. */
  readonly conflicts: readonly KeyConflict[]
  /** For a person. */
  readonly notes: readonly string[]
}

const EDITORS: Record<LedgerFile['format'], LosslessEditor> = {
  toml: tomlEditor,
  json: jsonEditor,
  env: envEditor,
}

/** Undoes every file on record for the agent. Throws HubError when one cannot be read or written. */
export async function undoAgent(agent: Agent, request: UndoRequest): Promise<UndoResult> {
  const files = filesOf(await loadLedger(request.ledgerFile), agent.id)
  if (files.length === 0) {
    return { restored: [], conflicts: [], notes: [`${agent.title}: nothing to take back.`] }
  }
  const results: UndoResult[] = []
  for (const file of files) results.push(await undoFile(agent, file, request))
  const restored = results.flatMap((result) => result.restored)
  return {
    restored,
    conflicts: results.flatMap((result) => result.conflicts),
    notes: [...results.flatMap((result) => result.notes), ...(restored.length > 0 ? agent.undoNotes : [])],
  }
}

/** The record with the place where the file lies now; the same record when it lies where it was, or nowhere. */
async function atItsPlace(agent: Agent, file: LedgerFile, request: UndoRequest): Promise<LedgerFile> {
  if (request.context === undefined || (await readIfExists(file.path)) !== null) return file
  const place = await movedPlace(file, await agent.detect(request.context), EDITORS[file.format])
  if (place === undefined) return file
  const moved = { ...file, path: place }
  await changeLedger(request.ledgerFile, (ledger) =>
    withFile(withFile(ledger, agent.id, place, moved), agent.id, file.path, undefined),
  )
  return moved
}

async function undoFile(agent: Agent, recorded: LedgerFile, request: UndoRequest): Promise<UndoResult> {
  const file = await atItsPlace(agent, recorded, request)
  for (let attempt = 0; attempt < 5; attempt++) {
    const bytes = await readIfExists(file.path)
    if (bytes === null) {
      await forget(agent, file, undefined, request)
      return { restored: [], conflicts: [], notes: [`${file.path} no longer exists.`] }
    }
    const text = decodeText(bytes, file.path)
    const plan = planUndo(file, text, EDITORS[file.format], request)
    if (!(await write(file, plan, text, bytes))) continue
    await forget(agent, file, plan.rest, request)
    return resultOf(file, plan)
  }
  throw new HubError('refused', `${agent.title} is changing ${file.path} all the time.`, {
    hint: 'Quit it, then try again.',
  })
}

async function write(file: LedgerFile, plan: UndoPlan, text: string, bytes: Buffer): Promise<boolean> {
  if (plan.text === text) return true
  if (plan.text !== null) return replaceIfUnchanged(file.path, plan.text, bytes)
  if (!(await removeIfUnchanged(file.path, bytes))) return false
  if (file.createdFolder) await rmdir(dirname(file.path)).catch(() => undefined)
  return true
}

/** The record goes after the file is done: a crash in between only makes `undo` find nothing left to do. */
async function forget(agent: Agent, file: LedgerFile, rest: LedgerFile | undefined, request: UndoRequest) {
  await changeLedger(request.ledgerFile, (ledger) => withFile(ledger, agent.id, file.path, rest))
}

function resultOf(file: LedgerFile, plan: UndoPlan): UndoResult {
  return {
    restored: plan.restored.map((path) => ({ file: file.path, key: path.join('.') })),
    conflicts: plan.conflicts.map(({ path, ...values }) => ({
      file: file.path,
      key: path.join('.'),
      ...values,
    })),
    notes: plan.text === null ? [`${file.path} held nothing else and was removed.`] : [],
  }
}
