// Chooses the store: the keychain where it answers, else secrets.json; the choice and its reason can be shown.

import { fileSecretStore } from './file-store.js'
import { type Keychain, keychainSecretStore, probeKeychain, systemKeychain } from './keychain-store.js'
import type { ReplaceFile, SecretStore } from './store.js'

export type SecretStoreOptions = {
  /** The home of the hub; part of each account name in the keychain. */
  readonly home: string
  /** Path of secrets.json. */
  readonly path: string
  /** `replaceIfUnchanged` of edit/atomic-write.ts. */
  readonly replace: ReplaceFile
  /** `file` never touches the keychain. Default `auto`. */
  readonly backend?: 'auto' | 'file'
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Default: the system's. */
  readonly openKeychain?: () => Promise<Keychain>
}

/** Why the keychain is not even asked: on Linux it is the Secret Service of a desktop session. */
function noKeychain({ platform, env }: SecretStoreOptions): string | undefined {
  if (platform !== 'linux' || env['DBUS_SESSION_BUS_ADDRESS'] !== undefined) return undefined
  return 'there is no desktop session with a secret service'
}

export async function openSecretStore(options: SecretStoreOptions): Promise<SecretStore> {
  if (options.backend === 'file') return fileSecretStore(options.path, options.replace, 'as chosen')
  const why = options.openKeychain === undefined ? noKeychain(options) : undefined
  if (why !== undefined) return fileSecretStore(options.path, options.replace, why)
  try {
    const keychain = await (options.openKeychain ?? systemKeychain)()
    await probeKeychain(keychain, options.home)
    return keychainSecretStore(keychain, options.home, fileSecretStore(options.path, options.replace))
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    return fileSecretStore(options.path, options.replace, `the system's keychain cannot be used: ${why}`)
  }
}
