// An endpoint that only streams serves an agent that wants a whole answer, too.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isObject, parseJson } from '../../src/base/json.js'
import { startTestHub } from '../support/hub.js'
import { rawUpstream, sendSse } from '../support/raw-upstream.js'

const ANSWER = readFileSync(join(import.meta.dirname, '../fixtures/openai-responses/text-crlf.sse'))

it('asks for a stream and collects it for the agent', async () => {
  const upstream = await rawUpstream((response) => sendSse(response, ANSWER))
  const hub = await startTestHub({
    config: `channels:\n  - { name: up, provider: codex, api_key: sk-test, endpoints: { openai-responses: "${upstream.url}/v1" } }\n`,
  })
  try {
    const reply = await hub.post('/anthropic/v1/messages', {
      model: 'gpt-6.1-sol',
      max_tokens: 50,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toContain('application/json')
    expect(await reply.json()).toMatchObject({ type: 'message', model: 'gpt-6.1-sol' })
    const [seen] = upstream.seen
    expect(seen?.headers.accept).toBe('text/event-stream')
    const body = parseJson(seen?.body.toString('utf8') ?? '')
    expect(body).toMatchObject({ stream: true, store: false })
    expect(isObject(body) && 'max_output_tokens' in body).toBe(false)
  } finally {
    await hub.stop()
    await upstream.close()
  }
})
