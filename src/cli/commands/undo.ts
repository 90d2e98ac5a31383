// `axonhub undo`: takes back what init wrote and nobody has changed since. What was changed is shown and left alone.

import type { Command } from 'commander'
import type { Agent } from '../../agents/agent.js'
import { agentNamed, agents } from '../../agents/registry.js'
import { type KeyConflict, type UndoResult, undoAgent } from '../../agents/undo.js'
import { HubError } from '../../base/errors.js'
import type { JsonValue } from '../../base/json.js'
import { filesOf, loadLedger } from '../../edit/ledger.js'
import { agentContext, leftovers } from '../agent-setup.js'
import type { Cli } from '../cli.js'
import { EXIT } from '../exit-codes.js'
import { examples } from '../help.js'
import { canAsk, confirm } from '../prompt.js'
import { cut, plain } from '../table.js'
import { shortPath } from '../words.js'

type Options = { readonly force?: boolean; readonly json?: boolean }

const SECRET_NAME = /token|secret|password|api[_-]?key|authorization|headers/i
const HUB_KEY = /\bah-[0-9a-f]{8,}/g

async function onRecord(cli: Cli, names: readonly string[]): Promise<Agent[]> {
  if (names.length > 0) return [...new Set(names)].map(agentNamed)
  const ledger = await loadLedger(cli.paths().ledger)
  return agents.filter((agent) => filesOf(ledger, agent.id).length > 0)
}

/** A value of somebody's file, for a person: short, and no secret. */
function shown(key: string, value: JsonValue | undefined): string {
  if (value === undefined) return '(nothing)'
  if (SECRET_NAME.test(key) && typeof value !== 'object') return '********'
  const text = JSON.stringify(value, (name, inner: JsonValue) =>
    typeof inner === 'string' && SECRET_NAME.test(name) ? '********' : inner,
  )
  return cut(plain(text.replace(HUB_KEY, '********')), 60)
}

function showConflict(cli: Cli, { file, key, ours, now, before }: KeyConflict): void {
  const { out, deps } = cli
  out.line(`${out.style.warn('!')} ${shortPath(file, deps.userHome)}: ${key} was changed since`)
  out.line(`    init wrote    ${shown(key, ours)}`)
  out.line(`    stands there  ${shown(key, now)}`)
  out.line(`    before init   ${shown(key, before)}`)
}

function show(cli: Cli, result: UndoResult): void {
  const { out, deps } = cli
  for (const { file, key } of result.restored)
    out.line(`Took back ${key} in ${shortPath(file, deps.userHome)}`)
  for (const conflict of result.conflicts) showConflict(cli, conflict)
  for (const note of result.notes) out.line(note)
}

/** Undoes one agent; on a terminal it asks about what was changed since. */
async function undoOne(cli: Cli, agent: Agent, options: Options): Promise<UndoResult> {
  const request = { ledgerFile: cli.paths().ledger, context: agentContext(cli) }
  const first = await undoAgent(agent, { ...request, force: options.force ?? false })
  if (options.json !== true) show(cli, first)
  if (first.conflicts.length === 0 || options.json === true || !canAsk(cli)) return first
  if (!(await confirm(cli, 'Set these back all the same?', false))) return first
  const second = await undoAgent(agent, { ...request, force: true })
  show(cli, second)
  return {
    restored: [...first.restored, ...second.restored],
    conflicts: second.conflicts,
    notes: [...first.notes, ...second.notes],
  }
}

/** Conflicts for a script: which keys, never the values, since those may be secrets. */
function asJson(agent: Agent, { restored, conflicts, notes }: UndoResult): object {
  return { agent: agent.id, restored, conflicts: conflicts.map(({ file, key }) => ({ file, key })), notes }
}

/** The hub's own file stays as it is, so that connecting again is quick: what is in it is named, and how it goes. */
function showLeft({ out }: Cli, { key, channels }: ReturnType<typeof leftovers>): void {
  const left = [
    ...(key === null ? [] : [{ what: `the key "${key}"`, way: `axonhub key revoke ${key}` }]),
    ...channels.map((name) => ({
      what: `the channel "${name}"`,
      way: `axonhub channel remove ${name}`,
    })),
  ]
  if (left.length === 0) return
  out.line(`config.yml keeps ${left.map(({ what }) => what).join(' and ')}; to remove:`)
  for (const { way } of left) out.line(`  ${way}`)
}

/** A configuration that cannot be read keeps nobody from undoing; it tells of nothing that is left. */
function left(cli: Cli, agent: Agent): ReturnType<typeof leftovers> {
  try {
    return leftovers(cli, agent.id)
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'config-invalid') return { key: null, channels: [] }
    throw thrown
  }
}

async function undo(cli: Cli, names: readonly string[], options: Options): Promise<void> {
  const { out } = cli
  const chosen = await onRecord(cli, names)
  const results: object[] = []
  let conflicts = 0
  for (const agent of chosen) {
    const result = await undoOne(cli, agent, options)
    conflicts += result.conflicts.length
    results.push({ ...asJson(agent, result), left: left(cli, agent) })
    if (options.json !== true && result.conflicts.length === 0) showLeft(cli, left(cli, agent))
  }
  if (options.json === true) out.json(results)
  else if (chosen.length === 0) out.line('Nothing to take back: no agent is connected.')
  if (conflicts === 0) return
  cli.exit(EXIT.refused)
  if (options.json !== true)
    out.note('Keys that were changed since were left as they are; --force sets them back.')
}

export function configure(command: Command, cli: Cli): void {
  command
    .argument('[agents...]', 'codex, claude, opencode, gemini; without a name all that are connected')
    .option('--force', 'set back also what was changed since init')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub undo', 'everything'],
        ['axonhub undo codex', 'exit code 4 when something was changed since'],
      ),
    )
    .action((names: string[], options: Options) => undo(cli, names, options))
}
