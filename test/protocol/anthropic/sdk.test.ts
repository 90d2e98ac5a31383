// The vendor's own client library as an independent reader of what this codec writes.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import { anthropicMessages } from '../../../src/protocol/anthropic/codec.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import type { SseEvent } from '../../../src/protocol/sse/event.js'
import { formatSse } from '../../../src/protocol/sse/format.js'
import { encodeAll, newIds } from './support.js'

const usage = { inputFresh: 10, cacheRead: 20, cacheWrite5m: 3, cacheWrite1h: 0, output: 50, reasoning: 30 }
const seal = { maker: 'openai-responses', footprint: 'c', data: 'ENC' } as const
const answer: IrEvent[] = [
  { type: 'start' },
  { type: 'reasoning-start', index: 0, visibility: 'summary' },
  { type: 'reasoning-delta', index: 0, text: 'Let me see. ' },
  { type: 'reasoning-end', index: 0, seal },
  { type: 'text-start', index: 1 },
  { type: 'text-delta', index: 1, text: 'Zwei 🌍 ' },
  { type: 'text-delta', index: 1, text: 'Zeilen\n' },
  { type: 'text-end', index: 1 },
  { type: 'tool-call-start', index: 2, id: 'functions.Bash:0', kind: 'function', name: 'Bash' },
  { type: 'tool-call-delta', index: 2, input: '{"command":' },
  { type: 'tool-call-delta', index: 2, input: '"ls"}' },
  { type: 'tool-call-end', index: 2 },
  { type: 'finish', reason: 'stop', usage },
]

let reply: readonly SseEvent[] = []
const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(reply.map(formatSse).join(''))
})

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

function stream(events: readonly SseEvent[]) {
  reply = events
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  const client = new Anthropic({ apiKey: 'k', baseURL: `http://127.0.0.1:${address.port}`, maxRetries: 0 })
  return client.messages.stream({
    model: 'claude-x',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'hi' }],
  })
}

describe("the vendor's library", () => {
  it('puts a translated stream together as it was meant, keep-alives inside', async () => {
    const [first, ...rest] = encodeAll(answer).events
    if (first === undefined) throw new Error('no events')
    const alive = anthropicMessages.server.keepAlive({
      started: true,
      model: 'm',
      responseId: 'r',
      nowSeconds: 0,
    })
    const message = await stream([first, ...alive, ...rest]).finalMessage()
    expect(message).toMatchObject({
      model: 'asked-model',
      content: [
        { type: 'thinking', thinking: 'Let me see. ', signature: expect.stringMatching(/^axonhub\./) },
        { type: 'text', text: 'Zwei 🌍 Zeilen\n' },
        { type: 'tool_use', id: expect.stringMatching(/^[\w-]+$/), name: 'Bash', input: { command: 'ls' } },
      ],
      stop_reason: 'tool_use',
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 20,
        cache_creation_input_tokens: 3,
        output_tokens: 50,
      },
    })
  })

  it('sees the error of a stream that broke', async () => {
    const error = new HubError('overloaded', 'Busy.')
    const context = { model: 'm', requestId: 'req_1', newId: newIds(), nowSeconds: 0, stream: true }
    const events = [
      ...encodeAll(answer.slice(0, 4)).events.slice(0, -1),
      ...anthropicMessages.server.encodeStreamError(error, context),
    ]
    await expect(stream(events).finalMessage()).rejects.toThrow(/Busy\./)
  })
})
