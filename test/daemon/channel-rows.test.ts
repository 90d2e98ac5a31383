// What `GET /channels`, `/profiles` and `/log` tell of a hub that has worked: counts, latency, rests, matches, lines.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ControlClient, controlClient } from '../../src/control/client.js'
import type { LogEntry } from '../../src/control/log.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, sendJson, sendSse } from '../support/raw-upstream.js'

let upstream: RawUpstream
let hub: TestHub
let client: ControlClient

const ANSWER = 'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'

beforeAll(async () => {
  upstream = await rawUpstream((response, seen) => {
    if (seen.path.startsWith('/sick')) sendJson(response, { error: { message: 'sick' } }, 500)
    else if (seen.path.startsWith('/busy'))
      response.writeHead(429, { 'retry-after': '60' }).end('{"error":{"message":"slow down"}}')
    else sendSse(response, ANSWER)
  })
  hub = await startTestHub({
    config: `
routing: { breaker: { failures: 2, open_for: 30s, max_open_for: 5m } }
channels:
  - { name: sick, endpoints: { openai-chat: "${upstream.url}/sick" }, api_key: sk-secret-one }
  - { name: busy, endpoints: { openai-chat: "${upstream.url}/busy" }, priority: 1, tags: [slow] }
  - { name: well, endpoints: { openai-chat: "${upstream.url}/v1" }, priority: 2 }
profiles:
  p: { mappings: [{ from: "gpt-.*", to: big }, { from: exact, to: small }] }
active_profile: p
`,
  })
  client = controlClient(join(hub.home, 'run/axonhub.sock'))
  for (const model of ['gpt-1', 'gpt-2', 'exact', 'other'])
    await (await hub.post('/v1/chat/completions', { model, stream: true, messages: [] })).text()
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

it('tells health, rests, counts and latency of each channel, and no secret', async () => {
  const { channels } = await client.channels()
  const [sick, busy, well] = channels
  expect(sick).toMatchObject({ name: 'sick', health: 'open', credential: 'a literal key' })
  expect(sick?.rests).toMatchObject([{ kind: 'breaker', model: 'big', key: null }])
  expect(sick?.hour.errorRate).toBe(1)
  expect(busy).toMatchObject({ health: 'resting', tags: ['slow'], priority: 1 })
  expect(busy?.rests[0]).toMatchObject({ kind: 'cooldown', model: null })
  expect(Date.parse(busy?.rests[0]?.until ?? '') - Date.now()).toBeGreaterThan(50_000)
  expect(well).toMatchObject({ health: 'ok', rests: [], embedded: false, quota: null })
  expect(well?.day).toMatchObject({ requests: 4, failed: 0, errorRate: 0 })
  expect(well?.day.firstTokenP50Ms).toBeGreaterThan(0)
  expect(JSON.stringify(channels)).not.toContain('sk-secret-one')
})

it('forgets the rest of a channel that is cleared', async () => {
  await client.clearChannel('busy')
  const { channels } = await client.channels()
  expect(channels.map(({ name, health }) => [name, health])).toEqual([
    ['sick', 'open'],
    ['busy', 'ok'],
    ['well', 'ok'],
  ])
})

it('tells how many requests of today each mapping took, and how many none', async () => {
  const { profiles } = await client.profiles()
  expect(profiles[0]).toMatchObject({
    requestsToday: 4,
    unmatchedToday: 1,
    mappings: [
      { from: 'gpt-.*', matchedToday: 2 },
      { from: 'exact', matchedToday: 1 },
    ],
  })
})

it('counts for a mapping also when it has moved in the file since', async () => {
  hub.writeConfig(`
channels:
  - { name: well, endpoints: { openai-chat: "${upstream.url}/v1" } }
profiles:
  p: { mappings: [{ from: new, to: x }, { from: exact, to: small }] }
active_profile: p
`)
  await client.reload()
  const { profiles } = await client.profiles()
  expect(profiles[0]?.mappings.map(({ matchedToday }) => matchedToday)).toEqual([0, 1])
  expect(profiles[0]?.requestsToday).toBe(4)
})

it('tells the last lines of the log, and those that come while somebody listens', async () => {
  const controller = new AbortController()
  const seen: LogEntry[] = []
  for await (const entry of client.log({ lines: 3, follow: true }, controller.signal)) {
    seen.push(entry)
    if (seen.length === 1) hub.writeConfig('active_profile: nobody\nprofiles: {}\n')
    if (entry.event === 'config.refused') break
  }
  controller.abort()
  expect(seen.at(-1)).toMatchObject({ level: 'error', event: 'config.refused' })
  expect(seen.at(-1)?.time).toBeGreaterThan(Date.now() - 60_000)
  const last: LogEntry[] = []
  for await (const entry of client.log({ lines: 1, follow: false }, new AbortController().signal))
    last.push(entry)
  expect(last).toHaveLength(1)
})

it('refuses a number of lines that is none', async () => {
  expect(await hub.control('/log?lines=-1')).toMatchObject({ error: { code: 'usage' } })
})

it('tells how far a test of a channel is, and its card when it is over', async () => {
  hub.writeConfig(
    `channels:\n  - { name: well, endpoints: { openai-chat: "${upstream.url}/v1" }, models: [m] }\n`,
  )
  await client.reload()
  let isOver = false
  const test = client.testChannel('well', {}).finally(() => {
    isOver = true
  })
  const steps: string[] = []
  while (!isOver) {
    const testing = (await client.channels()).channels[0]?.testing
    if (testing !== undefined && testing !== null) steps.push(`${testing.step}/${testing.steps}`)
  }
  expect(await test).toMatchObject({ channel: 'well' })
  expect(steps.length).toBeGreaterThan(0)
  expect(steps.every((step) => /^\d+\/10$/.test(step))).toBe(true)
  const [row] = (await client.channels()).channels
  expect(row).toMatchObject({ testing: null, cards: [{ channel: 'well', model: 'm', answers: true }] })
})
