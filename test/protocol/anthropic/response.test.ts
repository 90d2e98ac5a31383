import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import { anthropicMessages } from '../../../src/protocol/anthropic/codec.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import { sealEnvelope, UNPROVEN } from '../../../src/protocol/ir/seal.js'
import { decodeContext, encodeContext, PROTOCOL } from './support.js'

const decodeResponse = (body: JsonObject) => anthropicMessages.client.decodeResponse(body, decodeContext())
const encodeResponse = (response: IrResponse) =>
  anthropicMessages.server.encodeResponse(response, encodeContext())

const message: JsonObject = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [
    { type: 'thinking', thinking: 'hm', signature: 'SIG' },
    { type: 'text', text: 'hi', citations: [{ type: 'char_location', cited_text: 'c' }] },
    { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
    { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { a: 1 } },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  container: { id: 'c' },
  usage: {
    input_tokens: 5,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 2,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: 7,
    service_tier: 'standard',
  },
}

describe('a whole answer', () => {
  it('is read into parts, finish and usage', () => {
    expect(decodeResponse(message)).toMatchObject({
      id: 'msg_1',
      model: 'claude-x',
      parts: [
        { type: 'reasoning', text: 'hm', seal: { maker: PROTOCOL, footprint: 'channel-a', data: 'SIG' } },
        { type: 'text', text: 'hi' },
        { type: 'opaque', value: { name: 'web_search', input: { query: 'q' } } },
        { type: 'tool-call', id: 'toolu_1', name: 'Bash', input: '{"a":1}' },
      ],
      finish: { reason: 'tool-calls' },
      usage: { inputFresh: 5, cacheRead: 2, output: 7 },
    })
  })

  it('comes out as it went in, but for the model that was asked', () => {
    expect(encodeResponse(decodeResponse(message)).value).toEqual({ ...message, model: 'asked-model' })
  })

  it('of a foreign upstream has fresh ids, true usage and no empty blocks', () => {
    const { value, notes } = encodeResponse({
      id: 'chatcmpl-1',
      parts: [
        { type: 'text', text: '' },
        { type: 'reasoning', text: 'r', visibility: 'raw' },
        { type: 'text', text: 'No.', refusal: true },
        { type: 'tool-call', id: 'call_1', kind: 'function', name: 'A', input: '{oops' },
      ],
      finish: { reason: 'stop' },
    })
    expect(value).toEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'asked-model',
      content: [
        { type: 'thinking', thinking: 'r', signature: sealEnvelope(UNPROVEN) },
        { type: 'text', text: 'No.' },
        { type: 'tool_use', id: 'call_1', name: 'A', input: { input: '{oops' } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 0,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: 0,
      },
    })
    expect(notes).toEqual([])
  })

  it('that is an error is thrown as one', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    expect(() => decodeResponse(error)).toThrow(expect.objectContaining({ code: 'overloaded' }))
    expect(() => decodeResponse({ choices: [] })).toThrow(
      expect.objectContaining({ code: 'upstream-failed' }),
    )
  })
})
