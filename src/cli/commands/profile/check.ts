// `axonhub profile check`: for each name that the agents ask for by themselves, who answers it under a profile, what is
// lost on the way, and whether a conversation has room there.

import type { AgentCheck, ModelCheck, OutcomeCheck, ProfileCheck } from '../../../control/profile-check.js'
import { embeddedChannels } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { readConfig } from '../../config-change.js'
import { EXIT } from '../../exit-codes.js'
import { profileNamed } from '../../profiles.js'
import { plain, wrapped } from '../../table.js'
import { count } from '../../words.js'

const AGENTS = [
  { id: 'codex', title: 'Codex CLI' },
  { id: 'claude', title: 'Claude Code' },
] as const

function byWhom({ answeredBy, problem }: OutcomeCheck): string {
  if (answeredBy === null) return `nobody: ${problem ?? ''}`
  const how = answeredBy.mode === 'relay' ? 'relayed' : `converted to ${answeredBy.protocol}`
  return `${answeredBy.model} on ${answeredBy.channel}, ${how}`
}

function why({ mapping, when }: OutcomeCheck): string {
  const rule = mapping === null ? 'unmapped' : `mapping ${mapping}`
  return when === null ? rule : `${rule}, when ${when}`
}

/** The last outcome stands first: it is what usually happens. */
function usualFirst(outcomes: readonly OutcomeCheck[]): OutcomeCheck[] {
  return [...outcomes.slice(-1), ...outcomes.slice(0, -1)]
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item])
  return found
}

function showModels({ out }: Cli, models: readonly ModelCheck[]): void {
  const same = grouped(models, ({ outcomes }) => JSON.stringify(outcomes))
  for (const group of same.values()) {
    for (const { model, use } of group) out.line(`${model} ${out.style.dim(`(${use})`)}`)
    const [first] = group
    for (const outcome of usualFirst(first?.outcomes ?? [])) {
      const mark = outcome.answeredBy === null ? out.style.bad('✗') : out.style.good('✓')
      out.line(`  ${mark} ${plain(byWhom(outcome))} ${out.style.dim(`(${why(outcome)})`)}`)
    }
  }
}

function showConversions({ out }: Cli, { conversions }: AgentCheck): void {
  for (const { channel, protocol, models, notes } of conversions) {
    const head = `Converted to ${protocol} for ${models.join(', ')} on ${channel}`
    for (const line of wrapped(notes.length === 0 ? `${head}; nothing is lost.` : `${head}:`, out.width))
      out.line(line)
    for (const { kind, field, reason } of notes)
      for (const line of wrapped(`${kind} ${field}: ${reason}`, out.width - 2)) out.line(`  ${line}`)
  }
}

function showContext({ out }: Cli, { context, models }: AgentCheck): void {
  if (context.room === null) return
  out.line(out.style.warn('There is less room than the agent believes:'))
  const lacking = models.filter(({ model }) => context.tooSmall.includes(model))
  const sizes = grouped(
    lacking,
    ({ room, assumedWindow }) => `${count(room ?? 0)} tokens, not ${count(assumedWindow)}`,
  )
  for (const [size, group] of sizes) out.line(`  ${size}: ${group.map(({ model }) => model).join(', ')}`)
  for (const [name, value] of Object.entries(context.variables)) out.line(`  ${name}=${value}`)
  if (context.advice === null) return
  for (const line of wrapped(context.advice, out.width)) out.line(line)
}

function show(cli: Cli, check: ProfileCheck): void {
  const { out } = cli
  for (const { id, title } of AGENTS) {
    out.line(out.style.bold(title))
    showModels(cli, check.agents[id].models)
    showConversions(cli, check.agents[id])
    showContext(cli, check.agents[id])
    out.line()
  }
}

/** Names that nobody answers, whatever the request is like. */
function unanswered(check: ProfileCheck): string[] {
  return AGENTS.flatMap(({ id }) =>
    check.agents[id].models
      .filter(({ outcomes }) => outcomes.some(({ answeredBy }) => answeredBy === null))
      .map(({ model }) => model),
  )
}

export async function checkProfile(cli: Cli, name: string | undefined, json: boolean): Promise<void> {
  const { out, deps } = cli
  const { name: profile } = profileNamed(readConfig(cli).config, name)
  const check = await deps.offline.checkProfile(cli.paths(), { profile })
  const open = unanswered(check)
  if (open.length > 0) cli.exit(EXIT.failed)
  if (json) {
    out.json(check)
    return
  }
  show(cli, check)
  if ((await embeddedChannels(cli)).length > 0)
    out.note('The hub runs with --demo: while it does, the demo answers every name.')
  if (open.length === 0) {
    out.line(`The profile "${profile}" answers every name.`)
    return
  }
  const advice = 'Map them (a last mapping from "*" catches the rest), or add a channel that serves them.'
  for (const words of [`Under "${profile}" nobody answers ${open.join(', ')}.`, advice])
    for (const line of wrapped(words, out.width)) out.line(line)
}
