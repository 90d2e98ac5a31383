// Quota through a whole hub: told by answers that pass, kept over a restart, used by mappings, shown by commands.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolvePaths } from '../../src/config/paths.js'
import { type QuotaReply, quotaReply } from '../../src/control/quota-schema.js'
import { quotaOffline } from '../../src/daemon/offline.js'
import { makePlace, type Place } from '../cli/here.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type AskedServer, type Reply, startAskedServer } from './asked-server.js'

const soon = () => Math.floor(Date.now() / 1000) + 3600
let provider: AskedServer
let hub: TestHub | undefined
let place: Place
let home = ''

beforeEach(async () => {
  provider = await startAskedServer()
  home = mkdtempSync(join(tmpdir(), 'axq-'))
  place = makePlace()
})
afterEach(async () => {
  await hub?.stop()
  hub = undefined
  await provider.close()
  place.close()
  rmSync(home, { recursive: true, force: true })
})

const COMPLETED = {
  type: 'response.completed',
  response: {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    model: 'gpt-6.1-sol',
    output: [
      {
        type: 'message',
        id: 'm',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'hi', annotations: [] }],
      },
    ],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  },
}

/** A stream of the Responses API, events before its beginning included. */
function stream(headers: Record<string, string>, before: unknown[] = []): Reply {
  const created = {
    type: 'response.created',
    response: { ...COMPLETED.response, status: 'in_progress', output: [] },
  }
  const events = [...before, created, COMPLETED]
  return {
    headers: { 'content-type': 'text/event-stream', ...headers },
    body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
  }
}

const CODEX = (url: string, more = '') => `
provider_quota: { check_interval: off }
channels:
  - name: codex
    provider: codex
    endpoints: { openai-responses: "${url}/backend-api/codex" }
${more}`

async function start(config: string): Promise<TestHub> {
  hub = await startTestHub({ config, home })
  return hub
}

async function ask(asked: TestHub, model = 'gpt-6.1-sol', account = 'acc-1'): Promise<string> {
  const answer = await asked.post(
    '/v1/responses',
    { model, stream: true, input: [{ role: 'user', content: 'hello' }] },
    {
      'x-axonhub-key': asked.key,
      authorization: 'Bearer the-login',
      'chatgpt-account-id': account,
      originator: 'codex_cli_rs',
      'user-agent': 'codex_cli_rs/0.160.0',
      'session-id': '0199a000-0000-7000-8000-000000000001',
    },
  )
  return answer.text()
}

async function quota(asked: TestHub): Promise<QuotaReply> {
  return quotaReply.parse(await asked.control('/quota'))
}

const windows = ({ accounts }: QuotaReply) =>
  accounts.flatMap(({ channel, meters }) =>
    meters.map(({ name, leftPercent, state, source }) => [channel, name, leftPercent, state, source]),
  )

const headers = (used: number, weekUsed: number) => ({
  'x-codex-primary-used-percent': String(used),
  'x-codex-primary-window-minutes': '300',
  'x-codex-primary-reset-at': String(soon()),
  'x-codex-secondary-used-percent': String(weekUsed),
  'x-codex-secondary-window-minutes': '10080',
  'x-codex-secondary-reset-at': String(soon()),
})

