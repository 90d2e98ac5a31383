// The official client against what the server face makes: over a real socket, streamed, whole, and broken.
import { createServer } from 'node:http'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import { isObject, type JsonValue, parseJson } from '../../../src/base/json.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import { formatSse } from '../../../src/protocol/sse/format.js'
import { encodeContext, errorContext } from './support.js'

const ANSWER: IrResponse = {
  parts: [
    { type: 'reasoning', text: 'why', visibility: 'summary' },
    { type: 'text', text: 'Ahoj 🦜' },
    { type: 'tool-call', id: 'c1', kind: 'function', name: 'f', input: '{"a":1}' },
    { type: 'tool-call', id: 'c2', kind: 'function', name: 'g', input: '{}' },
  ],
  finish: { reason: 'tool-calls' },
  usage: { inputFresh: 1, cacheRead: 2, cacheWrite5m: 0, cacheWrite1h: 0, output: 4, reasoning: 3 },
}

const CUT: IrEvent[] = [
  { type: 'start' },
  { type: 'text-start', index: 0 },
  { type: 'text-delta', index: 0, text: 'half' },
  { type: 'error', error: new HubError('upstream-truncated', 'The upstream was cut.') },
]

/** Requests per model; the model says what the server shall do. */
const asked = new Map<string, number>()

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.on('end', () => {
    const body: JsonValue = parseJson(Buffer.concat(chunks).toString('utf8')) ?? null
    const { value } = openaiChat.server.decodeRequest(isObject(body) ? body : {})
    asked.set(value.model, (asked.get(value.model) ?? 0) + 1)
    const context = { ...encodeContext(value), model: value.model }
    if (value.model === 'refused') {
      const error = openaiChat.server.encodeError(new HubError('quota-exhausted', 'Used up.'), errorContext)
      outgoing.writeHead(error.status, { 'content-type': 'application/json', ...error.headers })
      outgoing.end(JSON.stringify(error.body))
      return
    }
    if (!value.stream) {
      outgoing.writeHead(200, { 'content-type': 'application/json' })
      outgoing.end(JSON.stringify(openaiChat.server.encodeResponse(ANSWER, context).value))
      return
    }
    const machine = openaiChat.server.encodeStream(context, [])
    const events = value.model === 'cut' ? CUT : replay(ANSWER)
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
    outgoing.end(
      [...events.flatMap((event) => machine.push(event)), ...machine.end()].map(formatSse).join(''),
    )
  })
})

let client: OpenAI

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  client = new OpenAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 2 })
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const messages = [{ role: 'user', content: 'hi' }] as const

describe('the official client', () => {
  it('reads a whole answer', async () => {
    const answer = await client.chat.completions.create({ model: 'm', messages: [...messages] })
    expect(answer.model).toBe('m')
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Ahoj 🦜',
        reasoning_content: 'why',
        tool_calls: [
          { id: 'c1', function: { name: 'f', arguments: '{"a":1}' } },
          { id: 'c2', function: { name: 'g', arguments: '{}' } },
        ],
      },
    })
    expect(answer.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 })
  })

  it('puts a streamed answer together as the whole one', async () => {
    const stream = client.chat.completions.stream({
      model: 'm',
      messages: [...messages],
      stream_options: { include_usage: true },
    })
    const answer = await stream.finalChatCompletion()
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Ahoj 🦜',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          { id: 'c2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
    })
    expect(answer.usage).toMatchObject({
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 3 },
    })
  })

  it('throws where the upstream was cut, after the text that came', async () => {
    const stream = await client.chat.completions.create({
      model: 'cut',
      messages: [...messages],
      stream: true,
    })
    let text = ''
    const read = async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    }
    await expect(read()).rejects.toThrow('The upstream was cut.')
    expect(text).toBe('half')
  })

  it('throws the error of its kind at once, without trying again in vain', async () => {
    const call = client.chat.completions.create({ model: 'refused', messages: [...messages] })
    await expect(call).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' })
    await expect(call).rejects.toBeInstanceOf(APIError)
    expect(asked.get('refused')).toBe(1)
  })
})
