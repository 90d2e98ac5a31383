// Logins in the keychain of macOS: looked up only there, only where no file is, and seldom.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asHubError, sentence } from '../../src/base/errors.js'
import { keychainReader } from '../../src/quota/keychain.js'
import { type LoginPlace, readLogin } from '../../src/quota/login-file.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const MINUTE = 60_000
const CLAUDE = JSON.stringify({
  claudeAiOauth: { accessToken: 'from-keychain', expiresAt: NOW + 1, subscriptionType: 'pro' },
})
const CODEX = JSON.stringify({ tokens: { access_token: 'from-keychain', account_id: 'acc' } })
let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'axk-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function keychain(kept: Record<string, string>, platform: NodeJS.Platform = 'darwin') {
  const world = { now: NOW }
  const asked: string[] = []
  const read = keychainReader({
    platform,
    now: () => world.now,
    ask: (service) => {
      asked.push(service)
      const value = kept[service]
      return value === undefined ? Promise.reject(new Error('could not be found')) : Promise.resolve(value)
    },
  })
  return { world, asked, read }
}

const place = (read: LoginPlace['keychain'], env = {}): LoginPlace => ({
  env,
  userHome: home,
  keychain: read,
})

async function fault(agent: 'codex' | 'claude-code', where: LoginPlace): Promise<string> {
  return readLogin(agent, where, NOW).then(
    () => 'none',
    (thrown: unknown) => sentence(asHubError(thrown)),
  )
}

describe('the keychain', () => {
  it('gives the logins of both agents where they have no file', async () => {
    const { read, asked } = keychain({ 'Claude Code-credentials': CLAUDE, 'Codex Auth': CODEX })
    expect(await readLogin('claude-code', place(read), NOW)).toEqual({ token: 'from-keychain', plan: 'pro' })
    expect(await readLogin('codex', place(read), NOW)).toMatchObject({
      token: 'from-keychain',
      accountId: 'acc',
    })
    expect(asked).toEqual(['Claude Code-credentials', 'Codex Auth'])
  })

  it('is not asked where there is a file, or where the agent has a folder of its own choice', async () => {
    const { read, asked } = keychain({ 'Codex Auth': CODEX })
    expect(await fault('codex', place(read, { CODEX_HOME: join(home, 'other') }))).toContain('is not there')
    mkdirSync(join(home, '.codex'))
    writeFileSync(
      join(home, '.codex', 'auth.json'),
      JSON.stringify({ tokens: { access_token: 'from-file' } }),
    )
    expect(await readLogin('codex', place(read), NOW)).toMatchObject({ token: 'from-file' })
    expect(asked).toEqual([])
  })

  it('is asked again only after minutes, and after a refusal only after an hour', async () => {
    const kept: Record<string, string> = {}
    const { read, asked, world } = keychain(kept)
    const where = place(read)
    for (let minute = 0; minute < 59; minute++) {
      world.now = NOW + minute * MINUTE
      expect(await fault('codex', where)).toMatch(/keychain gives no "Codex Auth".*asked again in an hour/)
    }
    expect(asked).toHaveLength(1)
    kept['Codex Auth'] = CODEX
    for (let minute = 61; minute < 71; minute++) {
      world.now = NOW + minute * MINUTE
      expect(await readLogin('codex', where, NOW)).toMatchObject({ token: 'from-keychain' })
    }
    expect(asked).toHaveLength(3)
  })

  it.each([
    ['{"claudeAiOauth":{"accessToken":"secret', 'is cut off'],
    ['{"mcpOAuth":{}}', 'holds no Claude login'],
    [CLAUDE.replace(String(NOW + 1), String(NOW)), 'has expired; Claude Code renews it'],
  ])('that holds %s is told of in one line', async (value, why) => {
    const message = await fault('claude-code', place(keychain({ 'Claude Code-credentials': value }).read))
    expect(message).toContain(why)
    expect(message).not.toMatch(/secret|\n/)
  })

  it('is there on macOS alone', () => {
    expect(keychain({}, 'linux').read).toBeUndefined()
    expect(keychain({}, 'win32').read).toBeUndefined()
  })
})
