// A provider that means harm, or is in the hands of somebody who does: it gets no key that is not its own, and it cannot
// fill the hub's memory, hold it for ever, or choose what the agent is told beside its answer.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

const KEY = 'sk-upstream-5ecret-5ecret'
const CHAT = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }
const MESSAGES = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }

let upstream: RawUpstream
let thief: RawUpstream
let hub: TestHub
let answer: Answering
beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
  thief = await rawUpstream((response) => sendJson(response, { model: 'm', choices: [] }))
  hub = await startTestHub({
    config: `
channels:
  - { name: up, endpoints: { openai-chat: "${upstream.url}/v1" }, api_key: ${KEY}, models: [m] }
routing: { breaker: off }
`,
  })
})
afterAll(async () => {
  await hub.stop()
  await Promise.all([upstream.close(), thief.close()])
})
afterEach(async () => {
  if (!(await fetch(`${hub.url}/health`)).ok) throw new Error('The hub did not live on.')
})

describe('a redirect to another host', () => {
  it.each([301, 302, 303, 307, 308])(
    'of status %i is never followed, with a key or without',
    async (status) => {
      answer = (response) => {
        response.writeHead(status, { location: `${thief.url}/v1/chat/completions` })
        response.end()
      }
      const replies = await Promise.all([
        hub.post('/v1/chat/completions', CHAT),
        hub.post('/v1/messages', MESSAGES),
        hub.post('/v1/embeddings', { model: 'm', input: 'x' }),
      ])
      expect(replies.filter((reply) => reply.status < 400)).toEqual([])
      expect(replies.filter((reply) => reply.headers.has('location'))).toEqual([])
      expect(thief.seen).toEqual([])
    },
  )

  it('is not followed either when the list of models is asked', async () => {
    answer = (response) => {
      response.writeHead(302, { location: `${thief.url}/v1/models` })
      response.end()
    }
    await hub.control('/channels/up/models')
    await hub.control('/channels/up/test', { depth: 'text' })
    expect(thief.seen).toEqual([])
  })
})

describe('the hub’s own key', () => {
  it('goes up in no header, whatever the header is called', async () => {
    answer = (response) => sendJson(response, { model: 'm', choices: [] })
    const before = upstream.seen.length
    const strange = {
      'x-custom': `Bearer ${hub.key}`,
      'x-forwarded-key': hub.key,
      'x-note': `the key is ${hub.key}, keep it`,
      'openai-organization': hub.key,
      'x-goog-api-key': hub.key,
      baggage: `k=${hub.key}`,
      'x-kept': 'yes',
    }
    await hub.post('/v1/chat/completions', CHAT, strange)
    await hub.post('/v1/embeddings', { model: 'm', input: 'x' }, strange)
    await hub.post(`/v1/chat/completions?token=${hub.key}&KEY=${hub.key}&%6bey=${hub.key}&kept=1`, CHAT)
    const seen = upstream.seen.slice(before)
    expect(seen).toHaveLength(3)
    expect(JSON.stringify(seen.map(({ headers, path }) => [headers, path]))).not.toContain(hub.key)
    expect(seen[0]?.headers['x-kept']).toBe('yes')
    expect(seen[2]?.path).toBe('/v1/chat/completions?kept=1')
  })

  it('takes no header along that the agent calls its own affair', async () => {
    answer = (response) => sendJson(response, { model: 'm', choices: [] })
    const { request } = await import('node:http')
    await new Promise<void>((resolve, reject) => {
      const asking = request(
        `${hub.url}/v1/chat/completions`,
        {
          method: 'POST',
          headers: {
            authorization: `Bearer ${hub.key}`,
            connection: 'close, x-hop-secret',
            'x-hop-secret': 'mine',
          },
        },
        (reply) => {
          reply.resume().on('end', () => resolve())
        },
      )
      asking.on('error', reject)
      asking.end(JSON.stringify(CHAT))
    })
    expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('x-hop-secret')
  })
})

