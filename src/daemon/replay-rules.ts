// Under which rules a recorded request is sent again: those of its key, of a profile that was asked for, or a model and a
// channel that somebody named outright.

import { HubError } from '../base/errors.js'
import type { ReplayRequest } from '../control/replay.js'
import { compileMappings } from '../routing/rules.js'
import { type ProfileRules, type RoutingTable, rulesOf } from './routing-table.js'

function baseRules(table: RoutingTable, keyName: string, profile: string | undefined): ProfileRules {
  if (profile === undefined) return rulesOf(table, keyName)
  const rules = table.profiles.get(profile)
  if (rules !== undefined) return rules
  throw new HubError('profile-missing', `There is no profile ${profile}.`, {
    hint: 'See "axonhub profile list".',
  })
}

/** Throws HubError `not-found` or `refused` for a channel that cannot be sent to. */
function checkChannel({ channels }: RoutingTable, name: string): void {
  const channel = channels.find((one) => one.name === name)
  if (channel === undefined) {
    throw new HubError('not-found', `There is no channel named ${name}.`, {
      hint: 'See "axonhub channel list".',
    })
  }
  if (!channel.enabled) {
    throw new HubError('refused', `The channel ${name} is disabled.`, {
      hint: `Enable it with "axonhub channel enable ${name}".`,
    })
  }
  if (channel.credential.type === 'client') {
    throw new HubError(
      'refused',
      `The channel ${name} forwards the agent's own login, and no credential of an agent is ever stored.`,
      { hint: 'Name a channel that has a key with --channel; "axonhub channel list" shows them.' },
    )
  }
}

/**
 * A named model passes all mappings over; a named channel takes the place of those that profile and mappings give.
 * Throws HubError `profile-missing`, `not-found` or `refused`.
 */
export function replayRules(
  table: RoutingTable,
  keyName: string,
  { profile, model, channel }: ReplayRequest,
): ProfileRules {
  if (channel !== undefined) checkChannel(table, channel)
  const base = baseRules(table, keyName, profile)
  const only = channel === undefined ? {} : { channel: [channel] }
  const own = base.name === undefined ? [] : (table.config.profiles[base.name]?.mappings ?? [])
  const mappings =
    model !== undefined
      ? compileMappings([{ from: '*', to: model, ...only }])
      : channel === undefined
        ? base.mappings
        : compileMappings(own.map((mapping) => ({ ...mapping, ...only })))
  return {
    name: base.name ?? (model === undefined ? undefined : 'of the replay'),
    fingerprint: '',
    mappings,
    limits: channel === undefined ? base.limits : { channels: [channel] },
  }
}

/** The first line of the decision: what was asked of the replay. */
export function replayHeading(id: string, { profile, model, channel }: ReplayRequest): string {
  const words = [
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(model === undefined ? [] : [`model ${model}, past all mappings`]),
    ...(channel === undefined ? [] : [`channel ${channel} alone`]),
  ]
  return `replay of ${id}: ${words.length === 0 ? 'as its key would be answered now' : words.join(', ')}`
}
