// The small edits of config.yml that are made with one key or one command, by the command line and by the hub alike.

import type { ConfigEdit } from './edit.js'

/** `profile` undefined: it is left. `key` undefined: for every key without a profile of its own. */
export function profileSwitch(profile: string | undefined, key: string | undefined): ConfigEdit {
  return key === undefined
    ? { type: 'use-profile', name: profile }
    : { type: 'set-key-profile', name: key, profile }
}

export function channelSwitch(name: string, enabled: boolean): ConfigEdit {
  return { type: 'enable-channel', name, enabled }
}

/** A word for who changed the active profile in the file, where the environment names another one; else undefined. */
export function stillNamed(wanted: string | undefined, inForce: string | undefined): string | undefined {
  if (wanted === inForce || inForce === undefined) return undefined
  const said = wanted === undefined ? 'names no active profile now' : `names "${wanted}" now`
  return `config.yml ${said}; the environment (AXONHUB_ACTIVE_PROFILE) still names "${inForce}"`
}
