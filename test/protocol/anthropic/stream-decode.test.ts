import { describe, expect, it } from 'vitest'
import type { HubError } from '../../../src/base/errors.js'
import type { JsonObject } from '../../../src/base/json.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import type { SseEvent } from '../../../src/protocol/sse/event.js'
import { blockDelta, blockStart, blockStop, decodeAll, PROTOCOL, streamOf, wire } from './support.js'

const textBlock = (index: number, ...pieces: string[]): JsonObject[] => [
  blockStart(index, { type: 'text', text: '' }),
  ...pieces.map((text) => blockDelta(index, { type: 'text_delta', text })),
  blockStop(index),
]

function errorOf(events: readonly IrEvent[]): HubError | undefined {
  const last = events.at(-1)
  return last?.type === 'error' ? last.error : undefined
}

const finishOf = (events: readonly IrEvent[]) => events.find((event) => event.type === 'finish')

describe('the blocks of a stream', () => {
  it('tells text, thinking with its signature, redacted thinking and a call', () => {
    const events = decodeAll(
      streamOf(
        [
          blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
          { type: 'ping' },
          blockDelta(0, { type: 'thinking_delta', thinking: 'h' }),
          blockDelta(0, { type: 'thinking_delta', thinking: 'm' }),
          blockDelta(0, { type: 'signature_delta', signature: 'SIG' }),
          blockStop(0),
          blockStart(1, { type: 'redacted_thinking', data: 'RED' }),
          blockStop(1),
          ...textBlock(2, 'Hello', ' 🌍'),
          blockStart(3, { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} }),
          blockDelta(3, { type: 'input_json_delta', partial_json: '' }),
          blockDelta(3, { type: 'input_json_delta', partial_json: '{"a":' }),
          blockDelta(3, { type: 'input_json_delta', partial_json: '1}' }),
          blockStop(3),
        ],
        'tool_use',
        { input_tokens: 5, output_tokens: 7 },
      ),
    )
    expect(events).toEqual([
      { type: 'start', id: 'msg_1', model: 'claude-x' },
      { type: 'reasoning-start', index: 0, visibility: 'summary' },
      { type: 'reasoning-delta', index: 0, text: 'h' },
      { type: 'reasoning-delta', index: 0, text: 'm' },
      { type: 'reasoning-end', index: 0, seal: { maker: PROTOCOL, footprint: 'channel-a', data: 'SIG' } },
      { type: 'reasoning-start', index: 1, visibility: 'summary' },
      {
        type: 'reasoning-end',
        index: 1,
        seal: { maker: PROTOCOL, footprint: 'channel-a', data: 'RED', redacted: true },
      },
      { type: 'text-start', index: 2 },
      { type: 'text-delta', index: 2, text: 'Hello' },
      { type: 'text-delta', index: 2, text: ' 🌍' },
      { type: 'text-end', index: 2 },
      { type: 'tool-call-start', index: 3, id: 'toolu_1', kind: 'function', name: 'Bash' },
      { type: 'tool-call-delta', index: 3, input: '{"a":' },
      { type: 'tool-call-delta', index: 3, input: '1}' },
      { type: 'tool-call-end', index: 3 },
      {
        type: 'finish',
        reason: 'tool-calls',
        usage: { inputFresh: 5, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 7, reasoning: 0 },
      },
    ])
  })

  it('keeps overlapping blocks apart', () => {
    const { parts } = collect(
      decodeAll(
        streamOf([
          blockStart(0, { type: 'text', text: '' }),
          blockStart(1, { type: 'tool_use', id: 't', name: 'A', input: {} }),
          blockDelta(1, { type: 'input_json_delta', partial_json: '{}' }),
          blockDelta(0, { type: 'text_delta', text: 'hi' }),
          blockStop(1),
          blockStop(0),
        ]),
      ),
    )
    expect(parts).toMatchObject([{ text: 'hi' }, { name: 'A', input: '{}' }])
  })

  it('keeps server tools, their results and compaction whole', () => {
    const result = { type: 'web_search_tool_result', tool_use_id: 's', content: [] }
    const { parts } = collect(
      decodeAll(
        streamOf([
          blockStart(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
          blockDelta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
          blockDelta(0, { type: 'input_json_delta', partial_json: '"q"}' }),
          blockStop(0),
          blockStart(1, result),
          blockStop(1),
          blockStart(2, { type: 'compaction', content: null }),
          blockDelta(2, { type: 'compaction_delta', content: 'Sum' }),
          blockDelta(2, { type: 'compaction_delta', content: 'mary' }),
          blockStop(2),
          blockStart(3, { type: 'hologram', pixels: 1 }),
          blockDelta(3, { type: 'hologram_delta', pixels: 2 }),
          blockStop(3),
        ]),
      ),
    )
    expect(parts.map((part) => (part.type === 'opaque' ? [part.value, part.fallback] : part.type))).toEqual([
      [
        { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
        'web_search({"query":"q"})',
      ],
      [result, undefined],
      [{ type: 'compaction', content: 'Summary' }, 'Summary'],
      [{ type: 'hologram', pixels: 1 }, undefined],
    ])
  })

  it('carries citations and the caller of a tool', () => {
    const citation = { type: 'web_search_result_location', url: 'https://u', cited_text: 'c' }
    const caller = { type: 'code_execution_20250825', tool_id: 's' }
    const { parts, finish } = collect(
      decodeAll(
        streamOf([
          blockStart(0, { type: 'text', text: '', citations: [] }),
          blockDelta(0, { type: 'text_delta', text: 'x' }),
          blockDelta(0, { type: 'citations_delta', citation }),
          blockStop(0),
          blockStart(1, { type: 'tool_use', id: 't', name: 'A', input: { a: 1 }, caller }),
          blockStop(1),
        ]),
      ),
    )
    expect(parts[0]).toMatchObject({ carry: { protocol: PROTOCOL, fields: { citations: [citation] } } })
    expect(parts[1]).toMatchObject({ input: '{"a":1}', carry: { fields: { caller } } })
    expect(finish.reason).toBe('stop')
  })
})

describe('what vendors leave out or add', () => {
  const hello = (...events: JsonObject[]) => collect(decodeAll(wire(...events)))
  const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' } }
  const begin = { type: 'message_start', message: { id: 'm', content: [] } }
  const stop = { type: 'message_stop' }

  it('reads a stream without message_start, block starts or indexes', () => {
    const delta = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'hi' } }
    expect(hello(delta, delta, end, stop).parts).toMatchObject([{ type: 'text', text: 'hihi' }])
  })

  it('takes a stream that ends without message_stop as whole once the reason was told, and not before', () => {
    expect(hello(begin, ...textBlock(0, 'hi'), end).finish.reason).toBe('stop')
    expect(() => hello(begin, ...textBlock(0, 'hi'))).toThrow(
      expect.objectContaining({ code: 'upstream-truncated' }),
    )
  })

  it('takes a message_stop without a reason as the end', () => {
    expect(hello(begin, ...textBlock(0, 'hi'), stop).finish.reason).toBe('stop')
  })

  it('closes blocks that were never stopped', () => {
    const answer = hello(
      begin,
      blockStart(0, { type: 'text', text: 'h' }),
      blockDelta(0, { type: 'text_delta', text: 'i' }),
      end,
      stop,
    )
    expect(answer.parts).toEqual([{ type: 'text', text: 'hi' }])
  })

  it('takes the name of the event where the data has no type, and ignores [DONE], empty data and unknown events', () => {
    const events: SseEvent[] = [
      { event: 'message_start', data: '{"message":{"id":"m"}}' },
      { data: '' },
      { event: 'novelty', data: '{"a":1}' },
      ...wire(...textBlock(0, 'hi'), end),
      { event: 'message_stop', data: '{}' },
      { data: '[DONE]' },
    ]
    expect(collect(decodeAll(events)).parts).toEqual([{ type: 'text', text: 'hi' }])
  })

  it('gives a call without input an empty object and a call without id a fresh id', () => {
    const answer = hello(begin, blockStart(0, { type: 'tool_use', name: 'A' }), blockStop(0), end, stop)
    expect(answer.parts).toEqual([
      { type: 'tool-call', id: 'toolu_1', kind: 'function', name: 'A', input: '{}' },
    ])
    expect(answer.finish.reason).toBe('tool-calls')
  })

  it('prefers the streamed input over one that also stands in the start', () => {
    const answer = hello(
      begin,
      blockStart(0, { type: 'tool_use', id: 't', name: 'A', input: { a: 1 } }),
      blockDelta(0, { type: 'input_json_delta', partial_json: '{"a":1}' }),
      blockStop(0),
      end,
      stop,
    )
    expect(answer.parts).toMatchObject([{ input: '{"a":1}' }])
  })
})

