// The agents' own logins: forwarded to the provider they belong to, with the hub authenticating by its own header.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

let vendor: RawUpstream
let stranger: RawUpstream
let hub: TestHub

beforeAll(async () => {
  vendor = await rawUpstream((response, seen) =>
    sendJson(
      response,
      seen.path.startsWith('/v1/messages')
        ? { type: 'message', model: 'm', content: [] }
        : { object: 'response', model: 'm', output: [] },
    ),
  )
  stranger = await rawUpstream((response) =>
    sendJson(response, {
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
    }),
  )
  hub = await startTestHub({
    config: `
channels:
  - { name: codex, provider: codex, auth: client, endpoints: { openai-responses: "${vendor.url}/v1" } }
  - { name: claude, provider: claude, auth: client, endpoints: { anthropic-messages: "${vendor.url}" } }
  - { name: other, endpoints: { openai-chat: "${stranger.url}/v1" }, api_key: sk-other, models: [other-model], priority: 5 }
`,
  })
})
afterAll(async () => {
  await hub.stop()
  await vendor.close()
  await stranger.close()
})

const codex = (model: string) =>
  hub.post(
    '/v1/responses',
    { model, input: 'hi' },
    {
      authorization: 'Bearer chatgpt-login-token',
      'x-axonhub-key': hub.key,
      'chatgpt-account-id': 'acct-1',
      'user-agent': 'codex_exec/0.169.0 (Debian)',
      'x-codex-turn-metadata': '{"turn_id":"t"}',
    },
  )

describe('a login that the agent sent', () => {
  it('reaches its own provider with the account, and without the hub’s key', async () => {
    const reply = await codex('gpt-5.5')
    expect(reply.status).toBe(200)
    expect(vendor.seen.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer chatgpt-login-token',
      'chatgpt-account-id': 'acct-1',
      'x-codex-turn-metadata': '{"turn_id":"t"}',
    })
    expect(JSON.stringify(vendor.seen.at(-1)?.headers)).not.toContain(hub.key)
  })

  it('is not sent to another provider, which gets its own key', async () => {
    const reply = await codex('other-model')
    expect(reply.status).toBe(200)
    const sent = JSON.stringify(stranger.seen.at(-1)?.headers)
    expect(sent).toContain('Bearer sk-other')
    expect(sent).not.toContain('chatgpt-login-token')
    expect(sent).not.toContain('acct-1')
  })

  it('of Claude Code reaches Anthropic untouched', async () => {
    const reply = await hub.post(
      '/anthropic/v1/messages?beta=true',
      { model: 'claude-opus-5-5', max_tokens: 1, messages: [] },
      {
        authorization: 'Bearer oauth-token',
        'x-axonhub-key': hub.key,
        'anthropic-beta': 'oauth-2025-04-20',
        'user-agent': 'claude-cli/2.1.328 (external, cli)',
      },
    )
    expect(reply.status).toBe(200)
    expect(vendor.seen.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer oauth-token',
      'anthropic-beta': 'oauth-2025-04-20',
    })
  })

  it('of one agent never serves a channel of the other', async () => {
    const before = vendor.seen.length
    const reply = await hub.post(
      '/v1/responses',
      { model: 'claude-opus-5-5', input: 'hi' },
      {
        authorization: 'Bearer chatgpt-login-token',
        'x-axonhub-key': hub.key,
        'user-agent': 'codex_exec/0.169.0',
      },
    )
    // Codex gets errors as 400 or as a failed stream; here the sentence counts, and that nothing was sent.
    expect(await reply.text()).toContain('claude')
    expect(vendor.seen.length).toBe(before)
  })

  it('is missing when only the hub’s key was sent, and the answer says so', async () => {
    const reply = await hub.post('/v1/responses', { model: 'gpt-5.5', input: 'hi' })
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(await reply.text()).toContain('login')
  })
})

describe('a channel that reads the login file of an agent', () => {
  const withFile = async (folder: string, file: string, login: unknown, channel: string) => {
    const home = mkdtempSync(join(tmpdir(), 'ahub-'))
    mkdirSync(join(home, folder))
    writeFileSync(join(home, folder, file), JSON.stringify(login), { mode: 0o600 })
    const own = await startTestHub({
      home,
      config: `provider_quota: { check_interval: off }\nchannels:\n${channel}`,
    })
    return { own, home, before: () => readFileSync(join(home, folder, file), 'utf8') }
  }

  it('sends Codex’s login with its account, for whoever asks, and leaves the file alone', async () => {
    const login = {
      auth_mode: 'chatgpt',
      tokens: { access_token: 'file-token', refresh_token: 'never', account_id: 'acct-7' },
    }
    const { own, home, before } = await withFile(
      '.codex',
      'auth.json',
      login,
      `  - { name: plan, provider: codex, auth: login, endpoints: { openai-responses: "${vendor.url}/v1" }, models: [m] }\n`,
    )
    await own.post('/v1/responses', { model: 'm', input: 'hi' })
    const headers = JSON.stringify(vendor.seen.at(-1)?.headers)
    expect(vendor.seen.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer file-token',
      'chatgpt-account-id': 'acct-7',
    })
    expect(headers).not.toContain('never')
    expect(headers).not.toContain(own.key)
    expect(JSON.parse(before())).toEqual(login)
    await own.stop()
    rmSync(home, { recursive: true, force: true })
  })

  it('sends Claude Code’s login and keeps the betas of the request', async () => {
    const login = {
      claudeAiOauth: { accessToken: 'oauth-file', refreshToken: 'never', expiresAt: Date.now() + 3_600_000 },
    }
    const { own, home } = await withFile(
      '.claude',
      '.credentials.json',
      login,
      `  - { name: plan, provider: claude, auth: login, endpoints: { anthropic-messages: "${vendor.url}" }, models: [m] }\n`,
    )
    await own.post(
      '/v1/messages',
      { model: 'm', max_tokens: 1, messages: [] },
      { 'anthropic-beta': 'a-1,b-2' },
    )
    expect(vendor.seen.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer oauth-file',
      'anthropic-beta': 'a-1,b-2,oauth-2025-04-20',
    })
    await own.stop()
    rmSync(home, { recursive: true, force: true })
  })

  it('says which program to log in with when there is no login', async () => {
    const { own, home } = await withFile(
      '.codex',
      'other.json',
      {},
      `  - { name: plan, provider: codex, auth: login, endpoints: { openai-responses: "${vendor.url}/v1" }, models: [m] }\n`,
    )
    const reply = await own.post('/v1/responses', { model: 'm', input: 'hi' })
    expect(await reply.text()).toContain('Log in with \\"codex\\"')
    await own.stop()
    rmSync(home, { recursive: true, force: true })
  })
})

describe('a channel that forwards logins to a host they do not belong to', () => {
  it('is refused before anything is sent', async () => {
    const wrong = await startTestHub({
      config: `channels:\n  - { name: codex, provider: codex, auth: client, endpoints: { openai-responses: "https://evil.example/v1" } }\n`,
    })
    const reply = await wrong.post(
      '/v1/responses',
      { model: 'gpt-5.5', input: 'hi' },
      {
        authorization: 'Bearer chatgpt-login-token',
        'x-axonhub-key': wrong.key,
        'user-agent': 'codex_exec/0.169.0',
      },
    )
    expect(await reply.text()).toContain('does not belong to evil.example')
    await wrong.stop()
  })
})
