// Which profile a client key uses. A profile that is named but missing is an error, never a silent pass.

import { HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import type { Config, ProfileConfig } from './schema.js'

/** The profile of a key: its own, else the active one, else none (names stay unchanged). */
export function profileOfKey(
  config: Config,
  keyName: string,
): { readonly name: string; readonly profile: ProfileConfig } | undefined {
  const own = Object.hasOwn(config.keys, keyName) ? config.keys[keyName]?.profile : undefined
  const name = own ?? config.active_profile
  return name === undefined ? undefined : { name, profile: profileNamed(config, name) }
}

/** Throws HubError `profile-missing`. */
export function profileNamed(config: Config, name: string): ProfileConfig {
  const profile = Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined
  if (profile !== undefined) return profile
  const [close] = nearest(name, Object.keys(config.profiles))
  throw new HubError('profile-missing', `There is no profile "${name}".`, {
    hint:
      close === undefined
        ? 'See `axonhub profile list`, or create it with `axonhub profile create`.'
        : `Did you mean "${close}"? See \`axonhub profile list\`.`,
  })
}
