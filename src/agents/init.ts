// Connects an agent to the hub: plan (nothing is written), then apply. Law: the ledger knows of a change before
// the agent's file holds it, and a file that somebody else changed in between is planned anew.

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../base/clock.js'
import { HubError } from '../base/errors.js'
import { readIfExists, replaceIfUnchanged, type WriteOptions } from '../edit/atomic-write.js'
import { changeLedger, choicesOf, filesOf, type LedgerFile, loadLedger, withFile } from '../edit/ledger.js'
import { planEdits } from '../edit/plan-edits.js'
import { takeBack } from '../edit/plan-undo.js'
import { type RecordedEdit, recordWrite } from '../edit/record-write.js'
import { decodeText } from '../edit/text-shape.js'
import { unifiedDiff } from '../edit/unified-diff.js'
import type { Agent, AgentContext, AgentFile, AgentState, InitChoices, LoginChoice } from './agent.js'
import { secretsOf } from './config-file.js'
import { recordMovedTo } from './moved-file.js'

export type InitRequest = {
  readonly context: AgentContext
  readonly choices: InitChoices
  /** Path of `ledger.json`. */
  readonly ledgerFile: string
}

type PlannedFile = {
  readonly path: string
  /** Null: the file does not exist yet. */
  readonly before: string | null
  readonly after: string
  readonly edits: readonly RecordedEdit[]
}

export type AgentInitPlan = {
  readonly agent: Agent
  readonly state: AgentState
  /** `keep` needs a channel with `auth: client` for this agent. */
  readonly login: LoginChoice
  /** Only files that change; empty when all is in place. */
  readonly files: readonly PlannedFile[]
  readonly warnings: readonly string[]
  /** What changes, for a person; secrets are masked. Empty when all is in place. */
  readonly diff: string
}

/** What init would write. Throws HubError `config-invalid` or `refused` when a file cannot be edited. */
export async function planAgentInit(agent: Agent, request: InitRequest): Promise<AgentInitPlan> {
  const { planned: _planned, remembered: _remembered, ...plan } = await prepare(agent, request)
  return plan
}

/**
 * Writes the plan; a file that changed since it was planned is planned again. Returns what was written.
 * Throws HubError; files written before the failure stay, and `undo` knows of them.
 */
export async function applyAgentInit(
  agent: Agent,
  request: InitRequest,
  clock: Clock,
  options: WriteOptions = {},
): Promise<AgentInitPlan> {
  const written = new Map<string, Prepared>()
  for (let attempt = 0; attempt < 5; attempt++) {
    const { planned, remembered, ...plan } = await prepare(agent, request)
    let isComplete = true
    for (const file of planned) {
      if (await writeFile(agent, file, remembered, request, clock, options)) written.set(file.path, file)
      else isComplete = false
    }
    if (isComplete)
      return {
        ...plan,
        files: [...written.values()].map(shown),
        diff: diffOf([...written.values()], request),
      }
  }
  throw new HubError('refused', `${agent.title} is changing its files all the time.`, {
    hint: 'Quit it, then try again.',
  })
}

type Prepared = PlannedFile & {
  readonly agentFile: AgentFile
  readonly bytes: Buffer | null
  /** The record under which the file was known before its folder was moved. */
  readonly moved: LedgerFile | undefined
}

async function prepare(
  agent: Agent,
  request: InitRequest,
): Promise<AgentInitPlan & { readonly planned: readonly Prepared[]; readonly remembered: Remembered }> {
  const ledger = await loadLedger(request.ledgerFile)
  const choices = withRemembered(request.choices, choicesOf(ledger, agent.id))
  const state = await agent.detect(request.context)
  const plan = await agent.planInit(request.context, state, choices)
  const known = filesOf(ledger, agent.id)
  const all = await Promise.all(
    plan.files.map(async (file) => {
      const own = known.find((other) => other.path === file.path)
      return prepareFile(file, own ?? (await recordMovedTo(file.path, known, file.editor)))
    }),
  )
  const planned = all.filter((file) => (file.before ?? '') !== file.after)
  return {
    agent,
    state,
    login: plan.login,
    files: planned.map(shown),
    warnings: plan.warnings,
    diff: diffOf(planned, request),
    planned,
    remembered: { login: plan.login, ...(choices.auth === undefined ? {} : { auth: choices.auth }) },
  }
}