describe('quota in a hub', () => {
  it('is told by headers that pass, worst window first, and stays over a restart', async () => {
    const first = await start(CODEX(provider.url))
    provider.answer = stream(headers(20, 90))
    const bytes = await ask(first)
    expect(bytes).toContain('response.completed')
    const expected = [
      ['codex', '7d', 10, 'warning', 'header'],
      ['codex', '5h', 80, 'available', 'header'],
    ]
    expect(windows(await quota(first))).toEqual(expected)
    expect(provider.asked).toHaveLength(1)
    await first.stop()
    expect(windows(await quota(await start(CODEX(provider.url))))).toEqual(expected)
  })

  it('is told by the event before the answer, which the agent gets as it came', async () => {
    const event = {
      type: 'codex.rate_limits',
      plan_type: 'plus',
      rate_limits: { primary: { used_percent: 42, window_minutes: 300, reset_at: soon() } },
    }
    const running = await start(CODEX(provider.url))
    provider.answer = stream({}, [event])
    expect(await ask(running)).toContain(JSON.stringify(event))
    const told = await quota(running)
    expect(windows(told)).toEqual([['codex', '5h', 58, 'available', 'event']])
    expect(told.accounts[0]?.plan).toBe('plus')
  })

  it('keeps accounts of one channel apart and names none of them', async () => {
    const running = await start(CODEX(provider.url))
    provider.answer = stream(headers(20, 90))
    await ask(running, 'gpt-6.1-sol', 'acc-1')
    provider.answer = stream(headers(1, 2))
    await ask(running, 'gpt-6.1-sol', 'acc-2')
    const told = await quota(running)
    expect(told.accounts.map(({ leftPercent }) => leftPercent)).toEqual([10, 98])
    expect(JSON.stringify(told)).not.toMatch(/acc-1|acc-2|the-login/)
  })

  it('knows a refusal until the next good answer', async () => {
    const running = await start(CODEX(provider.url))
    provider.answer = {
      status: 429,
      body: {
        error: { type: 'usage_limit_reached', message: 'used up', plan_type: 'plus', resets_at: soon() },
      },
    }
    await ask(running)
    expect(windows(await quota(running))).toEqual([['codex', 'limit', 0, 'exhausted', 'error']])
    await running.control('/channels/codex/clear', {})
    provider.answer = stream({})
    await ask(running)
    expect(windows(await quota(running))).toEqual([])
  })

  it('moves a model to another channel once less than wanted is left', async () => {
    const config = CODEX(
      provider.url,
      `  - name: spare
    endpoints: { openai-responses: "${provider.url}/spare" }
    api_key: sk-spare
    models: [cheap]
profiles:
  p:
    mappings:
      - { from: gpt-6.1-sol, when: { quota_below: { channel: codex, percent: 15 } }, to: cheap }
active_profile: p
`,
    )
    const running = await start(config)
    const paths = () => provider.asked.map(({ path }) => path)
    provider.answer = stream(headers(20, 80))
    await ask(running)
    await ask(running)
    expect(paths()).toEqual(['/backend-api/codex/responses', '/backend-api/codex/responses'])
    provider.answer = stream(headers(20, 90))
    await ask(running)
    await ask(running)
    expect(paths().at(-1)).toBe('/spare/responses')
    expect(await running.control('/explain', { model: 'gpt-6.1-sol', agent: 'codex' })).toMatchObject({
      reasons: expect.arrayContaining([expect.stringContaining('quota_below codex 15 %: 10 % left → holds')]),
    })
  })

  it('asks a provider for the balance with the key of the channel, and never a model', async () => {
    provider.answer = {
      body: { is_available: true, balance_infos: [{ currency: 'USD', total_balance: '5' }] },
    }
    const running = await start(
      `channels:\n  - name: ds\n    provider: deepseek\n    api_key: sk-mine\n    endpoints: { openai-chat: "${provider.url}" }\n`,
    )
    const refreshed = quotaReply.parse(await running.control('/quota/refresh', {}))
    expect(refreshed.accounts).toMatchObject([
      { channel: 'ds', state: 'available', meters: [{ left: 5, unit: 'USD', source: 'poll' }] },
    ])
    expect(provider.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /user/balance'])
    expect(JSON.stringify(refreshed)).not.toContain('sk-mine')
  })

  it('is shown by the commands, with the hub and without', async () => {
    const running = await start(CODEX(provider.url))
    provider.answer = stream(headers(20, 90))
    await ask(running)
    const env = { AXONHUB_HOME: home, LANG: 'C' }
    const shown = await place.run(['quota'], { env })
    expect(shown.stdout).toMatch(/codex {2}\d+s ago, header\n {2}\[# {3}\] 7d +90% +10% +\d+m/)
    expect(shown.stdout.split('\n').every((line) => line.length <= 80)).toBe(true)
    const guard = (...more: string[]) => place.run(['guard', '--channel', 'codex', ...more], { env })
    expect((await guard('--min-remaining', '10')).code).toBe(0)
    expect((await guard('--min-remaining', '15')).code).toBe(64)
    expect((await guard('--min-remaining', '15', '--window', '5h')).code).toBe(0)
    expect((await guard('--min-remaining', '15', '--window', '30d')).code).toBe(1)
    expect((await guard('--min-remaining', 'some')).code).toBe(2)
    await running.stop()
    hub = undefined
    const paths = resolvePaths({ AXONHUB_HOME: home }, home)
    const clock = { now: () => Date.now(), monotonic: () => 0 }
    expect(windows(await quotaOffline({ paths, env: {}, clock }))).toEqual(windows(await lastTold()))
  })

  async function lastTold(): Promise<QuotaReply> {
    return quota(await start(CODEX(provider.url)))
  }

  it('tells the newest route of a conversation for a status line', async () => {
    const running = await start(CODEX(provider.url))
    provider.answer = stream(headers(20, 90))
    await ask(running)
    expect(await running.control('/traces/0199a000-0000-7000-8000-000000000001/route')).toMatchObject({
      modelAsked: 'gpt-6.1-sol',
      channel: 'codex',
      charge: 'low',
      leftPercent: 10,
      window: '7d',
      contextWindow: 500_000,
    })
    const line = await place.run(['statusline'], {
      env: { AXONHUB_HOME: home, LANG: 'C' },
      stdin: JSON.stringify({ session_id: '0199a000-0000-7000-8000-000000000001' }),
    })
    expect(line).toMatchObject({ code: 0, stdout: 'gpt-6.1-sol · codex [#   ] 10% 7d\n' })
    expect(await running.control('/traces/unknown/route')).toMatchObject({ error: { code: 'not-found' } })
  })
})
