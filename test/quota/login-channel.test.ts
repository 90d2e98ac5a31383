// A channel that pays with the login in an agent's file: one account, whoever tells of it and however often its token changes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { quotaReply } from '../../src/control/quota-schema.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type AskedServer, startAskedServer } from './asked-server.js'
import { answered, used } from './codex-hub.js'

let home = ''
let provider: AskedServer
let hub: TestHub

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'axo-'))
  provider = await startAskedServer()
  mkdirSync(join(home, '.codex'))
  logIn('first')
  hub = await startTestHub({
    home,
    config: `provider_quota: { check_interval: off }
channels:
  - { name: codex, provider: codex, auth: login, endpoints: { openai-responses: "${provider.url}/backend-api/codex" } }
`,
  })
})
afterEach(async () => {
  await hub.stop()
  await provider.close()
  rmSync(home, { recursive: true, force: true })
})

function logIn(token: string): void {
  const tokens = { access_token: `token-${token}`, account_id: 'acc-1' }
  writeFileSync(join(home, '.codex', 'auth.json'), JSON.stringify({ auth_mode: 'chatgpt', tokens }))
}

async function ask(): Promise<void> {
  const input = [{ role: 'user', content: 'hello' }]
  const answer = await hub.post('/v1/responses', { model: 'gpt-6.1-sol', stream: true, input })
  await answer.text()
}

it('is one account over answers, renewed tokens and questions', async () => {
  provider.answer = (path) =>
    path.endsWith('/wham/usage')
      ? {
          body: {
            plan_type: 'plus',
            rate_limit: { primary_window: { used_percent: 30, limit_window_seconds: 18_000 } },
          },
        }
      : answered(used(20, 3_600_000))
  await ask()
  logIn('second')
  await ask()
  const passive = quotaReply.parse(await hub.control('/quota'))
  expect(passive.accounts).toMatchObject([{ channel: 'codex', leftPercent: 80 }])
  const polled = quotaReply.parse(await hub.control('/quota/refresh', {}))
  expect(polled.accounts).toMatchObject([{ channel: 'codex', plan: 'plus', leftPercent: 70 }])
  expect(polled.accounts[0]?.account).toBe(passive.accounts[0]?.account)
  expect(provider.asked.map(({ headers }) => headers['authorization'])).toEqual([
    'Bearer token-first',
    'Bearer token-second',
    'Bearer token-second',
  ])
})
