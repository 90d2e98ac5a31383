// The client keys in force: names from the configuration, hashes from the database, plain text only in the secret store.
// A name that the configuration does not list is revoked, also when the database still knows it.

import type { HubError } from '../base/errors.js'
import type { Config } from '../config/schema.js'
import type { Recorder } from '../recorder/recorder.js'
import { clientKeyEntry, hashKey, keyPrefix } from '../secrets/client-key.js'
import type { SecretStore } from '../secrets/store.js'
import type { KeyRing } from './authenticate.js'

export type KeyRingDeps = {
  readonly recorder: Recorder
  readonly secrets: SecretStore
  readonly now: () => number
  /** Told of a key that cannot be used; the others still work. */
  readonly warn: (key: string, error: HubError | Error) => void
}

/** The ring for this configuration. Keys made while the daemon was off are taken over from the secret store. */
export async function loadKeyRing(config: Config, deps: KeyRingDeps): Promise<KeyRing> {
  const { recorder, secrets, now, warn } = deps
  const stored = new Map((await recorder.query('list-keys', {})).map((key) => [key.name, key.hash]))
  const ring = new Map<string, string>()
  for (const name of Object.keys(config.keys)) {
    try {
      const value = await secrets.get(clientKeyEntry(name))
      const known = stored.get(name)
      const hash = value === undefined ? known : hashKey(value)
      if (hash === undefined) {
        warn(name, new Error('it has no value; create it again with "axonhub key create"'))
        continue
      }
      if (value !== undefined && hash !== known) {
        await recorder.query('put-key', { name, hash, prefix: keyPrefix(value), createdAt: now() })
      }
      ring.set(hash, name)
    } catch (thrown) {
      warn(name, thrown instanceof Error ? thrown : new Error(String(thrown)))
    }
  }
  for (const name of stored.keys()) {
    if (config.keys[name] === undefined) await recorder.query('revoke-key', { name })
  }
  return ring
}