describe('the end', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'context'],
    ['refusal', 'filter'],
    ['pause_turn', 'pause'],
    ['tool_use', 'stop'],
    ['something_new', 'stop'],
  ])('reads %s as %s', (reason, expected) => {
    expect(finishOf(decodeAll(streamOf(textBlock(0, 'hi'), reason)))).toMatchObject({ reason: expected })
  })

  it('tells which stop sequence was hit', () => {
    const events = decodeAll(
      wire(
        { type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: '</x>' } },
        { type: 'message_stop' },
      ),
    )
    expect(finishOf(events)).toMatchObject({ reason: 'stop', stopSequence: '</x>' })
  })

  it('merges the usage of message_start and message_delta, and carries counters of its own', () => {
    const events = decodeAll(
      wire(
        {
          type: 'message_start',
          message: {
            usage: {
              input_tokens: 2,
              cache_creation_input_tokens: 30,
              cache_read_input_tokens: 10,
              cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
              output_tokens: 1,
              service_tier: 'standard',
            },
          },
        },
        {
          type: 'message_delta',
          delta: { stop_reason: 'end_turn', container: { id: 'c' } },
          usage: {
            input_tokens: 6,
            cache_creation_input_tokens: 50,
            cache_read_input_tokens: 0,
            output_tokens: 90,
            output_tokens_details: { thinking_tokens: 40 },
            server_tool_use: { web_search_requests: 1 },
          },
          context_management: { applied_edits: [] },
        },
        { type: 'message_stop' },
      ),
    )
    expect(events[1]).toMatchObject({
      type: 'usage',
      usage: { inputFresh: 2, cacheWrite1h: 20, cacheWrite5m: 10 },
    })
    expect(finishOf(events)).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: { inputFresh: 6, cacheRead: 10, cacheWrite5m: 30, cacheWrite1h: 20, output: 90, reasoning: 40 },
      carry: {
        protocol: PROTOCOL,
        fields: {
          container: { id: 'c' },
          context_management: { applied_edits: [] },
          usage: { service_tier: 'standard', server_tool_use: { web_search_requests: 1 } },
        },
      },
    })
  })

  it('tells no usage when the upstream told none', () => {
    expect(finishOf(decodeAll(streamOf([])))).toEqual({ type: 'finish', reason: 'stop' })
  })

  it('is an error when the stream was cut, at every event', () => {
    const whole = streamOf([...textBlock(0, 'a', 'b'), ...textBlock(1, 'c')])
    for (let cut = 0; cut < whole.length - 2; cut++) {
      expect(errorOf(decodeAll(whole.slice(0, cut)))?.code).toBe('upstream-truncated')
    }
  })

  it.each([
    ['overloaded_error', 'Overloaded', 'overloaded'],
    ['rate_limit_error', 'slow', 'rate-limited'],
    ['api_error', 'boom', 'upstream-failed'],
    ['invalid_request_error', 'prompt is too long: 9 tokens > 8 maximum', 'context-length'],
    ['authentication_error', 'bad key', 'upstream-authentication'],
    ['timeout_error', 'slow', 'upstream-timeout'],
  ])("is the upstream's %s inside a stream", (type, message, code) => {
    const events = decodeAll([
      ...streamOf([]).slice(0, 1),
      ...wire({ type: 'error', error: { type, message } }),
    ])
    expect(errorOf(events)).toMatchObject({ code, message })
  })

  it('is an error for an error of another form and for data that is no JSON', () => {
    expect(errorOf(decodeAll([{ data: '{"error":{"message":"boom"}}' }]))?.message).toBe('boom')
    expect(errorOf(decodeAll([{ data: '<html>' }]))?.code).toBe('upstream-failed')
    expect(errorOf(decodeAll([{ data: '7' }]))?.code).toBe('upstream-failed')
  })
})
