// The login files of the agents: read as they are, and every fault of one is one clear line.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asHubError, sentence } from '../../src/base/errors.js'
import { readLoginFile } from '../../src/quota/login-file.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'axl-'))
  mkdirSync(join(home, '.codex'))
  mkdirSync(join(home, '.claude'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const codexFile = () => join(home, '.codex', 'auth.json')
const place = () => ({ env: {}, userHome: home })

function fault(agent: 'codex' | 'claude-code'): string {
  try {
    readLoginFile(agent, place(), NOW)
  } catch (thrown) {
    return sentence(asHubError(thrown))
  }
  return 'none'
}

describe('the login of Codex', () => {
  it('is read and left as it is', () => {
    const claims = { 'https://api.openai.com/auth': { chatgpt_account_id: 'acc', chatgpt_plan_type: 'plus' } }
    const idToken = `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`
    const text = JSON.stringify({
      auth_mode: 'chatgpt',
      tokens: { access_token: 'at', refresh_token: 'rt', id_token: idToken },
    })
    writeFileSync(codexFile(), text, { mode: 0o600 })
    const before = statSync(codexFile())
    expect(readLoginFile('codex', place(), NOW)).toEqual({ token: 'at', accountId: 'acc', plan: 'plus' })
    expect(readFileSync(codexFile(), 'utf8')).toBe(text)
    expect(statSync(codexFile()).mtimeMs).toBe(before.mtimeMs)
  })

  it('is looked for where CODEX_HOME says', () => {
    const other = join(home, 'other')
    mkdirSync(other)
    writeFileSync(
      join(other, 'auth.json'),
      JSON.stringify({ tokens: { access_token: 'at', account_id: 'a' } }),
    )
    expect(readLoginFile('codex', { env: { CODEX_HOME: other }, userHome: home }, NOW)).toMatchObject({
      token: 'at',
      accountId: 'a',
    })
  })

  it.each([
    ['is not there', () => undefined],
    ['is empty', () => writeFileSync(codexFile(), ' \n')],
    ['is cut off', () => writeFileSync(codexFile(), '{"tokens":{"access_token":"secret-at')],
    [
      'holds no ChatGPT login',
      () => writeFileSync(codexFile(), '{"OPENAI_API_KEY":"sk-secret","tokens":null}'),
    ],
    ['is a link to itself', () => symlinkSync(codexFile(), codexFile())],
    ['is a folder', () => mkdirSync(codexFile())],
  ])('that %s is told in one line', (why, arrange) => {
    arrange()
    const message = fault('codex')
    expect(message).toContain(why)
    expect(message).toContain('Log in with "codex"')
    expect(message).not.toMatch(/secret|\n/)
  })

  it.skipIf(process.getuid?.() === 0)('that may not be read is told in one line', () => {
    writeFileSync(codexFile(), '{}')
    chmodSync(codexFile(), 0o000)
    expect(fault('codex')).toContain('may not be read')
  })
})

describe('the login of Claude Code', () => {
  const write = (value: unknown) =>
    writeFileSync(join(home, '.claude', '.credentials.json'), JSON.stringify(value))

  it('is read with its plan', () => {
    write({
      claudeAiOauth: {
        accessToken: 'at',
        expiresAt: NOW + 1,
        subscriptionType: 'max',
        rateLimitTier: 'default_claude_max_20x',
      },
    })
    expect(readLoginFile('claude-code', place(), NOW)).toEqual({ token: 'at', plan: 'max 20x' })
    write({ claudeAiOauth: { accessToken: 'at', subscriptionType: 'pro' } })
    expect(readLoginFile('claude-code', place(), NOW)).toEqual({ token: 'at', plan: 'pro' })
  })

  it('that has expired is not renewed here', () => {
    write({ claudeAiOauth: { accessToken: 'at', refreshToken: 'rt', expiresAt: NOW } })
    expect(fault('claude-code')).toContain('Claude Code renews it')
  })

  it('that holds only logins of tools is none', () => {
    write({ mcpOAuth: {} })
    expect(fault('claude-code')).toContain('holds no Claude login')
  })
})
