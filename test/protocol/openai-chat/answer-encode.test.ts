// What an agent of this protocol is told.
import { describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import { isObject, type JsonObject, objects, text } from '../../../src/base/json.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import type { Carry } from '../../../src/protocol/ir/part.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { IrRequest } from '../../../src/protocol/ir/request.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import { openEnvelope } from '../../../src/protocol/ir/seal.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import { encodeContext, encodeEvents, errorContext } from './support.js'

const usage = { inputFresh: 30, cacheRead: 60, cacheWrite5m: 8, cacheWrite1h: 2, output: 20, reasoning: 5 }
const call = { type: 'tool-call', id: 'c1', kind: 'function', name: 'f', input: '{"a":1}' } as const
const said = (words: string) => ({ type: 'text', text: words }) as const

function answer(fields: Partial<IrResponse>): IrResponse {
  return { parts: [said('hi')], finish: { reason: 'stop' }, ...fields }
}

function streamed(response: IrResponse, asked: Partial<IrRequest> = {}): (JsonObject | string)[] {
  return encodeEvents(replay(response), encodeContext(asked))
}

/** All deltas, the role chunk left out. */
function deltas(chunks: readonly (JsonObject | string)[]): JsonObject[] {
  return chunks
    .filter(isObject)
    .flatMap((chunk) => objects(chunk, 'choices'))
    .map((choice) => choice['delta'])
    .filter(isObject)
    .filter((delta) => Object.keys(delta).length > 0 && delta['role'] === undefined)
}

function message(response: IrResponse, asked: Partial<IrRequest> = {}): JsonObject {
  const { value } = openaiChat.server.encodeResponse(response, encodeContext(asked))
  const found = objects(value, 'choices')[0]?.['message']
  return isObject(found) ? found : {}
}

describe('a streamed answer', () => {
  it('begins with the role, ends with the reason and [DONE], and has the asked model in each chunk', () => {
    const chunks = streamed(answer({ model: 'secret-model' }))
    expect(chunks).toEqual([
      expect.objectContaining({
        choices: [expect.objectContaining({ delta: { role: 'assistant', content: '' } })],
      }),
      expect.objectContaining({ choices: [expect.objectContaining({ delta: { content: 'hi' } })] }),
      expect.objectContaining({ choices: [expect.objectContaining({ delta: {}, finish_reason: 'stop' })] }),
      '[DONE]',
    ])
    for (const chunk of chunks.filter(isObject))
      expect(chunk).toMatchObject({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1_700_000_000,
        model: 'asked-model',
      })
  })

  it('ends with a usage chunk only when it was asked for', () => {
    const asked = streamed(answer({ usage }), { streamUsage: true })
    expect(asked.at(-2)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
    })
    expect(asked[0]).toMatchObject({ usage: null })
    expect(JSON.stringify(streamed(answer({ usage })))).not.toContain('usage')
  })

  it('takes the newest usage, wherever it was told', () => {
    const events: IrEvent[] = [
      { type: 'start' },
      { type: 'usage', usage: { ...usage, output: 1 } },
      { type: 'usage', usage },
      { type: 'finish', reason: 'stop' },
    ]
    expect(encodeEvents(events, encodeContext({ streamUsage: true })).at(-2)).toMatchObject({
      usage: { completion_tokens: 20 },
    })
  })

  it('tells reasoning, a refusal, calls of both kinds, each call in its place', () => {
    const parts = [
      { type: 'reasoning', text: 'why', visibility: 'summary' },
      { type: 'text', text: 'no', refusal: true },
      call,
      { type: 'tool-call', id: 'c2', kind: 'custom', name: 'p', input: 'free' },
    ] as const
    expect(deltas(streamed(answer({ parts, finish: { reason: 'tool-calls' } })))).toEqual([
      { reasoning_content: 'why' },
      { refusal: 'no' },
      { tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
      { tool_calls: [{ index: 1, id: 'c2', type: 'custom', custom: { name: 'p', input: '' } }] },
      { tool_calls: [{ index: 1, custom: { input: 'free' } }] },
    ])
  })

  it('seals the reasoning of other makers in an envelope beside its text', () => {
    const seal = { maker: 'anthropic-messages', footprint: 'f', data: 'sig' } as const
    const parts = [{ type: 'reasoning', text: 'why', visibility: 'summary', seal } as const, said('a')]
    const details = deltas(streamed(answer({ parts }))).flatMap((delta) =>
      objects(delta, 'reasoning_details'),
    )
    expect(details).toMatchObject([{ type: 'reasoning.encrypted' }])
    expect(openEnvelope(text(details[0] ?? {}, 'data') ?? '')).toEqual(seal)
    const spoken = message(answer({ parts }))
    const back = openaiChat.server.decodeRequest({ model: 'm', messages: [spoken] }).value.turns[0]?.parts[0]
    expect(back).toEqual(parts[0])
  })

  it('tells an error as a chunk without [DONE], and nothing after it', () => {
    const error = new HubError('overloaded', 'Too many.', { hint: 'Wait.' })
    const chunks = encodeEvents([{ type: 'start' }, { type: 'error', error }], encodeContext())
    expect(chunks.at(-1)).toEqual({
      error: { message: 'Too many. Wait.', type: 'server_error', param: null, code: 'overloaded' },
    })
    expect(chunks).not.toContain('[DONE]')
  })

  it('is never ended clean when its events stop', () => {
    const chunks = encodeEvents([{ type: 'start' }], encodeContext())
    expect(chunks.at(-1)).toMatchObject({ error: { code: 'upstream_truncated' } })
    expect(chunks).not.toContain('[DONE]')
  })

  it('is kept alive by chunks without content once it has begun', () => {
    const state = { model: 'm', responseId: 'chatcmpl-9', nowSeconds: 1 }
    expect(openaiChat.server.keepAlive({ ...state, started: false })).toEqual([])
    const [event] = openaiChat.server.keepAlive({ ...state, started: true })
    expect(JSON.parse(event?.data ?? '')).toMatchObject({
      id: 'chatcmpl-9',
      object: 'chat.completion.chunk',
      choices: [{ delta: {}, finish_reason: null }],
    })
  })
})

describe('a whole answer', () => {
  it('has the official shape', () => {
    const { value } = openaiChat.server.encodeResponse(answer({ usage, model: 'x' }), encodeContext())
    expect(value).toMatchObject({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'asked-model',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'hi', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { total_tokens: 120 },
    })
  })

  it('has null content when there are only calls', () => {
    expect(message(answer({ parts: [call], finish: { reason: 'tool-calls' } }))).toEqual({
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
    })
  })

  it('keeps pieces of reasoning apart and joins pieces of text', () => {
    const thought = (words: string) => ({ type: 'reasoning', text: words, visibility: 'summary' }) as const
    expect(message(answer({ parts: [thought('one'), thought('two'), said('a'), said('b')] }))).toMatchObject({
      reasoning_content: 'one\n\ntwo',
      content: 'ab',
    })
  })

  it.each([
    ['stop', 'stop'],
    ['tool-calls', 'tool_calls'],
    ['length', 'length'],
    ['context', 'length'],
    ['filter', 'content_filter'],
    ['pause', 'stop'],
  ] as const)('ends %s as %s', (reason, word) => {
    const { value } = openaiChat.server.encodeResponse(answer({ finish: { reason } }), encodeContext())
    expect(objects(value, 'choices')[0]?.['finish_reason']).toBe(word)
  })

  it('shows images, and tells foreign blocks in words', () => {
    const image = {
      type: 'media',
      kind: 'image',
      source: { type: 'base64', mediaType: 'image/png', data: 'QQ==' },
    } as const
    const block = { type: 'opaque', protocol: 'anthropic-messages', value: { type: 'search' } } as const
    const parts = [image, { ...block, fallback: 'found' }, block]
    const { value, notes } = openaiChat.server.encodeResponse(answer({ parts }), encodeContext())
    expect(objects(value, 'choices')[0]?.['message']).toMatchObject({
      content: 'found',
      images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,QQ==' } }],
    })
    expect(notes.map((note) => note.kind)).toEqual(['approximated', 'dropped'])
  })

  it('notes citations that it has no place for', () => {
    const carry: Carry = { protocol: 'anthropic-messages', fields: { citations: [{ url: 'u' }] } }
    const { notes } = openaiChat.server.encodeResponse(
      answer({ parts: [{ ...said('a'), carry }] }),
      encodeContext(),
    )
    expect(notes).toMatchObject([{ kind: 'dropped', path: 'answer.citations' }])
  })

  it('answers an agent that offered functions in the older form', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'x' }], functions: [{ name: 'f' }] }
    const { tools } = openaiChat.server.decodeRequest(body).value
    const response = answer({ parts: [call], finish: { reason: 'tool-calls' } })
    expect(message(response, { tools })).toMatchObject({
      content: null,
      function_call: { name: 'f', arguments: '{"a":1}' },
    })
    expect(deltas(streamed(response, { tools }))).toEqual([
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{"a":1}' } },
    ])
  })
})

