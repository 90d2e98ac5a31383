// The secret store of the chosen home, and the client keys in it. Law: a key's text leaves by `token` and `env` alone.

import { HubError } from '../base/errors.js'
import { ensureHome } from '../config/paths.js'
import { replaceIfUnchanged } from '../edit/atomic-write.js'
import { clientKeyEntry, createClientKey } from '../secrets/client-key.js'
import { openSecretStore } from '../secrets/open.js'
import type { SecretStore } from '../secrets/store.js'
import type { Cli } from './cli.js'

export async function openSecrets(cli: Cli): Promise<SecretStore> {
  const { deps } = cli
  const paths = cli.paths()
  ensureHome(paths)
  return openSecretStore({
    home: paths.home,
    path: paths.secrets,
    replace: replaceIfUnchanged,
    platform: deps.platform,
    env: deps.env,
  })
}

/** The text of a client key, when there is one. */
export function readClientKey(secrets: SecretStore, name: string): Promise<string | undefined> {
  return secrets.get(clientKeyEntry(name))
}

/**
 * Keeps the key and makes it known to the configuration and to a running hub. The secret comes first: whoever sees the
 * name finds its text.
 */
export async function keepClientKey(
  cli: Cli,
  secrets: SecretStore,
  name: string,
  value: string,
  profile?: string,
): Promise<void> {
  await secrets.set(clientKeyEntry(name), value)
  const { changeConfig, configuredKeys } = await import('./config-change.js')
  if (configuredKeys(cli).includes(name)) await changeConfig(cli, [], { reload: 'always' })
  else await changeConfig(cli, [{ type: 'add-key', name, ...(profile === undefined ? {} : { profile }) }])
}

/** The key of this name, made when it is not there yet. */
export async function ensureClientKey(cli: Cli, secrets: SecretStore, name: string): Promise<string> {
  const { isConfiguredKey } = await import('./config-change.js')
  const known = await readClientKey(secrets, name)
  if (known !== undefined && isConfiguredKey(cli, name)) return known
  const value = known ?? createClientKey()
  await keepClientKey(cli, secrets, name, value)
  return value
}

export function noSuchKey(name: string): HubError {
  return new HubError('not-found', `There is no key "${name}".`, {
    hint: `Make it with "axonhub key create ${name}"; "axonhub key list" shows those that are there.`,
  })
}
