// `axonhub init`: connects agents to the hub. Plans, shows the difference, asks, writes; nothing before the answer.

import { type Command, Option } from 'commander'
import type { Agent, AuthChoice, InitChoices, LoginChoice } from '../../agents/agent.js'
import { type AgentInitPlan, applyAgentInit, planAgentInit } from '../../agents/init.js'
import { agentNamed, agents } from '../../agents/registry.js'
import { HubError } from '../../base/errors.js'
import type { ConfigEdit } from '../../config/edit.js'
import { createClientKey } from '../../secrets/client-key.js'
import type { SecretStore } from '../../secrets/store.js'
import {
  agentContext,
  answeredModels,
  claudeRoom,
  codexModel,
  hubUrl,
  loginChannel,
  tokenCommand,
} from '../agent-setup.js'
import type { Cli } from '../cli.js'
import { changeConfig, configuredKeys, readConfig } from '../config-change.js'
import { statusIfRunning } from '../daemon-life.js'
import { examples } from '../help.js'
import { wantedStatusline } from '../init-statusline.js'
import { canAsk, confirm } from '../prompt.js'
import { keepClientKey, openSecrets, readClientKey } from '../secrets.js'
import { shortPath } from '../words.js'

type Options = {
  readonly all?: boolean
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly model?: string
  readonly login?: LoginChoice
  readonly auth?: AuthChoice
  readonly statusline?: boolean
  readonly json?: boolean
}

type Step = {
  readonly agent: Agent
  readonly choices: InitChoices
  readonly plan: AgentInitPlan
  /** The key is not there yet, or the configuration does not know it. */
  readonly newKey: boolean
  readonly edits: readonly ConfigEdit[]
}

/** Those named, all, else those that are installed. Throws HubError `not-found` when there is none. */
async function chosenAgents(cli: Cli, names: readonly string[], all: boolean): Promise<Agent[]> {
  if (all && names.length > 0)
    throw new HubError('usage', '--all stands for every agent, so no agent is named beside it.')
  if (all) return [...agents]
  if (names.length > 0) return [...new Set(names)].map(agentNamed)
  const context = agentContext(cli)
  const found: Agent[] = []
  for (const agent of agents) if ((await agent.detect(context)).installed) found.push(agent)
  if (found.length > 0) return found
  throw new HubError(
    'not-found',
    'Neither Codex CLI nor Claude Code nor OpenCode nor Gemini CLI was found on this machine.',
    {
      hint: 'Install one, or name the one to prepare for: "axonhub init codex".',
    },
  )
}

async function planStep(cli: Cli, agent: Agent, options: Options, secrets: SecretStore): Promise<Step> {
  const known = await readClientKey(secrets, agent.id)
  const room = agent.id === 'claude' ? await claudeRoom(cli) : undefined
  const mayAsk = canAsk(cli) && options.yes !== true && options.dryRun !== true && options.json !== true
  const statusline =
    agent.id === 'claude' ? await wantedStatusline(cli, { wanted: options.statusline, mayAsk }) : undefined
  const asked: InitChoices = {
    ...(statusline === undefined ? {} : { statusline }),
    ...(room === undefined ? {} : { room }),
    ...(agent.id === 'opencode' ? { models: await answeredModels(cli) } : {}),
    hubUrl: await hubUrl(cli),
    key: known ?? createClientKey(),
    tokenCommand: tokenCommand(cli, agent.id),
    ...(options.login === undefined ? {} : { login: options.login }),
    ...(options.auth === undefined || agent.id !== 'codex' ? {} : { auth: options.auth }),
    ...(options.model === undefined ? {} : { model: options.model }),
  }
  const first = await planAgentInit(agent, request(cli, asked))
  // A plan's own client knows its models best; behind a key somebody must be named who answers.
  const isOpen = agent.id === 'codex' && first.login === 'key' && options.model === undefined
  const defaultModel = isOpen ? await codexModel(cli) : undefined
  const choices = defaultModel === undefined ? asked : { ...asked, defaultModel }
  const plan = defaultModel === undefined ? first : await planAgentInit(agent, request(cli, choices))
  return {
    agent,
    choices,
    plan,
    newKey: known === undefined || !configuredKeys(cli).includes(agent.id),
    edits: loginChannel(cli, agent.id, plan.login),
  }
}

function request(cli: Cli, choices: InitChoices) {
  return { context: agentContext(cli), choices, ledgerFile: cli.paths().ledger }
}

function isDone({ plan, newKey, edits }: Step): boolean {
  return plan.files.length === 0 && !newKey && edits.length === 0
}

function paintDiff({ out }: Cli, diff: string): string {
  return diff
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return out.style.good(line)
      if (line.startsWith('-')) return out.style.bad(line)
      return line.startsWith('@@') ? out.style.accent(line) : line
    })
    .join('\n')
}

