// Whatever is wrong with a request or a provider, the asker is told in its own protocol, with what to do next.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

let upstream: RawUpstream
let hub: TestHub
let answer: Answering = (response) => sendJson(response, { model: 'm', choices: [] })

beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
  hub = await startTestHub({
    config: `
channels:
  - name: up
    endpoints: { openai-chat: "${upstream.url}/v1" }
    api_key: sk-upstream-secret
    models: [m, "gpt-*"]
  - name: dead
    endpoints: { openai-chat: "http://127.0.0.1:9/v1" }
    models: [dead]
  - name: keyless
    endpoints: { openai-chat: "${upstream.url}/v1" }
    api_key: env:NO_SUCH_VARIABLE
    models: [keyless]
`,
  })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

const PATHS = ['/v1/chat/completions', '/v1/responses', '/v1/messages'] as const
const valid = {
  '/v1/chat/completions': { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
  '/v1/responses': { model: 'm', input: 'hi' },
  '/v1/messages': { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] },
}

async function errorOf(reply: Response): Promise<{ status: number; message: string; body: unknown }> {
  const body: unknown = await reply.json()
  const found = /"message":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(body))
  return { status: reply.status, message: found?.[1] ?? '', body }
}

describe.each(PATHS)('%s', (path) => {
  const shape =
    path === '/v1/messages'
      ? { type: 'error', error: { type: expect.any(String) } }
      : { error: { type: expect.any(String) } }

  it.each([
    ['no body', ''],
    ['text', 'hello'],
    ['cut JSON', '{"model":"m","messages":[{"role":"us'],
    ['an array', '[1]'],
    ['no model', '{"messages":[]}'],
    ['a model that is no name', '{"model":7,"messages":[]}'],
    ['a stream flag that is no flag', '{"model":"m","stream":"yes","messages":[]}'],
  ])('answers %s with 400 in its own shape', async (_what, body) => {
    const { status, body: told, message } = await errorOf(await hub.post(path, body))
    expect(status).toBe(400)
    expect(told).toMatchObject(shape)
    expect(message.length).toBeGreaterThan(10)
  })

  it('answers an unknown key with 401, and names the way to the right one', async () => {
    const { status, message } = await errorOf(
      await hub.post(path, valid[path], { authorization: 'Bearer nope' }),
    )
    expect(status).toBe(401)
    expect(message).toContain('axonhub token')
  })

  it('answers an unknown model with 404 and the names that may be meant', async () => {
    const { status, message } = await errorOf(await hub.post(path, { ...valid[path], model: 'ded' }))
    expect(status).toBe(404)
    expect(message).toContain('ded')
    expect(message).toContain('dead')
  })

  it('answers a dead channel with a clear sentence', async () => {
    const { status, message } = await errorOf(await hub.post(path, { ...valid[path], model: 'dead' }))
    expect(status).toBeGreaterThanOrEqual(500)
    expect(message).toContain('127.0.0.1:9')
  })

  it('says which key is missing, and never shows one', async () => {
    const { message } = await errorOf(await hub.post(path, { ...valid[path], model: 'keyless' }))
    expect(message).toContain('NO_SUCH_VARIABLE')
  })

  it('reports an HTML page of the provider as what it is', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html><body>Please log in</body></html>')
    }
    const { status, message } = await errorOf(await hub.post(path, valid[path]))
    expect(status).toBe(502)
    expect(message).toContain('text/html')
  })
})

describe.each(['/v1/responses', '/v1/messages'] as const)('%s', (path) => {
  it('reports an HTML error page of a converted provider without pouring it over the user', async () => {
    answer = (response) => {
      response.writeHead(503, { 'content-type': 'text/html' })
      response.end(`<html><body>${'x'.repeat(5000)}</body></html>`)
    }
    const reply = await hub.post(path, valid[path])
    expect(reply.status).toBeGreaterThanOrEqual(500)
    expect((await reply.text()).length).toBeLessThan(1000)
  })
})

describe('size and encoding', () => {
  it('refuses a body of 65 MiB with 413 and stays well', async () => {
    const body = Buffer.alloc(65 * 1024 * 1024, 0x20)
    const { status, message } = await errorOf(await hub.post('/v1/messages', body))
    expect(status).toBe(413)
    expect(message).toContain('64 MiB')
    answer = (response) => sendJson(response, { model: 'm', choices: [] })
    expect((await hub.post('/v1/chat/completions', valid['/v1/chat/completions'])).status).toBe(200)
  })

  it('refuses a small body that unpacks to more than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(70 * 1024 * 1024, 0x20))
    const reply = await hub.post('/v1/messages', bomb, { 'content-encoding': 'gzip' })
    expect(reply.status).toBe(413)
  })

  it('refuses broken compression and unknown encodings with 400', async () => {
    expect((await hub.post('/v1/messages', 'no gzip', { 'content-encoding': 'gzip' })).status).toBe(400)
    expect((await hub.post('/v1/messages', 'x', { 'content-encoding': 'snappy' })).status).toBe(400)
  })
})

describe('paths, methods and browsers', () => {
  it('answers a path that is not served with 404 and those that are', async () => {
    const { status, message } = await errorOf(await hub.get('/v2/nothing'))
    expect(status).toBe(404)
    expect(message).toContain('/v1/responses')
  })

  it('answers a wrong method with the right one', async () => {
    const { message } = await errorOf(await hub.get('/v1/responses'))
    expect(message).toContain('POST')
  })

  it('refuses a Host that is not this machine and an Origin of another site', async () => {
    const evil = await hub.get('/v1/models', { origin: 'https://evil.example' })
    expect(evil.status).toBe(403)
    const own = await hub.get('/v1/models', { origin: 'http://localhost:3000' })
    expect(own.status).toBe(200)
    expect(own.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('answers health and the agents’ probes without a key', async () => {
    expect((await fetch(`${hub.url}/health`)).status).toBe(200)
    expect((await fetch(`${hub.url}/anthropic`, { method: 'HEAD' })).status).toBe(200)
    expect((await fetch(`${hub.url}/anthropic/api/hello`, { method: 'HEAD' })).status).toBe(200)
  })

  it('answers Gemini paths in Gemini’s own error shape', async () => {
    const reply = await hub.post('/v1beta/models/gemini-x:generateContent', {})
    expect(await reply.json()).toMatchObject({
      error: { code: expect.any(Number), status: expect.any(String) },
    })
  })
})
