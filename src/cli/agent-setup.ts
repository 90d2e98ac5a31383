// What init and run need to know before an agent can be led through the hub: its key, the hub's address, a model that
// somebody answers, and a channel for the agent's own login where that is kept.

import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentContext, AgentId, InitChoices, LoginChoice } from '../agents/agent.js'
import { KNOWN_MODELS } from '../agents/codex/known-models.js'
import { machineContext } from '../agents/probe.js'
import { HubError } from '../base/errors.js'
import { type Channel, isListedByProvider, MOST_PICKABLE, resolveChannels } from '../config/channels.js'
import type { ConfigEdit } from '../config/edit.js'
import { localHost } from '../config/kinds.js'
import type { ExplainRequest } from '../control/api.js'
import { namedModels, serves } from '../routing/select.js'
import { modelsOf } from './channels.js'
import { type Cli, homeArguments } from './cli.js'
import { readConfig } from './config-change.js'
import { statusIfRunning, urlOf } from './daemon-life.js'

export function agentContext({ deps }: Cli): AgentContext {
  const { env, userHome, cwd, platform } = deps
  return machineContext({ env, home: userHome, cwd, platform })
}

/** Where agents reach the hub: the running one, else as configured. Throws HubError when only a running hub can tell. */
export async function hubUrl(cli: Cli): Promise<string> {
  const { host, port } = (await statusIfRunning(cli)) ?? readConfig(cli).config.server
  const place = { host: localHost(host), port }
  if (place.port !== 0) return urlOf(place)
  throw new HubError(
    'daemon-not-running',
    'The hub takes any free port (server.port is 0), and it is not running.',
    {
      hint: 'Start it first with "axonhub serve --detach", or give it a port of its own.',
    },
  )
}

/** The command that prints an agent's key, whatever the shell and the folder. */
export function tokenCommand(cli: Cli, keyName: string): InitChoices['tokenCommand'] {
  const { self } = cli.deps
  return { command: self.command, args: [...self.args, 'token', keyName, ...homeArguments(cli)] }
}

/** Explained by the running hub, else from the configuration on disk. */
export async function explain(cli: Cli, request: ExplainRequest) {
  if ((await statusIfRunning(cli)) !== undefined) return (await cli.control()).explain(request)
  return cli.deps.offline.explain(cli.paths(), request)
}

/** The room that Claude Code has to be told of under the profile of its key; undefined when it believes right. */
export async function claudeRoom(cli: Cli): Promise<number | undefined> {
  const { agents } = await cli.deps.offline.checkProfile(cli.paths(), { key: 'claude' })
  return agents.claude.context.room ?? undefined
}

function enabledChannels(cli: Cli): Channel[] {
  const { config, presets } = readConfig(cli)
  return resolveChannels(config, presets).filter((channel) => channel.enabled)
}

/** How long a provider may take for its list of models, ms: whoever sets up an agent waits for it. */
const LIST_PATIENCE_MS = 4_000

/** By their names, models that answer no questions. */
const NO_TALKER = /embed|rerank|whisper|tts|moderation/i

/** What the providers list of channels whose models nobody named; a provider that does not answer soon lists nothing. */
async function listedByProviders(cli: Cli, channels: readonly Channel[]): Promise<string[]> {
  const asked = channels.filter(isListedByProvider).map(async (channel) => {
    const late = sleep(LIST_PATIENCE_MS, [], { ref: false })
    const ids: readonly string[] = await Promise.race([modelsOf(cli, channel), late]).catch(() => [])
    const own = ids.filter((id) => serves(channel, id) && !NO_TALKER.test(id))
    return own.length > MOST_PICKABLE ? [] : own
  })
  return (await Promise.all(asked)).flat()
}

/**
 * A model for Codex where its own configuration names none: one of its own names that is answered, else a channel's. A channel
 * that takes every name answers only those that its provider lists.
 */
export async function codexModel(cli: Cli): Promise<string | undefined> {
  const channels = enabledChannels(cli)
  const open = new Set(channels.filter(isListedByProvider).map(({ name }) => name))
  const known = channels.flatMap((channel) => channel.catalogue.map((model) => model.id))
  let unsure: string | undefined
  for (const model of new Set([...Object.keys(KNOWN_MODELS), ...namedModels(channels), ...known])) {
    const [target] = (await explain(cli, { model, agent: 'codex', key: 'codex' })).targets
    // A mapping is the user's own word for the name behind it.
    if (target !== undefined && (!open.has(target.channel) || target.model !== model)) return model
    if (target !== undefined) unsure ??= model
  }
  for (const model of await listedByProviders(cli, channels)) {
    const { targets } = await explain(cli, { model, agent: 'codex', key: 'codex' })
    if (targets.length > 0) return model
  }
  return unsure
}

/** Models that channels name, or their providers list, for an agent that offers only those it is told of; patterns are no names. */
export async function answeredModels(cli: Cli): Promise<string[]> {
  const channels = enabledChannels(cli)
  const known = channels.flatMap((channel) => channel.catalogue.map((model) => model.id))
  return [...new Set([...namedModels(channels), ...known, ...(await listedByProviders(cli, channels))])]
}

type OwnLogin = { readonly preset: string; readonly login: 'codex' | 'claude-code' }

/** The agents whose own login a channel can forward. */
const PRESET_OF_LOGIN: Readonly<Partial<Record<AgentId, OwnLogin>>> = {
  codex: { preset: 'codex', login: 'codex' },
  claude: { preset: 'claude', login: 'claude-code' },
}

type Leftovers = { readonly key: string | null; readonly channels: readonly string[] }

/** What the configuration still holds of an agent: its key, and the channels that forward its own login. */
export function leftovers(cli: Cli, agent: AgentId): Leftovers {
  const { config, presets } = readConfig(cli)
  const login = PRESET_OF_LOGIN[agent]?.login
  const channels = resolveChannels(config, presets).flatMap(({ name, credential }) =>
    credential.type === 'client' && credential.login === login ? [name] : [],
  )
  return { key: config.keys[agent] === undefined ? null : agent, channels }
}

/** The edit that adds a channel for the agent's own login; none when one is there or the login is not kept. */
export function loginChannel(cli: Cli, agent: AgentId, login: LoginChoice): ConfigEdit[] {
  const own = PRESET_OF_LOGIN[agent]
  if (login !== 'keep' || own === undefined) return []
  const { config, presets } = readConfig(cli)
  const { preset, login: wanted } = own
  const channels = resolveChannels(config, presets)
  if (channels.some(({ credential }) => credential.type === 'client' && credential.login === wanted))
    return []
  const taken = channels.some(({ name }) => name === preset)
  const name = taken ? `${preset}-plan` : preset
  return [{ type: 'add-channel', channel: { name, provider: preset, auth: 'client' } }]
}