type Remembered = Readonly<Record<string, string>>

/** What was chosen last time holds until something else is chosen. */
function withRemembered(choices: InitChoices, remembered: Remembered): InitChoices {
  if (choices.login !== undefined || choices.auth !== undefined) return choices
  const { login, auth } = remembered
  return {
    ...choices,
    ...(login === 'keep' || login === 'key' ? { login } : {}),
    ...(auth === 'command' || auth === 'token' || auth === 'env' ? { auth } : {}),
  }
}

async function prepareFile(file: AgentFile, known: LedgerFile | undefined): Promise<Prepared> {
  const bytes = await readIfExists(file.path)
  const before = bytes === null ? null : decodeText(bytes, file.path)
  const start = before === null || before.trim() === '' ? file.editor.emptyText : before
  const edits = [...file.edits, ...supersededEdits(file, known, start)]
  const after = planEdits(file.editor, start, edits, file.path)
  const isNoChange = after === start && (before === null || before.trim() === '')
  return {
    path: file.path,
    before,
    after: isNoChange ? (before ?? '') : after,
    edits,
    agentFile: file,
    bytes,
    moved: known?.path === file.path ? undefined : known,
  }
}

/** Keys that an earlier init wrote and that are no longer wanted go back to what they were. */
function supersededEdits(file: AgentFile, known: LedgerFile | undefined, text: string): RecordedEdit[] {
  const document = file.editor.parse(text, file.path)
  return (known?.entries ?? [])
    .filter((entry) => !file.edits.some((edit) => isDeepStrictEqual(edit.path, entry.path)))
    .map((entry) => takeBack(entry, document.get(entry.path)))
    .filter((edit) => edit !== undefined)
}

/** Keys of an earlier init may stand in the file as well. */
const HUB_KEYS = /\bah-[0-9a-f]{48}\b/g

/** False when the file changed since it was read. */
async function writeFile(
  agent: Agent,
  file: Prepared,
  remembered: Remembered,
  request: InitRequest,
  clock: Clock,
  options: WriteOptions,
): Promise<boolean> {
  const folder = await mkdir(dirname(file.path), { recursive: true, mode: 0o700 })
  const createdFolder = folder !== undefined
  const at = new Date(clock.now()).toISOString()
  const { path, before, after, edits, moved } = file
  const { editor } = file.agentFile
  let known: LedgerFile | undefined
  await changeLedger(request.ledgerFile, (ledger) => {
    known = filesOf(ledger, agent.id).find((other) => other.path === path) ?? moved
    const secrets = [request.choices.key, ...(after.match(HUB_KEYS) ?? [])]
    const record = recordWrite(known, { path, before, after, edits, createdFolder, editor, at, secrets })
    const kept = withFile(ledger, agent.id, path, record, remembered)
    return moved === undefined ? kept : withFile(kept, agent.id, moved.path, undefined)
  })
  if (await replaceIfUnchanged(path, after, file.bytes, options)) return true
  await changeLedger(request.ledgerFile, (ledger) =>
    withFile(ledger, agent.id, path, known === undefined ? undefined : { ...known, path }),
  )
  return false
}

function shown({ path, before, after, edits }: PlannedFile): PlannedFile {
  return { path, before, after, edits }
}

function diffOf(
  files: readonly (PlannedFile & { readonly agentFile: AgentFile })[],
  request: InitRequest,
): string {
  return files
    .map(({ path, before, after, agentFile: { editor } }) => {
      const start = before === null || before.trim() === '' ? editor.emptyText : before
      const documents = [start, after].map((text) => editor.parse(text, path))
      return unifiedDiff({
        path,
        before,
        after,
        secrets: [request.choices.key, ...documents.flatMap(secretsOf)],
      })
    })
    .join('')
}
