// The secret store of the chosen home, and the client keys in it. Law: a key's text leaves by `token` and `env` alone.

import { join } from 'node:path'
import { HubError } from '../base/errors.js'
import { withFileLock } from '../base/file-lock.js'
import { ensureHome } from '../config/paths.js'
import { replaceIfUnchanged } from '../edit/atomic-write.js'
import { clientKeyEntry, createClientKey } from '../secrets/client-key.js'
import { openSecretStore } from '../secrets/open.js'
import type { SecretStore } from '../secrets/store.js'
import type { Cli } from './cli.js'

/** `only: 'look'`: nothing will be kept, so the home is not made for it. */
export async function openSecrets(cli: Cli, { only }: { only?: 'look' } = {}): Promise<SecretStore> {
  const { deps } = cli
  const paths = cli.paths()
  if (only === undefined) ensureHome(paths)
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

/** The key of this name, made when it is not there yet; once, also when several commands want it at the same moment. */
export async function ensureClientKey(cli: Cli, secrets: SecretStore, name: string): Promise<string> {
  const { isConfiguredKey } = await import('./config-change.js')
  const standing = async () => {
    const known = await readClientKey(secrets, name)
    return { known, isReady: known !== undefined && isConfiguredKey(cli, name) }
  }
  const { known, isReady } = await standing()
  if (known !== undefined && isReady) return known
  return withFileLock(join(cli.paths().run, 'keys'), async () => {
    const now = await standing()
    if (now.known !== undefined && now.isReady) return now.known
    const value = now.known ?? createClientKey()
    await keepClientKey(cli, secrets, name, value)
    return value
  })
}

export function noSuchKey(name: string): HubError {
  return new HubError('not-found', `There is no key "${name}".`, {
    hint: `Make it with "axonhub key create ${name}"; "axonhub key list" shows those that are there.`,
  })
}
