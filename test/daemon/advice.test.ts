// What a trace tells of a request that lost something, and of its times.
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isObject, number, objects } from '../../src/base/json.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, sendSse } from '../support/raw-upstream.js'

const EVENTS = [
  'data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}',
  'data: [DONE]',
]
let upstream: RawUpstream
let hub: TestHub

beforeAll(async () => {
  upstream = await rawUpstream((response) => sendSse(response, `${EVENTS.join('\n\n')}\n\n`))
  const channel = (name: string, endpoint: string) =>
    `  - { name: ${name}, endpoints: { ${endpoint}: "${upstream.url}/v1" }, api_key: sk-x, models: [${name}] }\n`
  hub = await startTestHub({
    config: `channels:\n${channel('chat', 'openai-chat')}${channel('responses', 'openai-responses')}`,
  })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

async function traced(model: string): Promise<string> {
  const id = `trace-${model}`
  const reply = await hub.post(
    '/v1/messages',
    {
      model,
      max_tokens: 9,
      stream: true,
      safeguards: { mode: 'auto' },
      messages: [{ role: 'user', content: 'hi' }],
    },
    { 'ah-trace-id': id, 'user-agent': 'claude-cli/2.1.328 (external, cli)' },
  )
  await reply.text()
  for (let left = 100; left > 0; left -= 1) {
    const told = JSON.stringify(await hub.control(`/traces/${id}`))
    if (told.includes('"firstByteMs":') && !told.includes('"outcome":null')) return told
    await pause(20)
  }
  throw new Error('the trace was not written in time')
}

it.each(['chat', 'responses'])(
  'a request whose safeguards are lost on the way to %s says which variable the agent needs',
  async (model) => {
    await traced(model)
    expect(await traced(model)).toContain('CLAUDE_CODE_AUTO_MODE_SERVER=0')
  },
)

it('no token is told to have come before the first byte', async () => {
  const trace: unknown = JSON.parse(await traced('chat'))
  const requests = isObject(trace) ? objects(trace, 'turns').flatMap((turn) => objects(turn, 'requests')) : []
  expect(requests.length).toBeGreaterThan(0)
  for (const request of requests)
    expect(number(request, 'firstTokenMs')).toBeGreaterThanOrEqual(number(request, 'firstByteMs') ?? Infinity)
})