describe('an error', () => {
  const encode = (error: HubError) => openaiChat.server.encodeError(error, errorContext)

  it.each([
    ['invalid-request', 400, 'invalid_request_error', null],
    ['too-large', 413, 'invalid_request_error', 'request_too_large'],
    ['unknown-path', 404, 'invalid_request_error', 'unknown_url'],
    ['authentication', 401, 'invalid_request_error', 'invalid_api_key'],
    ['unknown-model', 404, 'invalid_request_error', 'model_not_found'],
    ['context-length', 400, 'invalid_request_error', 'context_length_exceeded'],
    ['rate-limited', 429, 'rate_limit_error', 'rate_limit_exceeded'],
    ['quota-exhausted', 429, 'insufficient_quota', 'insufficient_quota'],
    ['upstream-authentication', 502, 'server_error', 'upstream_authentication'],
    ['overloaded', 503, 'server_error', 'overloaded'],
    ['upstream-timeout', 504, 'server_error', 'upstream_timeout'],
    ['internal', 500, 'server_error', 'internal_error'],
  ] as const)('%s has status %d, type %s and code %s', (code, status, type, word) => {
    expect(encode(new HubError(code, 'Message.', { hint: 'Hint.' }))).toMatchObject({
      status,
      body: { error: { message: 'Message. Hint.', type, param: null, code: word } },
    })
  })

  it('names the parameter and says when to come back', () => {
    expect(encode(new HubError('invalid-request', 'm', { param: 'messages[0]' })).body).toMatchObject({
      error: { param: 'messages[0]' },
    })
    expect(encode(new HubError('rate-limited', 'm', { retryAfterMs: 1_200 })).headers).toEqual({
      'retry-after': '2',
    })
  })

  it('tells the official clients not to try again where that is no use', () => {
    expect(encode(new HubError('quota-exhausted', 'm')).headers).toEqual({ 'x-should-retry': 'false' })
  })

  it('keeps the status of a provider’s refusal, but never one that means the asker’s key', () => {
    const rejected = (status: number) => encode(new HubError('upstream-rejected', 'm', { status })).status
    expect([rejected(422), rejected(401), rejected(500)]).toEqual([422, 400, 400])
  })

  it('is one event after the first byte', () => {
    const events = openaiChat.server.encodeStreamError(
      new HubError('upstream-truncated', 'Cut.'),
      errorContext,
    )
    expect(events).toHaveLength(1)
    expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({ error: { message: 'Cut.' } })
  })
})
