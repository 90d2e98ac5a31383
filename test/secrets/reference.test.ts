import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HubError, sentence } from '../../src/base/errors.js'
import { secretCache } from '../../src/secrets/cache.js'
import { clientKeyEntry, createClientKey, hashKey, keyPrefix } from '../../src/secrets/client-key.js'
import { describeReference, resolveSecret, type SecretSources } from '../../src/secrets/reference.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'axonhub-reference-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const SECRET = 'sk-topsecret'

function sources(extra: Partial<SecretSources> = {}): SecretSources {
  return {
    store: { description: 'the test store', get: async (name) => (name === 'there' ? SECRET : undefined) },
    env: { PATH: process.env['PATH'], KEY: SECRET, EMPTY: '' },
    userHome: folder,
    ...extra,
  }
}

async function failure(reference: string, extra?: Partial<SecretSources>): Promise<HubError> {
  const error: unknown = await resolveSecret(reference, sources(extra)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof HubError) return error
  throw new Error('it did not fail with a HubError')
}

describe('a reference to a secret', () => {
  it('reads keychain, environment, command, file and literal', async () => {
    writeFileSync(join(folder, 'key'), `${SECRET}\n`)
    const references = [
      'keychain:there',
      'env:KEY',
      `cmd:printf '%s\\n' ${SECRET}`,
      'cmd:echo "$KEY"',
      `cmd:echo ${SECRET} | cat`,
      `file:${join(folder, 'key')}`,
      'file:~/key',
      SECRET,
      ` ${SECRET} `,
    ]
    for (const reference of references) expect(await resolveSecret(reference, sources())).toBe(SECRET)
  })

  it.each([
    [
      'keychain:gone',
      /The key keychain:gone is not there \(looked in the test store\)\. .*axonhub channel key/,
    ],
    ['env:GONE', /The key env:GONE is not set in the environment of the daemon\. Export GONE/],
    ['env:EMPTY', /env:EMPTY is not set/],
    ['file:/nowhere/key', /The key file:\/nowhere\/key cannot be read\./],
    ['file:key', /is a relative path/],
    ['cmd:exit 3', /The command cmd:exit … ended with exit code 3\. Run the command in a shell/],
    ['cmd:no-such-command-anywhere', /was not found/],
    ['cmd:true', /is empty/],
    ['cmd:kill -9 $$', /was ended by SIGKILL/],
    ['cmd:echo one two', /holds blanks/],
    ['cmd:printf "a\\nb"', /holds blanks, line ends/],
    ['cmd:yes', /printed far more than a key|gave no key/],
    ['ключ', /letters outside ASCII/],
  ])('says for %s what is wrong and what to do', async (reference, expected) => {
    const error = await failure(reference, { commandTimeoutMs: 2000 })
    expect(error.code).toBe('secret-unavailable')
    expect(sentence(error)).toMatch(expected)
  })

  it('never repeats a value: not of a literal, an output or an argument', async () => {
    const tries = [
      `${SECRET} ${SECRET}`,
      `cmd:echo ${SECRET}; echo ${SECRET} >&2; exit 1`,
      `cmd:TOKEN=${SECRET} false`,
      `cmd:printf '${SECRET} x'`,
    ]
    for (const reference of tries) {
      const error = await failure(reference)
      expect(`${sentence(error)} ${String(error.detail.cause)} ${error.stack}`).not.toContain(SECRET)
      expect(describeReference(reference)).not.toContain(SECRET)
    }
  })

  it('stops a command that hangs, with everything it started', async () => {
    const alive = join(folder, 'alive')
    const started = performance.now()
    const error = await failure(`cmd:(sleep 1; touch ${alive}) & sleep 60`, { commandTimeoutMs: 200 })
    expect(performance.now() - started).toBeLessThan(900)
    expect(error.message).toMatch(/gave no key within 0\.2 s and was stopped/)
    await sleep(1200)
    expect(existsSync(alive)).toBe(false)
  })

  it('gives a command no input to wait for', async () => {
    expect((await failure('cmd:read line && echo "$line"')).message).toMatch(/exit code 1/)
  })
})

describe('remembered secrets', () => {
  it('run a command once for many callers, and again after it is forgotten', async () => {
    const log = join(folder, 'log')
    const cache = secretCache(sources())
    const reference = `cmd:echo x >> ${log}; echo ${SECRET}`
    expect(await Promise.all([cache.get(reference), cache.get(reference)])).toEqual([SECRET, SECRET])
    await cache.get(reference)
    expect(readFileSync(log, 'utf8')).toBe('x\n')
    cache.forget(reference)
    await cache.get(reference)
    cache.forget()
    await cache.get(reference)
    expect(readFileSync(log, 'utf8')).toBe('x\nx\nx\n')
  })

  it('are known without waiting once they were had, until they are forgotten; those of files never', async () => {
    const cache = secretCache(sources())
    const file = join(folder, 'known')
    writeFileSync(file, SECRET)
    const reference = `cmd:cat ${file}`
    expect(cache.known(reference)).toBeUndefined()
    await Promise.all([cache.get(reference), cache.get(`file:${file}`)])
    expect(cache.known(reference)).toBe(SECRET)
    expect(cache.known(`file:${file}`)).toBeUndefined()
    cache.forget(reference)
    expect(cache.known(reference)).toBeUndefined()
    await cache.get(reference)
    cache.forget()
    expect(cache.known(reference)).toBeUndefined()
  })

  it('do not keep a failure', async () => {
    const file = join(folder, 'later')
    const cache = secretCache(sources())
    await expect(cache.get(`cmd:cat ${file}`)).rejects.toMatchObject({ code: 'secret-unavailable' })
    writeFileSync(file, SECRET)
    expect(await cache.get(`cmd:cat ${file}`)).toBe(SECRET)
  })

  it('see a changed file at once', async () => {
    const file = join(folder, 'key')
    const cache = secretCache(sources())
    writeFileSync(file, 'one')
    expect(await cache.get(`file:${file}`)).toBe('one')
    writeFileSync(file, 'two')
    expect(await cache.get(`file:${file}`)).toBe('two')
  })
})

describe('a client key', () => {
  it('is ah- and 48 hex digits, never the same twice, shown only by its beginning', () => {
    const key = createClientKey()
    expect(key).toMatch(/^ah-[0-9a-f]{48}$/)
    expect(createClientKey()).not.toBe(key)
    expect(keyPrefix(key)).toBe(`${key.slice(0, 7)}…`)
    expect(clientKeyEntry('codex')).toBe('client-key/codex')
  })

  it('is stored as a SHA-256', () => {
    expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
