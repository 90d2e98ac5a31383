// Equal protocols: what the agent sent is what the provider gets, and back, byte for byte but for the model's name.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson, sendSse } from '../support/raw-upstream.js'

let upstream: RawUpstream
let hub: TestHub
let answer: Answering

beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
  hub = await startTestHub({
    config: `
channels:
  - name: up
    endpoints:
      openai-chat: ${upstream.url}/v1
      openai-responses: ${upstream.url}/v1
      anthropic-messages: ${upstream.url}
    api_key: sk-upstream-secret
    headers: { x-team: blue }
profiles:
  renamed:
    mappings: [{ from: "asked-.*", to: real-model }]
active_profile: renamed
`,
  })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

const last = () => upstream.seen.at(-1)

describe('a relayed request', () => {
  const odd =
    '{ "future_field" : [1e400, 12345678901234567890, "\\u00e9"],\n\t"model" :  "asked-1","messages":[{"role":"user","content":"h\\u0069","model":"inner"}] , "stream":false}'

  it('arrives with every byte as it was sent, but for the top-level model', async () => {
    answer = (response) => sendJson(response, { model: 'real-model', choices: [] })
    await hub.post('/v1/chat/completions', odd)
    expect(last()?.body.toString()).toBe(odd.replace('"asked-1"', '"real-model"'))
    expect(last()?.path).toBe('/v1/chat/completions')
  })

  it('keeps the query string and the agent’s own headers, and changes only the credential', async () => {
    answer = (response) => sendJson(response, { type: 'message', model: 'real-model', content: [] })
    await hub.post(
      '/anthropic/v1/messages?beta=true',
      { model: 'asked-1', messages: [], max_tokens: 1 },
      {
        'anthropic-beta': 'a,b',
        'anthropic-version': '2023-06-01',
        'user-agent': 'claude-cli/2.1.197 (external, cli)',
      },
    )
    const { path, headers } = last() ?? { path: '', headers: {} }
    expect(path).toBe('/v1/messages?beta=true')
    expect(headers).toMatchObject({
      'anthropic-beta': 'a,b',
      'anthropic-version': '2023-06-01',
      'user-agent': 'claude-cli/2.1.197 (external, cli)',
      'x-api-key': 'sk-upstream-secret',
      'x-team': 'blue',
    })
    expect(JSON.stringify(headers)).not.toContain(hub.key)
  })

  it.each([
    ['application/x-www-form-urlencoded', 'application/json'],
    ['text/plain;charset=UTF-8', 'application/json'],
    ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
    ['application/vnd.x+json', 'application/vnd.x+json'],
  ])('that calls its JSON %s arrives as %s', async (sent, arrives) => {
    answer = (response) => sendJson(response, { model: 'real-model', choices: [], data: [] })
    for (const path of ['/v1/chat/completions', '/v1/embeddings']) {
      await hub.post(path, { model: 'asked-1', messages: [] }, { 'content-type': sent })
      expect(last()?.headers['content-type']).toBe(arrives)
    }
  })

  it('never carries the hub’s marks, cookies or Codex’s local paths to a foreign host', async () => {
    answer = (response) => sendJson(response, { object: 'response', model: 'real-model', output: [] })
    await hub.post(
      '/v1/responses',
      { model: 'asked-1', input: 'hi' },
      { 'ah-trace-id': 't-1', cookie: 'a=b', 'x-codex-turn-metadata': '{"workspaces":{"/home/me":{}}}' },
    )
    const names = Object.keys(last()?.headers ?? {})
    expect(names).not.toContain('ah-trace-id')
    expect(names).not.toContain('cookie')
    expect(names).not.toContain('x-codex-turn-metadata')
  })
})

