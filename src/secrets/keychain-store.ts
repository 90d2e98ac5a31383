// The system's keychain: macOS Keychain, Windows Credential Manager, or the Secret Service of a Linux desktop.

import { createHash, randomBytes } from 'node:crypto'
import type { SecretStore } from './store.js'

/** One entry of a keychain; `AsyncEntry` of @napi-rs/keyring has this shape. */
type KeychainEntry = {
  getPassword(): Promise<string | null | undefined>
  setPassword(value: string): Promise<void>
  deletePassword(): Promise<unknown>
}

export type Keychain = (service: string, account: string) => KeychainEntry

const SERVICE = 'axonhub'
const PROBE_MS = 5000

/**
 * The keychain of this system. The native library is loaded here and not before. On Linux it is held to the Secret
 * Service: its own second choice is a keyring of the kernel, which forgets everything at the next boot.
 */
export async function systemKeychain(): Promise<Keychain> {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  return (service, account) => new AsyncEntry(service, account, { linux: { store: 'secret-service' } })
}

/** Account names begin with a mark of the home, so that two homes never share an entry. */
export function accountName(home: string, name: string): string {
  return `${createHash('sha256').update(home).digest('hex').slice(0, 12)}:${name}`
}

/**
 * Writes, reads and deletes a probe entry, since some systems answer reads and refuse writes. Throws what the keychain
 * throws when it cannot be used, or after 5 s of silence.
 */
export async function probeKeychain(keychain: Keychain, home: string): Promise<void> {
  // A name of its own: two commands may probe at the same moment.
  const probe = `probe-${randomBytes(6).toString('hex')}`
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PROBE_MS / 1000} s`)), PROBE_MS)
  })
  try {
    await Promise.race([roundTrip(keychain(SERVICE, accountName(home, probe))), silence])
  } finally {
    clearTimeout(timer)
  }
}

async function roundTrip(entry: KeychainEntry): Promise<void> {
  await entry.setPassword('probe')
  const read = await entry.getPassword()
  await entry.deletePassword()
  if (read !== 'probe') throw new Error('it does not give back what it was given')
}

/** `before`: the store used while the keychain could not be reached; it is still read, and emptied as entries move. */
export function keychainSecretStore(keychain: Keychain, home: string, before: SecretStore): SecretStore {
  const entry = (name: string) => keychain(SERVICE, accountName(home, name))
  return {
    kind: 'keychain',
    description: `the system's keychain, service "${SERVICE}"`,
    async get(name) {
      return (await entry(name).getPassword()) ?? (await before.get(name))
    },
    async set(name, value) {
      await entry(name).setPassword(value)
      await before.delete(name)
    },
    async delete(name) {
      const there = (await entry(name).getPassword()) ?? undefined
      if (there !== undefined) await entry(name).deletePassword()
      const inFile = await before.delete(name)
      return there !== undefined || inFile
    },
  }
}
