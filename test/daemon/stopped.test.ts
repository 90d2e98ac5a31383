// A hub that is stopped tells the requests that it cannot wait for, however far they are, that it was stopped: neither the agent hung up
// nor is the channel to blame.
import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { isObject, type JsonObject, objects } from '../../src/base/json.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream } from '../support/raw-upstream.js'

const HEAD = { 'content-type': 'text/event-stream' }

const STAGES: [stage: string, answer: (response: ServerResponse) => void][] = [
  ['before the provider answers', () => undefined],
  ['before it says anything', (response) => response.writeHead(200, HEAD).flushHeaders()],
  [
    'in the middle of an error',
    (response) => void response.writeHead(400, { 'content-length': 99 }).write('{'),
  ],
]

/** A hub that asks the provider by two channels, one after the other. */
async function between(answer: (response: ServerResponse) => void): Promise<[TestHub, RawUpstream]> {
  const upstream = await rawUpstream(answer)
  const channels = ['one', 'two'].map(
    (name) => `\n  - { name: ${name}, endpoints: { openai-chat: "${upstream.url}/v1" } }`,
  )
  return [await startTestHub({ config: `channels:${channels.join('')}`, timing: { drainMs: 100 } }), upstream]
}

const BODY = { model: 'm', stream: true, messages: [] }
const soon = () => new Promise((resolve) => setTimeout(resolve, 20))

it.each(STAGES)('a request is told so %s', async (_stage, answer) => {
  const [hub, upstream] = await between(answer)
  const asked = hub.post('/v1/chat/completions', BODY)
  while (upstream.seen.length === 0) await soon()
  await soon()
  await hub.stop()
  const reply = await asked
  await upstream.close()
  expect(await reply.json()).toMatchObject({
    error: {
      message: expect.stringMatching(/^The hub was stopped while this answer was running\. Start it/),
    },
  })
  expect(upstream.seen).toHaveLength(1)
  expect(hub.logged.join('\n')).not.toContain('hung up')
})

async function requestOf(hub: TestHub, trace: string): Promise<JsonObject | undefined> {
  const found = await hub.control(`/traces/${trace}`)
  return objects(isObject(found) ? found : {}, 'turns').flatMap((turn) => objects(turn, 'requests'))[0]
}

it.each(STAGES)('a request whose agent hangs up %s is one canceled try', async (_stage, answer) => {
  const [hub, upstream] = await between(answer)
  const end = new AbortController()
  const asked = fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.key}`, 'ah-trace-id': 'left' },
    body: JSON.stringify(BODY),
    signal: end.signal,
  }).catch(() => undefined)
  while (upstream.seen.length === 0) await soon()
  await soon()
  end.abort()
  await asked
  let request: JsonObject | undefined
  for (; (request?.['outcome'] ?? 'running') === 'running'; request = await requestOf(hub, 'left'))
    await soon()
  await hub.stop()
  await upstream.close()
  expect(request).toMatchObject({
    outcome: 'canceled',
    attempts: [{ number: 1, outcome: 'canceled' }],
  })
})