function show(cli: Cli, step: Step): void {
  const { out } = cli
  const { agent, plan, newKey, edits } = step
  const version = plan.state.version === undefined ? '' : ` ${plan.state.version}`
  const found = plan.state.installed ? '' : ', not found on this machine'
  const login = plan.login === 'keep' ? 'keeps its own login' : 'uses a key of the hub'
  out.line(out.style.bold(`${agent.title}${version}`) + out.style.dim(` (${login}${found})`))
  if (isDone(step)) out.line('  is connected already; nothing to change.')
  if (newKey) out.line(`  config.yml: adds the key "${agent.id}"`)
  for (const edit of edits) {
    if (edit.type === 'add-channel') {
      out.line(
        `  config.yml: adds the channel "${edit.channel.name}", which forwards the login that the agent sends`,
      )
    }
  }
  if (plan.diff !== '') out.line(paintDiff(cli, plan.diff.trimEnd()))
  for (const warning of plan.warnings) out.line(`${out.style.warn('warning')} ${warning}`)
  out.line()
}

function asJson(steps: readonly Step[], written: boolean): object {
  return {
    written,
    agents: steps.map(({ agent, plan, newKey, edits }) => ({
      agent: agent.id,
      installed: plan.state.installed,
      version: plan.state.version ?? null,
      login: plan.login,
      files: plan.files.map(({ path, before }) => ({ path, creates: before === null })),
      newKey,
      newChannel:
        edits.flatMap((edit) => (edit.type === 'add-channel' ? [edit.channel.name] : []))[0] ?? null,
      diff: plan.diff,
      warnings: plan.warnings,
    })),
  }
}

/** Whether to write. Throws HubError `usage` when nobody can be asked. */
async function isAgreed(cli: Cli, options: Options): Promise<boolean> {
  if (options.yes === true) return true
  if (canAsk(cli) && options.json !== true) return confirm(cli, 'Write this?', true)
  throw new HubError('usage', 'Nothing was written: there is no terminal to ask on.', {
    hint: 'Run it with --yes to write, or with --dry-run to look only.',
  })
}

async function write(cli: Cli, step: Step, secrets: SecretStore): Promise<void> {
  const { agent, choices, newKey, edits } = step
  if (newKey) await keepClientKey(cli, secrets, agent.id, choices.key)
  await changeConfig(cli, edits)
  await applyAgentInit(agent, request(cli, choices), cli.deps.clock)
}

async function nextSteps(cli: Cli, steps: readonly Step[]): Promise<void> {
  const { out } = cli
  const running = await statusIfRunning(cli)
  const { channels } = readConfig(cli).config
  out.line('Next:')
  if (channels.length === 0 && running?.demo !== true)
    out.line('  axonhub channel add       a provider that answers')
  if (running === undefined) out.line('  axonhub serve --detach    the hub must run')
  for (const { agent } of steps)
    out.line(
      `  ${agent.id.padEnd(24)}  ${agent.nextStep ?? 'as always'}; "axonhub trace tail" shows what it asks`,
    )
}

async function init(cli: Cli, names: readonly string[], options: Options): Promise<void> {
  const { out } = cli
  const chosen = await chosenAgents(cli, names, options.all === true)
  if (options.auth !== undefined && !chosen.some(({ id }) => id === 'codex')) {
    throw new HubError('usage', '--auth is about Codex; Claude Code always gets the key in its settings.')
  }
  const secrets = await openSecrets(cli)
  const steps: Step[] = []
  for (const agent of chosen) steps.push(await planStep(cli, agent, options, secrets))
  if (options.json !== true) for (const step of steps) show(cli, step)
  const pending = steps.filter((step) => !isDone(step))
  const writes = options.dryRun !== true && pending.length > 0 && (await isAgreed(cli, options))
  if (writes) for (const step of pending) await write(cli, step, secrets)
  if (options.json === true) return out.json(asJson(steps, writes))
  if (options.dryRun === true) return out.line('Nothing was written (--dry-run).')
  if (pending.length > 0 && !writes) return out.line('Nothing was written.')
  for (const { plan } of writes ? pending : []) {
    for (const file of plan.files) out.line(`Wrote ${shortPath(file.path, cli.deps.userHome)}`)
  }
  if (writes) out.line('"axonhub undo" takes it back.\n')
  await nextSteps(cli, steps)
}

export function configure(command: Command, cli: Cli): void {
  command
    .argument('[agents...]', 'codex, claude, opencode, gemini; without a name those that are installed')
    .option('-a, --all', 'every agent that the hub knows, also those that are not found here')
    .option('-n, --dry-run', 'show what would be written, and write nothing')
    .option('-y, --yes', 'write without asking')
    .option('-m, --model <name>', 'the model that the agent is to ask for')
    .addOption(
      new Option(
        '--login <way>',
        "keep: the agent's own plan login stays in use; key: the hub's key alone",
      ).choices(['keep', 'key']),
    )
    .addOption(
      new Option(
        '--auth <way>',
        'how Codex gets the key: by a command, in its file, or from AXONHUB_API_KEY',
      ).choices(['command', 'token', 'env']),
    )
    .option('--statusline', "show route, battery, context and cost in Claude Code's status line")
    .option('--no-statusline', 'write no status line, and do not ask')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub init', 'connect what is installed'],
        ['axonhub init codex --dry-run', 'look only'],
        ['axonhub init claude --login key --yes', 'without a plan, without asking'],
      ),
    )
    .action((names: string[], options: Options) => init(cli, names, options))
}
