// A provider without the model, behind a rule that leads to it: Claude Code is told so in words that it shows.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

let upstream: RawUpstream
let hub: TestHub

beforeAll(async () => {
  const words = { message: 'The model qwen9 does not exist', code: 'model_not_found' }
  const missing = { type: 'error', error: { ...words, type: 'not_found_error' } }
  upstream = await rawUpstream((response) => sendJson(response, missing, 404))
  hub = await startTestHub({
    config: `
channels:
  - { name: local, endpoints: { openai-chat: "${upstream.url}/v1" } }
  - { name: same, endpoints: { anthropic-messages: "${upstream.url}" }, models: [qwen9] }
profiles:
  p:
    mappings:
      - { from: "claude-haiku-.*", to: qwen9, channel: local }
      - { from: "claude-sonnet-.*", to: qwen9, channel: same }
active_profile: p`,
  })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

async function asked(model: string, agent: string) {
  const body = { model, max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'hi' }] }
  const reply = await hub.post('/v1/messages', body, { 'user-agent': agent })
  return { status: reply.status, text: await reply.text() }
}

const CLAUDE = 'claude-cli/2.1.328 (external, cli)'

it.each([
  ['converted', 'claude-haiku-5-5', 'local'],
  ['relayed', 'claude-sonnet-5-5', 'same'],
])(
  'is a bad request with its words where a rule led there, since of a 404 the words are hidden (%s)',
  async (_how, model, channel) => {
    const { status, text } = await asked(model, CLAUDE)
    expect(status).toBe(400)
    expect(text).toContain('The model qwen9 does not exist.')
    expect(text).toContain(`\\"axonhub channel models ${channel}\\"`)
  },
)

it('is a 404 where that very model was asked for, and for every other client', async () => {
  expect((await asked('claude-opus-5-5', CLAUDE)).status).toBe(404)
  expect((await asked('claude-haiku-5-5', 'sdk/1')).status).toBe(404)
})
