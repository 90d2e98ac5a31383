// What init and run need to know before an agent can be led through the hub: its key, the hub's address, a model that
// somebody answers, and a channel for the agent's own login where that is kept.

import type { AgentContext, AgentId, InitChoices, LoginChoice } from '../agents/agent.js'
import { KNOWN_MODELS } from '../agents/codex/known-models.js'
import { machineContext } from '../agents/probe.js'
import { HubError } from '../base/errors.js'
import { resolveChannels } from '../config/channels.js'
import type { ConfigEdit } from '../config/edit.js'
import { localHost } from '../config/kinds.js'
import type { ExplainRequest } from '../control/api.js'
import { namedModels } from '../routing/select.js'
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

/** A model for Codex where its own configuration names none: one of its own names that is answered, else a channel's. */
export async function codexModel(cli: Cli): Promise<string | undefined> {
  const { config, presets } = readConfig(cli)
  const channels = resolveChannels(config, presets).filter((channel) => channel.enabled)
  const known = channels.flatMap((channel) => channel.catalogue.map((model) => model.id))
  for (const model of new Set([...Object.keys(KNOWN_MODELS), ...namedModels(channels), ...known])) {
    const { targets } = await explain(cli, { model, agent: 'codex', key: 'codex' })
    if (targets.length > 0) return model
  }
  return undefined
}

/** Models that channels name, for an agent that offers only those it is told of; patterns are no names. */
export function answeredModels(cli: Cli): string[] {
  const { config, presets } = readConfig(cli)
  const channels = resolveChannels(config, presets).filter((channel) => channel.enabled)
  const known = channels.flatMap((channel) => channel.catalogue.map((model) => model.id))
  return [...new Set([...namedModels(channels), ...known])]
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
