// The configuration in force as routing needs it: the profiles compiled once, the channels resolved once.

import { HubError } from '../base/errors.js'
import type { Channel } from '../config/channels.js'
import type { Config, ProfileConfig } from '../config/schema.js'
import { type CompiledMappings, compileMappings } from '../routing/rules.js'
import type { Question } from '../routing/select.js'
import type { Rules } from '../routing/tool-loop.js'

/** What a profile says, ready for use. */
export type ProfileRules = Rules & {
  readonly mappings: CompiledMappings
  readonly limits: NonNullable<Question['limits']>
}

export type RoutingTable = {
  readonly config: Config
  readonly channels: readonly Channel[]
  readonly profiles: ReadonlyMap<string, ProfileRules>
}

/** Every name as it is, on every channel that serves it. */
const NO_PROFILE: ProfileRules = {
  name: undefined,
  fingerprint: '',
  mappings: compileMappings([]),
  limits: {},
}

/** Compiled once for each configuration. */
export function routingTable(config: Config, channels: readonly Channel[]): RoutingTable {
  const profiles = Object.entries(config.profiles).map(
    ([name, profile]) => [name, profileRules(name, profile)] as const,
  )
  return { config, channels, profiles: new Map(profiles) }
}

function profileRules(name: string, profile: ProfileConfig): ProfileRules {
  return {
    name,
    fingerprint: JSON.stringify(profile),
    mappings: compileMappings(profile.mappings),
    limits: { channels: profile.channels, tags: profile.tags },
  }
}

/** The profile of a key, else the active one. Throws HubError `profile-missing` when it is named but not there. */
export function rulesOf({ config, profiles }: RoutingTable, keyName: string): ProfileRules {
  const own = config.keys[keyName]?.profile
  const name = own ?? config.active_profile
  if (name === undefined) return NO_PROFILE
  const rules = profiles.get(name)
  if (rules !== undefined) return rules
  const who = own === undefined ? 'active_profile' : `the key ${keyName}`
  throw new HubError('profile-missing', `The profile ${name}, named by ${who}, does not exist.`, {
    hint: 'See "axonhub profile list", then "axonhub profile use NAME".',
  })
}
