// The secret store of the chosen home, and the client keys in it. Law: a key's text leaves by `token` and `env` alone.

import { join } from 'node:path'
import { HubError } from '../base/errors.js'
import { withFileLock } from '../base/file-lock.js'
import { ensureHome } from '../config/paths.js'
import type { Config } from '../config/schema.js'
import { replaceIfUnchanged } from '../edit/atomic-write.js'
import { clientKeyEntry, createClientKey } from '../secrets/client-key.js'
import { openSecretStore } from '../secrets/open.js'
import { resolveSecret } from '../secrets/reference.js'
import type { SecretStore } from '../secrets/store.js'
import type { Cli } from './cli.js'

/** The home is made when something is kept, so that a command that only looks leaves nothing behind. */
export async function openSecrets(cli: Cli): Promise<SecretStore> {
  const { deps } = cli
  const paths = cli.paths()
  const store = await openSecretStore({
    home: paths.home,
    path: paths.secrets,
    replace: replaceIfUnchanged,
    platform: deps.platform,
    env: deps.env,
  })
  return {
    ...store,
    set(name, value) {
      ensureHome(paths)
      return store.set(name, value)
    },
  }
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
  ensureHome(cli.paths())
  return withFileLock(join(cli.paths().run, 'keys'), async () => {
    const now = await standing()
    if (now.known !== undefined && now.isReady) return now.known
    const value = now.known ?? createClientKey()
    await keepClientKey(cli, secrets, name, value)
    return value
  })
}

/** What may stand in nothing that is given away. */
type OwnSecrets = { readonly keys: readonly string[]; readonly channels: readonly string[] }

/** The hub's own keys, and those of its channels that can be had without running a command of the user's. */
export async function ownSecrets(cli: Cli, config: Pick<Config, 'keys' | 'channels'>): Promise<OwnSecrets> {
  const store = await openSecrets(cli)
  const { env, userHome } = cli.deps
  const references = config.channels
    .flatMap(({ api_key }) => api_key ?? [])
    .filter((reference) => !reference.startsWith('cmd:'))
  const [keys, channels] = await Promise.all([
    Promise.all(Object.keys(config.keys).map((name) => readClientKey(store, name))),
    Promise.all(
      references.map((reference) => resolveSecret(reference, { store, env, userHome }).catch(() => '')),
    ),
  ])
  return {
    keys: keys.filter((key) => key !== undefined),
    channels: channels.filter((secret) => secret.length >= 8),
  }
}

/** Why there is no text of the key: nobody made it, or config.yml came here without the secrets. */
export async function noSuchKey(cli: Cli, name: string): Promise<HubError> {
  const { configuredKeys } = await import('./config-change.js')
  const { nearest } = await import('../base/nearest.js')
  const keys = configuredKeys(cli)
  if (keys.includes(name)) {
    return new HubError('not-found', `config.yml names the key "${name}", but its text is not kept here.`, {
      hint: `"axonhub key create ${name}" makes a new one; with --value it is the one that you have.`,
    })
  }
  const [close] = nearest(name, keys)
  const otherwise = `Make it with "axonhub key create ${name}"; "axonhub key list" shows those that are there.`
  return new HubError('not-found', `There is no key "${name}".`, {
    hint: close === undefined ? otherwise : `Did you mean "${close}"?`,
  })
}