describe('a relayed answer', () => {
  it('comes back with every byte of the stream, unknown events, comments and CRLF included, and the asked model', async () => {
    const stream =
      ': hello\r\n\r\nevent: message_start\r\ndata: {"type":"message_start","message":{"id":"m","model":"real-model","usage":{"input_tokens":3}}}\r\n\r\n' +
      'event: brand_new\r\ndata: {"type":"brand_new","x":12345678901234567890}\r\n\r\n' +
      'event: content_block_start\r\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\r\n\r\n' +
      'event: content_block_delta\r\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\"model\\":\\"real-model\\" é🙂"}}\r\n\r\n' +
      'event: content_block_stop\r\ndata: {"type":"content_block_stop","index":0}\r\n\r\n' +
      'event: message_delta\r\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}\r\n\r\n' +
      'event: message_stop\r\ndata: {"type":"message_stop"}\r\n\r\n'
    answer = (response) => sendSse(response, stream)
    const reply = await hub.post('/v1/messages', {
      model: 'asked-1',
      stream: true,
      max_tokens: 9,
      messages: [],
    })
    expect(await reply.text()).toBe(
      stream.replace('"model":"real-model","usage"', '"model":"asked-1","usage"'),
    )
  })

  it('closes a Messages stream that ends after its reason without message_stop, and counts it as whole', async () => {
    const stream =
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m","model":"asked-1","usage":{"input_tokens":3}}}\n\n' +
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"hi"}}\n\n' +
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n' +
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}\n\n'
    answer = (response) => sendSse(response, stream)
    const asked = { model: 'asked-1', stream: true, max_tokens: 9, messages: [] }
    const reply = await hub.post('/v1/messages', asked, { 'ah-trace-id': 'unclosed' })
    expect(await reply.text()).toBe(`${stream}event: message_stop\ndata: {"type":"message_stop"}\n\n`)
    expect(await hub.control('/traces/unclosed')).toMatchObject({ failed: 0, requests: 1 })
  })

  it('names the asked model in a whole answer and leaves its other bytes alone', async () => {
    const body =
      '{"id":"x", "model" : "real-model","n":12345678901234567890,"choices":[{"message":{"content":"real-model"}}]}'
    answer = (response) => sendJson(response, body)
    const reply = await hub.post('/v1/chat/completions', { model: 'asked-2', messages: [] })
    expect(await reply.text()).toBe(body.replace('"model" : "real-model"', '"model" : "asked-2"'))
  })

  it('strips the header that makes Codex cry wolf, cookies and CORS, and keeps the rest', async () => {
    answer = (response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'openai-model': 'other',
        'set-cookie': 'a=b',
        'access-control-allow-origin': '*',
        'x-request-id': 'req-7',
        'x-ratelimit-remaining-requests': '9',
      })
      response.end('{"object":"response","model":"real-model","output":[]}')
    }
    const reply = await hub.post('/v1/responses', { model: 'asked-1', input: 'x' })
    expect(reply.headers.get('openai-model')).toBeNull()
    expect(reply.headers.get('set-cookie')).toBeNull()
    expect(reply.headers.get('access-control-allow-origin')).toBeNull()
    expect(reply.headers.get('x-request-id')).toBe('req-7')
    expect(reply.headers.get('x-ratelimit-remaining-requests')).toBe('9')
    expect(reply.headers.get('ah-request-id')).toMatch(/^ar-/)
  })

  it('passes a provider’s own error on byte for byte', async () => {
    const error =
      '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}'
    answer = (response) => sendJson(response, error, 400)
    const reply = await hub.post('/v1/messages', { model: 'asked-1', max_tokens: 1, messages: [] })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toBe(error)
  })

  it('does not pass on a refusal of the hub’s own credential as if it were the agent’s login', async () => {
    answer = (response) =>
      sendJson(response, { type: 'error', error: { type: 'authentication_error', message: 'bad key' } }, 401)
    const reply = await hub.post(
      '/v1/messages',
      { model: 'asked-1', max_tokens: 1, messages: [] },
      { 'user-agent': 'claude-cli/2.1.197 (external, cli)' },
    )
    expect(reply.status).not.toBe(401)
    expect(await reply.text()).not.toContain('sk-upstream-secret')
  })
})
