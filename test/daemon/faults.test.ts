// Providers that break: what the agent sees, how soon, and that a cut answer never ends clean.
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson, sendSse } from '../support/raw-upstream.js'

let upstream: RawUpstream
let hub: TestHub
let answer: Answering

beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
  hub = await startTestHub({
    timing: { keepAliveMs: 80, holdMs: 150, earlyHeadMs: 300 },
    config: `
server: { llm_request_timeout: 1s }
channels:
  - { name: chat, endpoints: { openai-chat: "${upstream.url}/v1" }, models: [via-chat] }
  - { name: responses, endpoints: { openai-responses: "${upstream.url}/v1" }, models: [via-responses] }
  - { name: messages, endpoints: { anthropic-messages: "${upstream.url}" }, models: [via-messages] }
`,
  })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

const ASKERS = {
  chat: { path: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'hi' }] } },
  responses: { path: '/v1/responses', body: { input: 'hi' } },
  messages: { path: '/v1/messages', body: { max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] } },
} as const

const OPENINGS = {
  chat: [
    'data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n',
    'data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n',
  ],
  responses: [
    'event: response.created\ndata: {"type":"response.created","response":{"id":"r","model":"x","output":[]}}\n\nevent: response.output_item.added\ndata: {"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"m","role":"assistant","content":[]}}\n\n',
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"m","delta":"Hello"}\n\n',
  ],
  messages: [
    'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"x","content":[],"usage":{"input_tokens":1,"output_tokens":0}}}\n\nevent: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}\n\n',
  ],
} as const

/** How each protocol says that an answer ended well. */
const CLEAN_END = { chat: /\[DONE\]/, responses: /response\.completed/, messages: /message_stop/ }
const ERROR_END = { chat: /"error"/, responses: /response\.failed/, messages: /event: error/ }

type Name = keyof typeof ASKERS
const NAMES: readonly Name[] = ['chat', 'responses', 'messages']
const PAIRS = NAMES.flatMap((asker) => NAMES.map((provider) => [asker, provider] as const))

function ask(asker: Name, provider: Name, init: RequestInit = {}): Promise<Response> {
  const { path, body } = ASKERS[asker]
  return fetch(hub.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: `via-${provider}`, stream: true, ...body }),
    ...init,
  })
}

async function readUntilEnd(reply: Response): Promise<string> {
  let text = ''
  try {
    for await (const chunk of reply.body ?? []) text += Buffer.from(chunk).toString('utf8')
  } catch {
    text += '[reset]'
  }
  return text
}

describe.each(PAIRS)('a stream to %s from a provider of %s', (asker, provider) => {
  const [opening, content] = OPENINGS[provider]

  it('that ends in the middle is told as an error and never ends clean', async () => {
    answer = (response) => sendSse(response, opening + content)
    const text = await readUntilEnd(await ask(asker, provider))
    expect(text).toContain('Hello')
    expect(text).toMatch(ERROR_END[asker])
    expect(text).not.toMatch(CLEAN_END[asker])
  })

  it('that is reset after its first words is told as an error and never ends clean', async () => {
    answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + content)
      await sleep(30)
      response.destroy()
    }
    const text = await readUntilEnd(await ask(asker, provider))
    expect(text).toContain('Hello')
    expect(text).toMatch(ERROR_END[asker])
    expect(text).not.toMatch(CLEAN_END[asker])
  })

  it('that is reset before its first byte is answered with a status, not with a stream', async () => {
    answer = (response) => void response.destroy()
    const reply = await ask(asker, provider)
    expect(reply.status).toBeGreaterThanOrEqual(500)
    expect(await reply.text()).toContain('closed the connection')
  })

  it('that falls silent is kept alive by data events of the asker’s protocol, then given up', async () => {
    answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + content)
      await sleep(3000)
    }
    const reply = await ask(asker, provider)
    const text = await readUntilEnd(reply)
    const keepAlives = {
      chat: /"delta":\{\}/g,
      responses: /response\.in_progress|"type":"ping"/g,
      messages: /"stop_reason":null,"stop_sequence":null/g,
    }
    expect((text.match(keepAlives[asker]) ?? []).length).toBeGreaterThan(5)
    expect(text).toMatch(ERROR_END[asker])
  })

  it('is let go when the agent hangs up', async () => {
    answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + content)
      await once(response, 'close')
    }
    const controller = new AbortController()
    const reply = await ask(asker, provider, { signal: controller.signal })
    await reply.body?.getReader().read()
    const hungUpAt = performance.now()
    controller.abort()
    const seen = upstream.seen.at(-1)
    while (seen?.closedAt === undefined && performance.now() - hungUpAt < 2000) await sleep(5)
    expect((seen?.closedAt ?? Number.POSITIVE_INFINITY) - hungUpAt).toBeLessThan(1500)
  })
})

describe.each(NAMES)('a provider of %s that takes long to begin', (provider) => {
  it('finds the stream of Claude Code opened and kept alive, and goes on in it', async () => {
    const [opening, content] = OPENINGS[provider]
    const ending = {
      chat: 'data: {"id":"c","model":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      responses:
        'data: {"type":"response.completed","response":{"id":"r","model":"x","status":"completed","output":[{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text","text":"Hello"}]}]}}\n\n',
      messages:
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\nevent: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
    }
    answer = async (response) => {
      await sleep(700)
      sendSse(response, opening + content + ending[provider])
    }
    const text = await readUntilEnd(await ask('messages', provider))
    expect(text.match(/event: message_start/g)).toHaveLength(1)
    expect(text.match(/"stop_reason":null,"stop_sequence":null\}/g)?.length).toBeGreaterThan(1)
    expect(text).toContain('Hello')
    expect(text).toMatch(CLEAN_END.messages)
  })
})

describe('errors hidden in a good status', () => {
  it('an error as the first event of a 200 stream becomes a status', async () => {
    answer = (response) =>
      sendSse(
        response,
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      )
    const reply = await ask('messages', 'messages')
    expect(reply.status).toBe(529)
  })
})

describe('a reader that is slow', () => {
  it('slows the provider down instead of filling the memory of the hub', async () => {
    const piece = `data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"content":"${'x'.repeat(16_000)}"}}]}\n\n`
    let written = 0
    let stop = false
    answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.on('close', () => {
        stop = true
      })
      for (let index = 0; index < 8000 && !stop; index += 1) {
        written += piece.length
        if (!response.write(piece)) while (response.writableNeedDrain && !stop) await sleep(5)
      }
      response.end()
    }
    const { hostname, port } = new URL(hub.url)
    const socket = connect(Number(port), hostname)
    const body = JSON.stringify({ model: 'via-chat', stream: true, ...ASKERS.chat.body })
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${hub.key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    await once(socket, 'readable')
    socket.pause()
    await sleep(700)
    expect(written).toBeLessThan(40 * 1024 * 1024)
    socket.destroy()
  })
})

describe('an answer that is not streamed', () => {
  it('and is cut in the middle is an error, not half an object', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
      response.write('{"id":"x","choices":[')
      setTimeout(() => response.destroy(), 20)
    }
    const reply = await hub.post('/v1/chat/completions', { model: 'via-chat', ...ASKERS.chat.body })
    expect(reply.status).toBeGreaterThanOrEqual(500)
  })

  it('comes as a stream when the provider ignores the wish for one', async () => {
    answer = (response) =>
      sendJson(response, {
        id: 'c',
        model: 'x',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
      })
    for (const asker of NAMES) {
      const text = await readUntilEnd(await ask(asker, 'chat'))
      expect(text).toContain('Hello')
      expect(text).toMatch(CLEAN_END[asker])
    }
  })
})
