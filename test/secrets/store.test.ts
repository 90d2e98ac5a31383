import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceIfUnchanged } from '../../src/edit/atomic-write.js'
import { accountName, type Keychain } from '../../src/secrets/keychain-store.js'
import { openSecretStore } from '../../src/secrets/open.js'

let home = ''
let path = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'axonhub-secrets-'))
  path = join(home, 'secrets.json')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const desktop = {
  replace: replaceIfUnchanged,
  platform: 'linux',
  env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' },
} as const

const openFile = () => openSecretStore({ ...desktop, home, path, backend: 'file' })
const openWith = (keychain: Keychain) =>
  openSecretStore({ ...desktop, home, path, openKeychain: async () => keychain })

/** A keychain in memory, with the calls of the real one. */
function memoryKeychain(entries: Map<string, string>): Keychain {
  return (service, account) => {
    const name = `${service}/${account}`
    return {
      getPassword: async () => entries.get(name) ?? null,
      setPassword: async (value) => {
        entries.set(name, value)
      },
      deletePassword: async () => entries.delete(name),
    }
  }
}

describe('the file of secrets', () => {
  it('gives back what was set, survives reopening and is readable by its owner alone', async () => {
    const store = await openFile()
    expect(await store.get('deepseek')).toBeUndefined()
    await store.set('deepseek', 'sk-1')
    await store.set('__proto__', 'sk-2')
    const again = await openFile()
    expect(await again.get('deepseek')).toBe('sk-1')
    expect(await again.get('toString')).toBeUndefined()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('closes a file that others could read before it is used', async () => {
    writeFileSync(path, '{"version":1,"secrets":{"a":"b"}}')
    chmodSync(path, 0o644)
    expect(await (await openFile()).get('a')).toBe('b')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('deletes, and says whether there was something', async () => {
    const store = await openFile()
    await store.set('a', '1')
    expect(await store.delete('a')).toBe(true)
    expect(await store.delete('a')).toBe(false)
    expect(await store.get('a')).toBeUndefined()
  })

  it('loses none of many values set at the same time', async () => {
    const [one, two] = await Promise.all([openFile(), openFile()])
    const names = Array.from({ length: 20 }, (_, index) => `name-${index}`)
    await Promise.all(
      names.map(async (name, index) => (index % 2 === 0 ? one : two).set(name, `value-${index}`)),
    )
    const values = await Promise.all(names.map(async (name) => one.get(name)))
    expect(values).toEqual(names.map((_, index) => `value-${index}`))
  })

  it('is left alone when it is broken, and what it holds is not repeated', async () => {
    writeFileSync(path, '{"version":1,"secrets":{"a":"sk-secret"')
    const store = await openFile()
    await expect(store.set('b', 'x')).rejects.toMatchObject({ code: 'secret-unavailable' })
    await expect(store.get('a')).rejects.toThrow(/^(?!.*sk-secret)/)
    expect(readFileSync(path, 'utf8')).toContain('sk-secret')
  })
})

describe('choosing where secrets are kept', () => {
  it('takes the keychain when it answers, and writes no file', async () => {
    const entries = new Map<string, string>()
    const store = await openWith(memoryKeychain(entries))
    await store.set('deepseek', 'sk-1')
    expect(store.kind).toBe('keychain')
    expect([...entries]).toEqual([[`axonhub/${accountName(home, 'deepseek')}`, 'sk-1']])
    expect(await store.get('deepseek')).toBe('sk-1')
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
    expect(await store.delete('deepseek')).toBe(true)
    expect(await store.get('deepseek')).toBeUndefined()
  })

  it('keeps two homes apart in one keychain', async () => {
    const entries = new Map<string, string>()
    const store = await openWith(memoryKeychain(entries))
    await store.set('a', '1')
    const other = await openSecretStore({
      ...desktop,
      home: `${home}-other`,
      path: `${path}-other`,
      openKeychain: async () => memoryKeychain(entries),
    })
    expect(await other.get('a')).toBeUndefined()
  })

  it('falls back to the file, and says why, when the keychain cannot be used', async () => {
    const locked: Keychain = () => ({
      getPassword: async () => {
        throw new Error("Couldn't access platform storage")
      },
      setPassword: async () => undefined,
      deletePassword: async () => undefined,
    })
    const store = await openWith(locked)
    expect(store.kind).toBe('file')
    expect(store.description).toContain(
      "the system's keychain cannot be used: Couldn't access platform storage",
    )
    await store.set('a', '1')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('does not seek a keychain on a Linux without a desktop session', async () => {
    const store = await openSecretStore({ ...desktop, home, path, env: {} })
    expect(store.kind).toBe('file')
    expect(store.description).toContain('there is no desktop session with a secret service')
  })

  it('does not trust a keychain that forgets what it was given', async () => {
    const forgetful: Keychain = () => ({
      getPassword: async () => null,
      setPassword: async () => undefined,
      deletePassword: async () => undefined,
    })
    expect((await openWith(forgetful)).kind).toBe('file')
  })

  it('still finds what was put into the file before the keychain could be used, and moves it when it is set', async () => {
    await (await openFile()).set('a', 'old')
    const store = await openWith(memoryKeychain(new Map()))
    expect(await store.get('a')).toBe('old')
    await store.set('a', 'new')
    expect(await store.get('a')).toBe('new')
    expect(await (await openFile()).get('a')).toBeUndefined()
  })
})
