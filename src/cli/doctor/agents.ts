// The agents: whether what they really use is this hub, with a key that it knows.

import type { Agent, AgentState } from '../../agents/agent.js'
import { planAgentInit } from '../../agents/init.js'
import { agents } from '../../agents/registry.js'
import { asHubError } from '../../base/errors.js'
import { filesOf, loadLedger } from '../../edit/ledger.js'
import { hubUrl, tokenCommand } from '../agent-setup.js'
import { openSecrets, readClientKey } from '../secrets.js'
import { type Effective, effectiveClaude } from './claude.js'
import { effectiveCodex } from './codex.js'
import { type Finding, note, pass, problem, warning } from './finding.js'
import { effectiveGemini } from './gemini.js'
import type { Subject } from './subject.js'

/** The versions against which the hub was measured (docs/clients.md). */
const MEASURED: Readonly<Record<string, readonly string[]>> = {
  codex: ['0.169.0'],
  claude: ['2.1.197', '2.1.328'],
  opencode: ['1.18.33'],
  gemini: ['0.61.0'],
}

const RESOLVERS: Readonly<Record<string, (subject: Subject, state: AgentState) => Promise<Effective>>> = {
  codex: effectiveCodex,
  claude: effectiveClaude,
  gemini: effectiveGemini,
}

const PATHS: Readonly<Record<string, string>> = { codex: '/v1', claude: '/anthropic', gemini: '/gemini' }

function version(agent: Agent, state: AgentState): Finding[] {
  const known = MEASURED[agent.id] ?? []
  if (state.version === undefined || known.length === 0 || known.includes(state.version)) return []
  return [
    note(
      `${agent.id}.version`,
      `${state.version} was not measured with this version of the hub (${known.join(', ')} were)`,
      {
        why: 'It will most likely work; when it does not, this is the first suspect.',
      },
    ),
  ]
}

function address(agent: Agent, { address: found }: Effective, wanted: string): Finding[] {
  const { id } = agent
  if (found === undefined)
    return [note(`${id}.connected`, 'not connected', { fix: `axonhub init ${id} (or axonhub run ${id})` })]
  if (found.url.replace(/\/$/, '') === wanted) return [pass(`${id}.address`, `asks ${wanted}`)]
  return [
    problem(`${id}.address`, `it asks ${found.url}, and the hub is ${wanted}`, {
      why: found.isOurs
        ? 'Its requests do not reach this hub.'
        : `${found.from} wins over what init wrote, so its requests do not reach this hub.`,
      fix: found.isOurs ? `axonhub init ${id}` : `Take it out of ${found.from}.`,
    }),
  ]
}

async function unknownKeys(subject: Subject, agent: Agent, { keys }: Effective): Promise<Finding[]> {
  const { cli, config } = subject
  if (config.type === 'failed' || keys.length === 0) return []
  const store = await openSecrets(cli)
  const names = Object.keys(config.value.config.keys)
  const known = await Promise.all(names.map((name) => readClientKey(store, name)))
  return keys
    .filter(({ key }) => !known.includes(key))
    .map(({ from }) =>
      problem(`${agent.id}.key`, `the key that it shows (${from}) is not known to this hub`, {
        why: 'Every request is refused with 401.',
        fix: `axonhub init ${agent.id}`,
      }),
    )
}

/** What init would write now and what it warns of; only for an agent that is connected. */
async function planned(subject: Subject, agent: Agent): Promise<Finding[]> {
  const { cli, context, paths } = subject
  const key = await readClientKey(await openSecrets(cli), agent.id)
  if (key === undefined) return []
  const choices = { hubUrl: await hubUrl(cli), key, tokenCommand: tokenCommand(cli, agent.id) }
  const plan = await planAgentInit(agent, { context, choices, ledgerFile: paths.ledger })
  const differs = plan.files.map(({ path }) =>
    note(`${agent.id}.current`, `init would write something else into ${path} today`, {
      why: 'The hub, its port, or what this version knows of the agent has changed since.',
      fix: `axonhub init ${agent.id} --dry-run`,
    }),
  )
  const warned = plan.warnings.map((text) =>
    warning(`${agent.id}.warning`, text, {
      why: 'It may go past the hub, or behave otherwise than through it.',
      fix: `axonhub init ${agent.id} --dry-run`,
    }),
  )
  return [...differs, ...warned]
}

async function checkConnected(subject: Subject, agent: Agent, state: AgentState): Promise<Finding[]> {
  const resolver = RESOLVERS[agent.id]
  const ledger = await loadLedger(subject.paths.ledger)
  const isConnected = filesOf(ledger, agent.id).length > 0
  const rest = isConnected ? await planned(subject, agent) : []
  if (resolver === undefined) return rest
  const effective = await resolver(subject, state)
  const ours = await hubUrl(subject.cli)
  const found = effective.address
  const leads = found?.url.startsWith(ours) === true
  // Who uses another provider on purpose, and was never connected, has nothing to mend.
  if (!isConnected && !leads)
    return [note(`${agent.id}.connected`, 'not connected', { fix: `axonhub init ${agent.id}` })]
  const detours = effective.detours.map(({ what, fix }) =>
    problem(`${agent.id}.detour`, what, { why: 'Its requests do not reach this hub, or are refused.', fix }),
  )
  const missing =
    found === undefined
      ? [
          problem(`${agent.id}.address`, 'what init wrote is no longer there', {
            why: 'Its requests do not reach this hub.',
            fix: `axonhub init ${agent.id}`,
          }),
        ]
      : address(agent, effective, `${ours}${PATHS[agent.id] ?? ''}`)
  return [...missing, ...detours, ...(await unknownKeys(subject, agent, effective)), ...rest]
}

async function checkAgent(subject: Subject, agent: Agent): Promise<Finding[]> {
  try {
    const state = await agent.detect(subject.context)
    const isPrepared = filesOf(await loadLedger(subject.paths.ledger), agent.id).length > 0
    if (!state.installed && !isPrepared)
      return [note(`${agent.id}.installed`, `${agent.title} is not installed`)]
    const named = state.version === undefined ? agent.title : `${agent.title} ${state.version}`
    return [
      state.installed
        ? pass(`${agent.id}.installed`, named)
        : note(`${agent.id}.installed`, `${agent.title} is connected, and was not found on this machine`),
      ...version(agent, state),
      ...(await checkConnected(subject, agent, state)),
    ]
  } catch (thrown) {
    const error = asHubError(thrown)
    return [
      problem(`${agent.id}.readable`, error.message, {
        why: 'Whether its requests reach the hub stays unknown.',
        fix: error.detail.hint ?? `axonhub init ${agent.id} --dry-run`,
      }),
    ]
  }
}

export async function checkAgents(subject: Subject): Promise<Finding[]> {
  return (await Promise.all(agents.map((agent) => checkAgent(subject, agent)))).flat()
}
