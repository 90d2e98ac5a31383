// The hub over Gemini's paths: relayed as it came, converted for the others, listed, counted, refused in its own words.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects, parseJson, text } from '../../src/base/json.js'
import { type DemoUpstream, startDemoUpstream } from '../../src/demo/upstream.js'
import { sseParser } from '../../src/protocol/sse/parse.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream } from '../support/raw-upstream.js'

let upstream: RawUpstream
let demo: DemoUpstream
let hub: TestHub
let answer: Answering

beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
  demo = await startDemoUpstream({
    newId: (prefix) => `${prefix}1`,
    clock: { now: () => 1_790_000_000_000 },
    paceMs: 0,
  })
  hub = await startTestHub({
    config: `
channels:
  - { name: google, endpoints: { gemini: "${upstream.url}/v1beta/models/" }, api_key: AIzaSecretSecretSecret, models: [real] }
  - { name: chat, endpoints: { openai-chat: "${demo.baseUrl}/v1" }, models: [via-chat] }
  - { name: responses, endpoints: { openai-responses: "${demo.baseUrl}/v1" }, models: [via-responses] }
  - { name: messages, endpoints: { anthropic-messages: "${demo.baseUrl}" }, models: [via-messages] }
  - { name: gemini, endpoints: { gemini: "${demo.baseUrl}/v1beta" }, models: [via-gemini] }
profiles:
  p: { mappings: [{ from: gemini-9, to: real }] }
active_profile: p
`,
  })
})
beforeEach(() => {
  upstream.seen.length = 0
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
  await demo.close()
})

const QUESTION = { contents: [{ role: 'user', parts: [{ text: 'Hi 🦜' }] }] }
const chunk = (words: string, more: JsonObject = {}) =>
  JSON.stringify({
    candidates: [{ content: { parts: [{ text: words }], role: 'model' }, ...more, index: 0 }],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
    modelVersion: 'real-001',
  })
const streamed: Answering = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(`data: ${chunk('Hel')}\r\n\r\n`)
  response.end(`data: ${chunk('lo', { finishReason: 'STOP' })}\r\n\r\n`)
}
const keyed = () => ({ 'x-goog-api-key': hub.key, authorization: '' })

function wordsIn(values: readonly unknown[]): string {
  return values
    .filter(isObject)
    .flatMap((value) => objects(value, 'candidates'))
    .flatMap((candidate) => (isObject(candidate['content']) ? objects(candidate['content'], 'parts') : []))
    .filter((part) => part['thought'] !== true)
    .map((part) => text(part, 'text') ?? '')
    .join('')
}

describe('a relay to Gemini', () => {
  it.each(['/v1beta', '/gemini/v1beta', '/gemini/v1', '/v1', '/v1alpha'])(
    'passes bytes below %s on, with the model of the rules in the path and the channel’s own key',
    async (prefix) => {
      answer = streamed
      const path = `${prefix}/models/gemini-9:streamGenerateContent?alt=sse&$prettyPrint=false`
      const body = '{ "contents" : [{"parts":[{"text":"12345678901234567890"}]}],"n":12345678901234567890}'
      const reply = await hub.post(path, body, {
        ...keyed(),
        'x-gemini-api-privileged-user-id': 'installation',
      })
      expect(await reply.text()).toBe(
        `data: ${chunk('Hel')}\r\n\r\ndata: ${chunk('lo', { finishReason: 'STOP' })}\r\n\r\n`.replaceAll(
          'real-001',
          'gemini-9',
        ),
      )
      const [seen] = upstream.seen
      expect(seen?.path).toBe('/v1beta/models/real:streamGenerateContent?alt=sse&%24prettyPrint=false')
      expect(seen?.body.toString()).toBe(body)
      expect(seen?.headers).toMatchObject({ 'x-goog-api-key': 'AIzaSecretSecretSecret' })
      expect(JSON.stringify(seen?.headers)).not.toMatch(new RegExp(`${hub.key}|installation`))
    },
  )

  it('takes the key out of the address before anything is sent on or written down', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(chunk('Yes.', { finishReason: 'STOP' }))
    }
    const path = `/v1beta/models/real:generateContent?key=${hub.key}`
    const reply = await hub.post(path, QUESTION, { authorization: '' })
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({ modelVersion: 'real' })
    expect(upstream.seen[0]?.path).toBe('/v1beta/models/real:generateContent')
    expect(JSON.stringify(await hub.control('/traces'))).not.toContain(hub.key)
    expect(hub.logged.join('\n')).not.toContain(hub.key)
  })

  it('tells a false key of the channel as the channel’s, though Google calls it a bad request', async () => {
    answer = (response) => {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end('{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}')
    }
    const reply = await hub.post('/v1beta/models/real:generateContent', QUESTION, keyed())
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({
      error: {
        status: 'FAILED_PRECONDITION',
        message: expect.stringContaining('axonhub channel key google'),
      },
    })
  })

  it('is not opened by a key in the address of another protocol', async () => {
    const reply = await hub.post(`/v1/chat/completions?key=${hub.key}`, {}, { authorization: '' })
    expect(reply.status).toBe(401)
  })

  it('ends a cut stream with an error in Google’s shape and no finish', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`data: ${chunk('Hel')}\n\n`)
    }
    const reply = await hub.post('/v1beta/models/real:streamGenerateContent?alt=sse', QUESTION, keyed())
    const told = await reply.text()
    expect(told).not.toContain('finishReason')
    expect(told).toContain('"status":"UNAVAILABLE"')
  })
})

