// Profiles by name, and what a model name becomes under one.

import { HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import type { Channel } from '../config/channels.js'
import type { Config } from '../config/schema.js'
import { compileMappings, resolveModel } from '../routing/rules.js'
import { type Protocol, selectTargets, type Target } from '../routing/select.js'

export type ProfileConfig = Config['profiles'][string]
export type NamedProfile = { readonly name: string; readonly profile: ProfileConfig }

/** The profile, or the active one. Throws HubError `not-found`. */
export function profileNamed(config: Config, name: string | undefined): NamedProfile {
  const chosen = name ?? config.active_profile
  if (chosen === undefined) {
    throw new HubError('not-found', 'No profile is active.', {
      hint: 'Name one; "axonhub profile list" shows those that are there.',
    })
  }
  const profile = config.profiles[chosen]
  if (profile !== undefined) return { name: chosen, profile }
  const [close] = nearest(chosen, Object.keys(config.profiles))
  throw new HubError('not-found', `There is no profile "${chosen}".`, {
    hint: close === undefined ? 'See "axonhub profile list".' : `Did you mean "${close}"?`,
  })
}

export type Answered = {
  readonly model: string
  /** The mapping that matched, from 0; undefined: the name is unchanged. */
  readonly rule: number | undefined
  readonly target: Target | undefined
}

/** Who would answer each name first, for a caller with a login of its own. */
export function answers(
  profile: ProfileConfig,
  channels: readonly Channel[],
  protocol: Protocol,
  models: readonly string[],
): Answered[] {
  const mappings = compileMappings(profile.mappings)
  return models.map((model) => {
    const resolution = resolveModel(mappings, model)
    const { targets } = selectTargets({
      protocol,
      model: resolution.model,
      channels,
      ruleChannels: resolution.channels,
      limits: { channels: profile.channels, tags: profile.tags },
      seed: '',
    })
    return { model, rule: resolution.rule?.index, target: targets[0] }
  })
}
