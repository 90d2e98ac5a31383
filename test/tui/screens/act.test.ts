// What the user has the hub do, on a hub that works: it is done, and a sentence says what came of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import { type ControlClient, controlClient } from '../../../src/control/client.js'
import { act, type RunningTests } from '../../../src/tui/act.js'
import type { Action } from '../../../src/tui/action.js'
import { startTestHub, type TestHub } from '../../support/hub.js'
import { type RawUpstream, rawUpstream, sendJson, sendSse } from '../../support/raw-upstream.js'

let upstream: RawUpstream
let hub: TestHub
let client: ControlClient
const tests: RunningTests = new Map()
const run = (action: Action) => act(client, tests, action)

beforeAll(async () => {
  upstream = await rawUpstream(async (response, { path, body }) => {
    if (path.startsWith('/slow')) await sleep(10_000, undefined, { ref: false })
    if (path.startsWith('/sick')) return sendJson(response, { error: { message: 'sick' } }, 500)
    const { model } = JSON.parse(body.toString() || '{}')
    const answer = { choices: [{ index: 0, delta: { content: `I am ${model}` } }] }
    return sendSse(response, `data: ${JSON.stringify(answer)}\n\ndata: [DONE]\n\n`)
  })
  hub = await startTestHub({
    config: `
routing: { breaker: { failures: 1, open_for: 30s, max_open_for: 5m } }
channels:
  - { name: sick, endpoints: { openai-chat: "${upstream.url}/sick" }, models: [m] }
  - { name: slow, endpoints: { openai-chat: "${upstream.url}/slow" }, models: [lazy], priority: 9 }
  - { name: well, endpoints: { openai-chat: "${upstream.url}/v1" }, priority: 1 }
profiles:
  cheap: { mappings: [{ from: "*", to: small, channel: well }] }
`,
  })
  client = controlClient(join(hub.home, 'run/axonhub.sock'))
  await (await hub.post('/v1/chat/completions', { model: 'm', stream: true, messages: [] })).text()
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

it('a profile is used, for all and for one key, and left again', async () => {
  expect(await run({ type: 'use-profile', name: 'cheap' })).toEqual({
    kind: 'good',
    text: 'Profile cheap from now on (keys without their own); a running tool loop ends first.',
  })
  expect((await client.status()).profile).toBe('cheap')
  expect((await run({ type: 'use-profile', name: 'cheap', key: 'test' })).text).toContain('the key test')
  await run({ type: 'use-profile', name: null, key: 'test' })
  expect((await run({ type: 'use-profile', name: null })).text).toContain('passed on as they are')
  expect(readFileSync(join(hub.home, 'config.yml'), 'utf8')).not.toContain('active_profile')
})

it('a channel rests no longer, is switched off and on', async () => {
  expect((await client.channels()).channels[0]?.health).toBe('open')
  await run({ type: 'clear-channel', name: 'sick' })
  expect((await client.channels()).channels[0]?.health).toBe('ok')
  expect((await run({ type: 'switch-channel', name: 'sick', enabled: false })).text).toBe(
    'sick is no longer used.',
  )
  expect((await client.channels()).channels[0]?.health).toBe('disabled')
  expect((await run({ type: 'switch-channel', name: 'sick', enabled: true })).text).toBe(
    'sick is used again.',
  )
})

it('a channel that does not answer is told as bad, one that is not there with what to do', async () => {
  expect(await run({ type: 'test-channel', name: 'sick' })).toEqual({
    kind: 'bad',
    text: expect.stringMatching(/^sick does not answer: .*sick/),
  })
  const failure: unknown = await run({ type: 'switch-channel', name: 'sikc', enabled: true }).catch(
    (thrown: unknown) => thrown,
  )
  expect(failure).toBeInstanceOf(HubError)
  expect(failure).toMatchObject({ code: 'not-found', detail: { hint: 'Did you mean "sick"?' } })
})

it('a test that takes its time runs once, and can be stopped', async () => {
  const test = run({ type: 'test-channel', name: 'slow' })
  expect((await run({ type: 'test-channel', name: 'slow' })).text).toBe('slow is being tested already.')
  await run({ type: 'stop-test', name: 'slow' })
  expect(await test).toEqual({ kind: 'info', text: 'The test of slow was stopped.' })
  expect(tests.size).toBe(0)
})

it('the quota is asked for', async () => {
  expect(await run({ type: 'refresh-quota' })).toEqual({ kind: 'good', text: 'The quota is fresh.' })
})

it('a request is sent again under another profile, and its own conversation tells the answer', async () => {
  const [listed] = await client.listTraces({ limit: 1 })
  const trace = await client.showTrace(listed?.id ?? '')
  const request = trace.turns[0]?.requests[0]?.id ?? ''
  const done = await run({ type: 'replay', request, profile: 'cheap' })
  expect(done.kind).toBe('good')
  const fresh = await client.showTrace(done.trace ?? '')
  expect(fresh.turns[0]?.requests[0]).toMatchObject({ modelUsed: 'small', channel: 'well' })
})