describe('a stream for a client that did not ask for events', () => {
  it('is one JSON array, asked of the provider as events', async () => {
    answer = streamed
    const reply = await hub.post('/v1beta/models/real:streamGenerateContent', QUESTION, keyed())
    expect(reply.headers.get('content-type')).toBe('application/json')
    const value = parseJson(await reply.text())
    expect(Array.isArray(value) && wordsIn(value)).toBe('Hello')
    expect(upstream.seen[0]?.path).toBe('/v1beta/models/real:streamGenerateContent?alt=sse')
  })

  it('is whole where the provider leaves out the blank line after its last event', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${chunk('Hel')}\n\n`)
      response.end(`data: ${chunk('lo', { finishReason: 'STOP' })}`)
    }
    const reply = await hub.post('/v1beta/models/real:streamGenerateContent', QUESTION, keyed())
    const value = parseJson(await reply.text())
    expect(Array.isArray(value) && wordsIn(value)).toBe('Hello')
  })

  it('is one JSON array after a conversion too', async () => {
    const reply = await hub.post('/v1beta/models/via-chat:streamGenerateContent', QUESTION, keyed())
    const value = parseJson(await reply.text())
    expect(Array.isArray(value) && wordsIn(value)).toContain('Hi 🦜')
  })
})

describe.each(['chat', 'responses', 'messages', 'gemini'])('a provider of %s', (provider) => {
  const path = `/v1beta/models/via-${provider}`
  const tools = [
    {
      functionDeclarations: [
        {
          name: 'get_weather',
          parameters: {
            type: 'OBJECT',
            properties: { city: { type: 'STRING', enum: ['Köln'] } },
            required: ['city'],
          },
        },
      ],
    },
  ]

  it('answers Gemini’s clients whole: a call, and the end after its result', async () => {
    const first = parseJson(
      await (await hub.post(`${path}:generateContent`, { ...QUESTION, tools }, keyed())).text(),
    )
    const content = isObject(first) ? objects(first, 'candidates')[0]?.['content'] : undefined
    const parts = isObject(content) ? objects(content, 'parts') : []
    const call = parts.map((part) => part['functionCall']).find(isObject)
    expect(call).toMatchObject({ name: 'get_weather', args: { city: 'Köln' } })
    const response = { id: call?.['id'] ?? '', name: 'get_weather', response: { output: '12 °C' } }
    const contents = [
      ...QUESTION.contents,
      { role: 'model', parts },
      { role: 'user', parts: [{ functionResponse: response }] },
    ]
    const reply = await hub.post(`${path}:generateContent`, { contents, tools }, keyed())
    const second: unknown = await reply.json()
    expect(wordsIn([second])).toContain('12 °C')
    expect(second).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      modelVersion: `via-${provider}`,
      usageMetadata: { promptTokenCount: expect.any(Number) },
    })
  })

  it('answers Gemini’s clients by a stream', async () => {
    const reply = await hub.post(`${path}:streamGenerateContent?alt=sse`, QUESTION, keyed())
    const events = sseParser().push(Buffer.from(await reply.arrayBuffer()))
    expect(wordsIn(events.map(({ data }) => parseJson(data)))).toContain('Hi 🦜')
    expect(events.at(-1)?.data).toContain('"finishReason":"STOP"')
  })

  it('counts the tokens of a prompt, wrapped or not', async () => {
    const count = async (body: unknown) =>
      parseJson(await (await hub.post(`${path}:countTokens`, body, keyed())).text())
    const plain = await count(QUESTION)
    expect(plain).toEqual({ totalTokens: expect.any(Number) })
    expect(await count({ generateContentRequest: { model: `models/x`, ...QUESTION } })).toEqual(plain)
  })
})

describe('Gemini’s other paths', () => {
  it('asks the provider for the number of tokens where it speaks Gemini', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"totalTokens":31}')
    }
    const reply = await hub.post('/gemini/v1beta/models/gemini-9:countTokens', QUESTION, keyed())
    expect(await reply.json()).toEqual({ totalTokens: 31 })
    expect(upstream.seen[0]?.path).toBe('/v1beta/models/real:countTokens')
  })

  it('names the provider’s model also in a request that the question wraps', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"totalTokens":31}')
    }
    const path = '/gemini/v1beta/models/gemini-9:countTokens'
    const words = { ...QUESTION, seed: 1 }
    const generateContentRequest = { model: 'models/gemini-9', ...words }
    const reply = await hub.post(path, { generateContentRequest }, keyed())
    expect(await reply.json()).toEqual({ totalTokens: 31 })
    expect(JSON.parse(upstream.seen[0]?.body.toString() ?? '')).toEqual({
      generateContentRequest: { model: 'models/real', ...words },
    })
  })

  it('lists the models, all and one', async () => {
    const headers = keyed()
    const all = await (await hub.get('/v1beta/models?pageSize=5', headers)).json()
    expect(all).toMatchObject({
      models: expect.arrayContaining([
        {
          name: 'models/gemini-9',
          version: '001',
          displayName: 'gemini-9',
          supportedGenerationMethods: ['generateContent', 'countTokens'],
        },
      ]),
    })
    const one = await hub.get('/gemini/v1beta/models/via-chat', headers)
    expect(await one.json()).toMatchObject({ name: 'models/via-chat' })
    const none = await hub.get('/v1beta/models/nobody', headers)
    expect(none.status).toBe(404)
    expect(await none.json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } })
  })

  it.each([
    ['no key', { authorization: '' }, 401, 'UNAUTHENTICATED'],
    ['a wrong key', { 'x-goog-api-key': 'AIzaWrong', authorization: '' }, 401, 'UNAUTHENTICATED'],
  ])('refuses %s in Google’s words', async (_what, headers, code, status) => {
    const reply = await hub.post('/v1beta/models/real:generateContent', QUESTION, headers)
    expect(reply.status).toBe(code)
    expect(await reply.json()).toMatchObject({ error: { code, status } })
  })

  it('refuses a method that the path does not have', async () => {
    const reply = await hub.get('/v1beta/models/real:generateContent')
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('a conversation of Gemini CLI', () => {
  const headers = () => ({ ...keyed(), 'user-agent': 'GeminiCLI-tui/0.61.0/gemini-9 (linux; x64; terminal)' })
  const context = '<session_context>\n- **Workspace Directories:**\n  - /home/ann/birds\n</session_context>'
  const part = (words: string) => ({ text: words })

  it('is one trace from its first words on, with the folder, and what is asked beside it in it', async () => {
    const path = '/v1beta/models/via-chat'
    const classify = [
      { role: 'user', parts: [part(context)] },
      { role: 'user', parts: [part('Count the birds')] },
    ]
    const opening = { role: 'user', parts: [part(context), part('Count the birds')] }
    const next = [opening, { role: 'model', parts: [part('Two.')] }, { role: 'user', parts: [part('Again')] }]
    const tools = [{ functionDeclarations: [{ name: 'f' }] }]
    await hub.post(`${path}:generateContent`, { contents: classify }, headers())
    for (const contents of [[opening], next])
      await (await hub.post(`${path}:streamGenerateContent?alt=sse`, { contents, tools }, headers())).text()
    const traces = await hub.control('/traces')
    const found = (Array.isArray(traces) ? traces.filter(isObject) : []).filter(
      (trace) => trace['source'] === 'gemini-cli',
    )
    expect(found).toMatchObject([
      {
        agent: 'gemini-cli',
        agentVersion: '0.61.0',
        requests: 3,
        directory: '/home/ann/birds',
        title: 'Count the birds',
      },
    ])
    expect(await hub.control('/traces?agent=gemini-cli')).toHaveLength(1)
    expect(await hub.control('/traces?agent=opencode')).toEqual([])
  })
})

describe('agents of other protocols on a channel of Gemini', () => {
  it.each([
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
    ['/v1/responses', { input: 'Hi' }],
    ['/v1/messages', { max_tokens: 99, messages: [{ role: 'user', content: 'Hi' }] }],
  ])('%s: is answered by a stream of the provider', async (path, body) => {
    answer = streamed
    const reply = await hub.post(path, { model: 'real', stream: true, ...body })
    const told = await reply.text()
    expect(told).toContain('Hel')
    expect(told).not.toContain('real-001')
    expect(parseJson(upstream.seen[0]?.body.toString() ?? '')).toMatchObject({
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    })
    expect(upstream.seen[0]?.path).toBe('/v1beta/models/real:streamGenerateContent?alt=sse')
  })
})
