// The ways through a channel that are worth a test: for each agent the endpoint that its requests would go to.

import type { Channel } from '../../config/channels.js'
import { selectTargets } from '../../routing/select.js'
import { AGENTS, type ProbeAgent, plainClient } from './agent.js'
import type { Way } from './session.js'

/** `full`: all capabilities; `text`: only whether it answers, for endpoints that no agent's requests would go to. */
export type PlannedWay = { readonly way: Way; readonly depth: 'full' | 'text' }

/** The way of one agent, chosen as for its requests; undefined for a channel without endpoints. */
function wayOf(channel: Channel, agent: ProbeAgent, model: string): Way | undefined {
  const { targets } = selectTargets({
    protocol: agent.protocol,
    model,
    channels: [{ ...channel, enabled: true, models: undefined }],
    seed: '',
  })
  const target = targets[0]
  const endpoint = channel.endpoints.find(({ protocol }) => protocol === target?.protocol)
  return target === undefined || endpoint === undefined
    ? undefined
    : { channel, endpoint, mode: target.mode, agent, model, key: 1 }
}

/**
 * Each endpoint once: in the place of the agent that is relayed to it, else of Claude Code or Codex; endpoints that
 * neither would use are asked by a client of their own protocol. With `as` only the way of that agent.
 */
export function waysThrough(
  channel: Channel,
  model: string,
  as: 'codex' | 'claude' | undefined,
): PlannedWay[] {
  const wanted = as === undefined ? [AGENTS.claude, AGENTS.codex] : [AGENTS[as]]
  const ways = wanted.flatMap((agent) => wayOf(channel, agent, model) ?? [])
  const planned = ways
    .toSorted((one, other) => Number(one.mode === 'convert') - Number(other.mode === 'convert'))
    .filter((way, at, all) => all.findIndex(({ endpoint }) => endpoint === way.endpoint) === at)
    .map((way) => ({ way, depth: 'full' as const }))
  if (as !== undefined) return planned
  const rest = channel.endpoints
    .filter((endpoint) => !planned.some(({ way }) => way.endpoint === endpoint))
    .map((endpoint) => ({
      way: {
        channel,
        endpoint,
        mode: 'relay' as const,
        agent: plainClient(endpoint.protocol),
        model,
        key: 1,
      },
      depth: 'text' as const,
    }))
  return [...planned, ...rest]
}