describe('an answer that is made to break the hub', () => {
  const cases: [string, Answering][] = [
    [
      'a header of a megabyte',
      (response) => {
        response.socket?.write(`HTTP/1.1 200 OK\r\nx-big: ${'a'.repeat(1_000_000)}\r\n\r\n`)
        setTimeout(() => response.socket?.destroy(), 300)
      },
    ],
    [
      'ten thousand headers',
      (response) => {
        const many = Array.from({ length: 10_000 }, (_, index) => `x-${index}: a`).join('\r\n')
        response.socket?.write(`HTTP/1.1 200 OK\r\n${many}\r\n\r\n`)
        setTimeout(() => response.socket?.destroy(), 300)
      },
    ],
    [
      'a whole answer in gzip that unpacks to 300 MB',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        response.end(BOMB)
      },
    ],
    [
      'bytes that are no HTTP',
      (response) => {
        response.socket?.end('\u0000\u0001\u0002 not http at all\r\n\r\n')
      },
    ],
    [
      'two answers to one request',
      (response) => {
        response.socket?.end(
          'HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}',
        )
      },
    ],
    [
      'JSON that is nested a hundred thousand times',
      (response) => sendJson(response, `{"choices":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    ],
  ]
  it.each(cases)('%s: the agent is told, and memory stays', async (_what, harm) => {
    answer = harm
    const before = process.memoryUsage().rss
    const reply = await hub.post('/v1/messages', MESSAGES)
    const text = await reply.text()
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(text).not.toContain(KEY)
    expect(process.memoryUsage().rss - before).toBeLessThan(700 * 1024 * 1024)
  })

  it('a line that never ends is given up at 64 MiB, with an error and not with a clean end', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"choices":[{"index":0,"delta":{"content":"')
      const piece = 'a'.repeat(1024 * 1024)
      const feed = () => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', feed)
      }
      feed()
    }
    const reply = await hub.post('/v1/messages', { ...MESSAGES, stream: true })
    const text = await reply.text()
    expect(text.length).toBeLessThan(1_000_000)
    expect(text).toMatch(/error/)
    expect(text).not.toMatch(/message_stop/)
  })

  it('a stream that never ends is let go when the agent hangs up', async () => {
    let written = 0
    let closed = false
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => {
        written += 1
        response.write('data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n')
      }, 5)
      response.on('close', () => {
        closed = true
        clearInterval(timer)
      })
    }
    const controller = new AbortController()
    const reply = await fetch(`${hub.url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...MESSAGES, stream: true }),
      signal: controller.signal,
    })
    await reply.body?.getReader().read()
    controller.abort()
    for (let tries = 0; tries < 100 && !closed; tries++) await sleep(20)
    expect(closed).toBe(true)
    expect(written).toBeGreaterThan(0)
  })
})

describe('what an answer may say to the agent beside its words', () => {
  it('is no cookie, no rights for web pages, no other door', async () => {
    answer = (response) => {
      response.setHeader('set-cookie', 'a=b')
      response.setHeader('access-control-allow-origin', '*')
      response.setHeader('alt-svc', 'h3="evil.example:443"')
      response.setHeader('strict-transport-security', 'max-age=1')
      sendJson(response, { model: 'm', choices: [] })
    }
    const { headers } = await hub.post('/v1/chat/completions', CHAT)
    expect(
      ['set-cookie', 'access-control-allow-origin', 'alt-svc', 'strict-transport-security'].map((name) =>
        headers.get(name),
      ),
    ).toEqual([null, null, null, null])
  })
})

describe('a provider that is no provider', () => {
  it('accepts and says nothing: the agent can hang up at any time', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address: AddressInfo | string | null = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const other = await startTestHub({
      config: `channels:\n  - { name: s, endpoints: { openai-chat: "http://127.0.0.1:${port}/v1" }, api_key: ${KEY} }\n`,
    })
    try {
      const asked = other.post('/v1/chat/completions', CHAT).catch(() => undefined)
      await sleep(200)
      expect(sockets).toHaveLength(1)
      const status = await other.control('/status')
      expect(status).toMatchObject({ requests: { running: 1 } })
      for (const socket of sockets) socket.destroy()
      await asked
    } finally {
      await other.stop()
      silent.close()
    }
  })
})

const BOMB = gzipSync(Buffer.alloc(300 * 1024 * 1024, 0x20), { level: 1 })
