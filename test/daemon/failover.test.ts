// When a provider is down, full or wrong, the hub goes on with the next, and says so.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson, sendSse } from '../support/raw-upstream.js'

const providers: Record<'a' | 'b' | 'c', RawUpstream | undefined> = {
  a: undefined,
  b: undefined,
  c: undefined,
}
const answers: Record<'a' | 'b' | 'c', Answering> = {
  a: () => undefined,
  b: () => undefined,
  c: () => undefined,
}
let hub: TestHub

const NAMES = ['a', 'b', 'c'] as const
const stream = (text: string) =>
  `data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"${text}"}}]}\n\ndata: {"id":"c","model":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`

beforeAll(async () => {
  for (const name of NAMES)
    providers[name] = await rawUpstream((response, seen, number) => answers[name](response, seen, number))
})
afterAll(async () => {
  for (const name of NAMES) await providers[name]?.close()
})

beforeEach(async () => {
  for (const name of NAMES) answers[name] = (response) => sendSse(response, stream(`from ${name}`))
  hub = await startTestHub({
    timing: { holdMs: 100 },
    config: `
server: { llm_request_timeout: 4s }
channels:
${NAMES.map((name, index) => `  - { name: ${name}, endpoints: { openai-chat: "${providers[name]?.url}/v1" }, priority: ${index} }`).join('\n')}
`,
  })
  return () => hub.stop()
})

const ask = async (headers: Record<string, string> = {}) => {
  const reply = await hub.post(
    '/v1/chat/completions',
    { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] },
    headers,
  )
  return { status: reply.status, text: await reply.text() }
}
const said = (text: string) => /"content":"([^"]*)"/.exec(text)?.[1]

describe('the next channel answers when the first', () => {
  const faults: [string, Answering][] = [
    ['resets the connection', (response) => void response.destroy()],
    ['answers 500', (response) => sendJson(response, { error: { message: 'boom' } }, 500)],
    ['answers 429', (response) => sendJson(response, { error: { message: 'slow down' } }, 429)],
    ['answers 529', (response) => sendJson(response, { error: { message: 'overloaded' } }, 529)],
    [
      'has no such model',
      (response) =>
        sendJson(response, { error: { message: 'model "m" not found, try pulling it first' } }, 404),
    ],
    ['refuses the key', (response) => sendJson(response, { error: { message: 'bad key' } }, 401)],
    [
      'has no credit',
      (response) => sendJson(response, { error: { message: 'pay', code: 'insufficient_quota' } }, 402),
    ],
    [
      'sends a page',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/html' })
        response.end('<html>')
      },
    ],
    [
      'hides an error in a good stream',
      (response) => sendSse(response, 'data: {"error":{"message":"no capacity","code":503}}\n\n'),
    ],
    [
      'ends its stream before any content',
      (response) =>
        sendSse(
          response,
          'data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n',
        ),
    ],
    ['says nothing at all', () => undefined],
  ]
  it.each(faults)('%s', async (_what, fault) => {
    answers.a = fault
    const { status, text } = await ask()
    expect(status).toBe(200)
    expect(said(text)).toBe('from b')
  })
})

describe('a request that is wrong itself', () => {
  it('is not carried from channel to channel', async () => {
    answers.a = (response) =>
      sendJson(response, { error: { message: 'messages[0] is wrong', type: 'invalid_request_error' } }, 400)
    const before = providers.b?.seen.length
    const { status, text } = await ask()
    expect(status).toBe(400)
    expect(text).toContain('messages[0] is wrong')
    expect(providers.b?.seen.length).toBe(before)
  })
})

describe('after content has gone out', () => {
  it('nothing is tried again, and nothing is said twice', async () => {
    answers.a = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(
        'data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"content":"first words"}}]}\n\n',
      )
      setTimeout(() => response.destroy(), 20)
    }
    const before = providers.b?.seen.length
    const { text } = await ask()
    expect(text.match(/first words/g)).toHaveLength(1)
    expect(text).toContain('"error"')
    expect(providers.b?.seen.length).toBe(before)
  })
})

describe('a conversation', () => {
  it('stays on the channel that answered it, also when a better one is back', async () => {
    answers.a = (response) => void response.destroy()
    const trace = { 'ah-trace-id': 'conversation-1' }
    expect(said((await ask(trace)).text)).toBe('from b')
    answers.a = (response) => sendSse(response, stream('from a'))
    expect(said((await ask(trace)).text)).toBe('from b')
    expect(said((await ask({ 'ah-trace-id': 'conversation-2' })).text)).toBe('from a')
  })
})

describe('a channel that rests', () => {
  it('is not asked while another can answer, and is asked when no other can', async () => {
    answers.a = (response) => {
      response.writeHead(429, { 'retry-after': '600', 'content-type': 'application/json' })
      response.end('{"error":{"message":"slow down"}}')
    }
    await ask()
    const before = providers.a?.seen.length
    expect(said((await ask()).text)).toBe('from b')
    expect(providers.a?.seen.length).toBe(before)
    answers.a = (response) => sendSse(response, stream('from a'))
    for (const name of ['b', 'c'] as const) answers[name] = (response) => void response.destroy()
    expect(said((await ask()).text)).toBe('from a')
  })
})

describe('when all channels fail', () => {
  it('one answer names each with its reason, and when the next is free', async () => {
    answers.a = (response) => void response.destroy()
    answers.b = (response) => sendJson(response, { error: { message: 'bad key' } }, 401)
    answers.c = (response) => {
      response.writeHead(429, { 'retry-after': '42', 'content-type': 'application/json' })
      response.end('{"error":{"message":"slow down"}}')
    }
    const { status, text } = await ask()
    expect(status).toBe(429)
    expect(text).toMatch(/a: .*closed the connection/)
    expect(text).toMatch(/b: .*bad key/)
    expect(text).toMatch(/c: .*slow down, free in 42 s/)
    expect(text).not.toMatch(/at .*\.js/)
  })
})

describe('2 of 3 channels going up and down at random', () => {
  it('make no request fail that the third can serve, and nothing is said twice', async () => {
    let seed = 7
    const dice = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed / 2_147_483_648
    }
    const moody =
      (name: string): Answering =>
      (response) => {
        const roll = dice()
        if (roll < 0.2) response.destroy()
        else if (roll < 0.4) sendJson(response, { error: { message: 'boom' } }, 503)
        else if (roll < 0.5) sendJson(response, { error: { message: 'slow' } }, 429)
        else if (roll < 0.6) sendSse(response, ': nothing\n\n')
        else sendSse(response, stream(`from ${name}`))
      }
    answers.a = moody('a')
    answers.b = moody('b')
    const results: string[] = []
    const worker = async () => {
      for (let index = 0; index < 10; index += 1) results.push((await ask()).text)
    }
    await Promise.all(Array.from({ length: 30 }, worker))
    const wrong = results.filter(
      (text) => (text.match(/from [abc]/g) ?? []).length !== 1 || !text.includes('[DONE]'),
    )
    expect(wrong).toEqual([])
    expect(results).toHaveLength(300)
  })
})
