// A proxy on the way to the provider answers with a page of its own: the agent is told in its protocol.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream } from '../support/raw-upstream.js'

let upstream: RawUpstream
let hub: TestHub

beforeAll(async () => {
  upstream = await rawUpstream((response) => {
    response.writeHead(502, { 'content-type': 'text/html' })
    response.end('<html><head><title>502 Bad Gateway</title></head></html>')
  })
  hub = await startTestHub({
    config: `
channels:
  - name: far
    endpoints: { openai-chat: "${upstream.url}/v1", openai-responses: "${upstream.url}/v1", anthropic-messages: "${upstream.url}" }`,
  })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

it.each([
  ['/v1/chat/completions', { model: 'm', messages: [] }],
  ['/v1/responses', { model: 'm', input: 'hi' }],
  ['/v1/messages', { model: 'm', max_tokens: 9, messages: [] }],
])(
  '%s is answered with an error of its protocol, the title of the page, and the channel',
  async (path, body) => {
    const reply = await hub.post(path, body)
    expect(reply.headers.get('content-type')).toContain('application/json')
    expect(await reply.json()).toMatchObject({
      error: { message: expect.stringMatching(/502 Bad Gateway\b.*"axonhub channel test far"/) },
    })
  },
)
