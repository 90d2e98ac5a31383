// The official SDK reads what we write: a real server on localhost, the real client.
import { createServer, type Server } from 'node:http'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import type { IrPart } from '../../../src/protocol/ir/part.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import { openaiResponses } from '../../../src/protocol/openai-responses/codec.js'
import { formatSse } from '../../../src/protocol/sse/format.js'
import { encodeContext, encodeEvents, errorContext } from './support.js'

const parts: IrPart[] = [
  {
    type: 'reasoning',
    text: 'hm',
    visibility: 'summary',
    seal: { maker: 'anthropic-messages', footprint: 'f', data: 's' },
  },
  { type: 'reasoning', text: 'raw', visibility: 'raw' },
  { type: 'text', text: 'Hello' },
  { type: 'tool-call', kind: 'function', id: 'c1', name: 'run', input: '{"a":1}' },
  { type: 'tool-call', kind: 'custom', id: 'c2', name: 'patch', input: 'free' },
  { type: 'text', text: 'no', refusal: true },
]
const answer: IrResponse = {
  parts,
  finish: { reason: 'tool-calls' },
  usage: { inputFresh: 6, cacheRead: 4, cacheWrite5m: 0, cacheWrite1h: 0, output: 3, reasoning: 1 },
}

let server: Server
let client: OpenAI

beforeAll(async () => {
  server = createServer((request, reply) => {
    let source = ''
    request.on('data', (chunk) => {
      source += String(chunk)
    })
    request.on('end', () => {
      if (source.includes('"refused"')) {
        const error = new HubError('unknown-model', 'No channel serves this.', { hint: 'Add one.' })
        const wire = openaiResponses.server.encodeError(error, errorContext())
        reply.writeHead(wire.status, { 'content-type': 'application/json' }).end(JSON.stringify(wire.body))
      } else if (source.includes('"stream":true')) {
        reply.writeHead(200, { 'content-type': 'text/event-stream' })
        reply.end(encodeEvents(replay(answer)).sse.map(formatSse).join(''))
      } else {
        const { value } = openaiResponses.server.encodeResponse(answer, encodeContext())
        reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
      }
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  client = new OpenAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 })
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('the official SDK', () => {
  it('reads a whole answer', async () => {
    const response = await client.responses.create({ model: 'm', input: 'hi' })
    expect(response.output_text).toBe('Hello')
    expect(response.model).toBe('asked-model')
    expect(response.usage).toMatchObject({ input_tokens: 10, output_tokens: 3, total_tokens: 13 })
  })

  it('puts a stream together to the same answer', async () => {
    const stream = client.responses.stream({ model: 'm', input: 'hi' })
    const told: string[] = []
    stream.on('response.output_text.delta', (event) => told.push(event.delta))
    const final = await stream.finalResponse()
    expect(told.join('')).toBe('Hello')
    expect(final.output_text).toBe('Hello')
    expect(final.output.map((item) => item.type)).toEqual([
      'reasoning',
      'reasoning',
      'message',
      'function_call',
      'custom_tool_call',
      'message',
    ])
    expect(final.output[3]).toMatchObject({ arguments: '{"a":1}', call_id: 'c1' })
    expect(final.status).toBe('completed')
  })

  it('throws an error that says what to do', async () => {
    await expect(client.responses.create({ model: 'refused', input: 'hi' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringContaining('No channel serves this. Add one.'),
    })
  })
})
