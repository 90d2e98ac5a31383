// Profiles by name.

import { HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import type { Config, ProfileConfig } from '../config/schema.js'

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
