// What a hostile client or a strange provider tries: nothing ends the hub, fills its memory, or gets a key out of it.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sseFramer } from '../../src/protocol/sse/frame.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

const KEY = 'f00dfacef00dfacef00dface'
let upstream: RawUpstream
let hub: TestHub
let answer: Answering

beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
  hub = await startTestHub({
    config: `
channels:
  - { name: chat, endpoints: { openai-chat: "${upstream.url}/v1" }, api_key: ${KEY}, models: [m] }
  - { name: claude, provider: claude, auth: client, endpoints: { anthropic-messages: "${upstream.url}" }, models: [mine] }
`,
  })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

const CHAT = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }
const MESSAGES = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }
const isAlive = async () => (await fetch(`${hub.url}/health`)).ok

describe('the hub lives on', () => {
  it('when a WebSocket upgrade is reset before it is refused', async () => {
    const { hostname, port } = new URL(hub.url)
    for (let round = 0; round < 60; round += 1) {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => undefined)
      await new Promise<void>((resolve) => socket.once('connect', resolve))
      socket.write(
        `GET /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n${'x'.repeat(70_000)}`,
      )
      await sleep(round % 4)
      socket.resetAndDestroy()
    }
    expect(await isAlive()).toBe(true)
  })

  it('and is done with requests that were sent behind another on a connection that died', async () => {
    answer = (response, _seen, number) => void setTimeout(() => sendJson(response, { number }), 100)
    const asked = upstream.seen.length
    const body = JSON.stringify(CHAT)
    const one = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${hub.key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const { hostname, port } = new URL(hub.url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    socket.write(one.repeat(3))
    await vi.waitFor(() => expect(upstream.seen.length - asked).toBe(3))
    socket.destroy()
    await vi.waitFor(async () =>
      expect(await hub.control('/status')).toMatchObject({ requests: { running: 0 } }),
    )
  })

  const strange: [string, Answering][] = [
    [
      'a page that is compressed',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' })
        response.end(gzipSync('<html>please log in</html>'.repeat(2000)))
      },
    ],
    [
      'an answer in an encoding that nobody knows',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'foo' })
        response.end('{}')
      },
    ],
    [
      'broken compression',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        response.end('this is not gzip')
      },
    ],
  ]
  it.each(strange)('when the provider sends %s, and says what came', async (_what, strangeAnswer) => {
    answer = strangeAnswer
    const replies = [await hub.post('/v1/chat/completions', CHAT), await hub.post('/v1/messages', MESSAGES)]
    expect(replies.map((reply) => reply.status)).toEqual([502, 502])
    await sleep(20)
    expect(await isAlive()).toBe(true)
  })

  it('when an event of the provider never ends, which is given up instead of being held', () => {
    const framer = sseFramer()
    const piece = Buffer.alloc(16 * 1024 * 1024, 0x61)
    const feed = () => {
      for (let count = 0; count < 5; count += 1) framer.push(piece)
    }
    expect(feed).toThrow('more than 64 MiB')
  })

  it('when a small zstd body claims to be a large one', async () => {
    // Magic, a frame header with a window of 1 GiB and no content size, then one block of repeated bytes.
    const bomb = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x03, 0xff, 0xff, 0x61])
    const reply = await hub.post('/v1/messages', bomb, { 'content-encoding': 'zstd' })
    expect([400, 413]).toContain(reply.status)
    expect(await isAlive()).toBe(true)
  })
})

describe('strange requests and answers', () => {
  it('a request nested too deeply to be converted is called that, without a stack', async () => {
    const deep = `${'{"properties":{"a":'.repeat(20_000)}{}${'}}'.repeat(20_000)}`
    const body = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"t","input_schema":${deep}}]}`
    const reply = await hub.post('/v1/messages', body)
    expect(reply.status).toBe(400)
    expect(await reply.text()).not.toMatch(/call stack|at .*\.js/)
  })

  it('a status that HTTP does not know, and a redirect of another path, are errors of the provider', async () => {
    answer = (response) => sendJson(response, { error: { message: 'odd' } }, 999)
    expect((await hub.post('/v1/chat/completions', CHAT)).status).toBe(502)
    answer = (response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:9/' })
      response.end()
    }
    const reply = await hub.post('/v1/embeddings', { model: 'm', input: 'x' })
    expect([reply.status, reply.headers.get('location')]).toEqual([502, null])
  })
})

describe('no key gets out', () => {
  it.each([400, 401, 500])('in a provider’s error of status %i that repeats it', async (status) => {
    answer = (response) =>
      sendJson(response, { error: { message: `the key ${KEY} is not good`, type: 'x' } }, status)
    const told = await Promise.all([
      hub.post('/v1/chat/completions', CHAT).then((reply) => reply.text()),
      hub.post('/v1/messages', MESSAGES).then((reply) => reply.text()),
    ])
    expect(told.join()).not.toContain(KEY)
    await sleep(300)
    expect(JSON.stringify(await hub.control('/traces'))).not.toContain(KEY)
  })

  it('as a login: the hub’s own key is never forwarded to a provider', async () => {
    answer = (response) => sendJson(response, { type: 'message', model: 'mine', content: [] })
    const before = upstream.seen.length
    await hub.post(
      '/v1/messages',
      { ...MESSAGES, model: 'mine' },
      {
        'x-axonhub-key': hub.key,
        authorization: `Bearer ${hub.key}`,
        'user-agent': 'claude-cli/2.1.328 (external, cli)',
      },
    )
    expect(JSON.stringify(upstream.seen.slice(before).map(({ headers }) => headers))).not.toContain(hub.key)
  })

  it('in the query string of a relayed request', async () => {
    answer = (response) => sendJson(response, { model: 'm', choices: [] })
    await hub.post(`/v1/chat/completions?key=${hub.key}&beta=true`, CHAT)
    expect(upstream.seen.at(-1)?.path).toBe('/v1/chat/completions?beta=true')
  })
})
