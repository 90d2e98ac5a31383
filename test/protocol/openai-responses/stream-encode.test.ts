// Events → what an agent of this protocol reads.
import { describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import type { JsonObject } from '../../../src/base/json.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import type { IrPart } from '../../../src/protocol/ir/part.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { FinishReason, IrResponse } from '../../../src/protocol/ir/response.js'
import { openaiResponses } from '../../../src/protocol/openai-responses/codec.js'
import { encodeContext, encodeEvents, items, lastResponse, typesOf } from './support.js'

function response(parts: readonly IrPart[], reason: FinishReason = 'stop'): IrResponse {
  return { parts, finish: { reason } }
}
function told(parts: readonly IrPart[]) {
  return encodeEvents(replay(response(parts)))
}
function lastItem(parts: readonly IrPart[]): JsonObject | undefined {
  return items(lastResponse(told(parts).data)['output']).at(-1)
}

describe('the stream of an answer', () => {
  it('numbers its events and names each in its event line', () => {
    const { data, sse } = told([{ type: 'text', text: 'hi' }])
    expect(data.map((one) => one['sequence_number'])).toEqual(data.map((_, index) => index))
    expect(sse.map((event) => event.event)).toEqual(typesOf(data))
  })

  it('tells a text with start, pieces, end and whole', () => {
    const { data } = told([{ type: 'text', text: 'hi' }])
    expect(typesOf(data)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(data[7]?.['item']).toEqual({
      id: 'msg_2',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'hi', annotations: [], logprobs: [] }],
    })
  })

  it('tells a thought in summary events', () => {
    const { data } = told([{ type: 'reasoning', text: 'hm', visibility: 'summary' }])
    expect(typesOf(data).slice(2, -1)).toEqual([
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
    ])
  })

  it('tells a raw thought in text events', () => {
    const { data } = told([{ type: 'reasoning', text: 'hm', visibility: 'raw' }])
    expect(typesOf(data).slice(2, -1)).toEqual([
      'response.output_item.added',
      'response.content_part.added',
      'response.reasoning_text.delta',
      'response.reasoning_text.done',
      'response.content_part.done',
      'response.output_item.done',
    ])
  })

  it('tells a call with its namespace and its arguments as a string', () => {
    const call = { kind: 'function', id: 'c', name: 'spawn', namespace: 'agents', input: '{"a":1}' } as const
    const { data } = told([{ type: 'tool-call', ...call }])
    expect(typesOf(data).slice(2, -1)).toEqual([
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
    ])
    expect(lastItem([{ type: 'tool-call', ...call }])).toEqual({
      type: 'function_call',
      id: 'fc_2',
      status: 'completed',
      call_id: 'c',
      name: 'spawn',
      namespace: 'agents',
      arguments: '{"a":1}',
    })
  })

  it.each<[string, IrPart, JsonObject]>([
    [
      'a call without arguments',
      { type: 'tool-call', kind: 'function', id: 'c', name: 'f', input: '' },
      { type: 'function_call', arguments: '{}' },
    ],
    [
      'a call of a custom tool',
      { type: 'tool-call', kind: 'custom', id: 'c', name: 'apply_patch', input: '*** Begin' },
      { type: 'custom_tool_call', call_id: 'c', name: 'apply_patch', input: '*** Begin' },
    ],
    [
      'a tool search',
      { type: 'tool-call', kind: 'search', id: 'c', name: 'tool_search', input: '{"query":"q"}' },
      { type: 'tool_search_call', call_id: 'c', execution: 'client', arguments: { query: 'q' } },
    ],
    [
      'a tool search with broken arguments',
      { type: 'tool-call', kind: 'search', id: 'c', name: 'tool_search', input: '{"que' },
      { type: 'tool_search_call', arguments: {} },
    ],
    [
      'a refusal',
      { type: 'text', text: 'no', refusal: true },
      { type: 'message', content: [{ type: 'refusal', refusal: 'no' }] },
    ],
    [
      'a picture',
      { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' } },
      { type: 'image_generation_call', status: 'completed', result: 'QUJD' },
    ],
    [
      'an item of this protocol',
      { type: 'opaque', protocol: 'openai-responses', value: { type: 'web_search_call', id: 'ws' } },
      { type: 'web_search_call', id: 'ws' },
    ],
    [
      'a block of another protocol that has words',
      { type: 'opaque', protocol: 'anthropic-messages', value: { type: 'x' }, fallback: 'found' },
      { type: 'message', content: [{ type: 'output_text', text: 'found' }] },
    ],
    [
      'a text with its annotations and phase',
      {
        type: 'text',
        text: 'a',
        carry: {
          protocol: 'openai-responses',
          fields: { annotations: [{ type: 'x' }], phase: 'commentary' },
        },
      },
      { phase: 'commentary', content: [{ type: 'output_text', text: 'a', annotations: [{ type: 'x' }] }] },
    ],
  ])('tells %s', (_, part, item) => {
    expect(lastItem([part])).toMatchObject(item)
    const { data } = told([part])
    expect(data.filter((one) => one['type'] === 'response.output_item.done').at(-1)?.['item']).toMatchObject(
      item,
    )
  })

  it('leaves out what says nothing, and notes what is lost', () => {
    const { data, notes } = told([
      { type: 'text', text: '' },
      { type: 'reasoning', text: '', visibility: 'summary' },
      { type: 'opaque', protocol: 'anthropic-messages', value: { type: 'x' } },
    ])
    expect(lastResponse(data)['output']).toEqual([])
    expect(notes).toMatchObject([{ kind: 'dropped', path: 'output[0]' }])
  })

  it('repeats all items, the model asked for, and the full usage at the end', () => {
    const usage = {
      inputFresh: 50,
      cacheRead: 40,
      cacheWrite5m: 7,
      cacheWrite1h: 3,
      output: 20,
      reasoning: 5,
    }
    const { data } = encodeEvents(
      replay({ ...response([{ type: 'text', text: 'a' }]), model: 'upstream-model', usage }),
      { agent: 'codex' },
    )
    const last = lastResponse(data)
    expect(last).toMatchObject({
      id: 'resp_1',
      object: 'response',
      status: 'completed',
      model: 'asked-model',
      created_at: 1_700_000_000,
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 5 },
        total_tokens: 120,
      },
    })
    expect(items(last['output'])).toHaveLength(1)
    expect(JSON.stringify(data)).not.toContain('end_turn')
    expect(JSON.stringify(data)).not.toContain('upstream-model')
  })
})

describe('the end of an answer', () => {
  const some: IrPart[] = [{ type: 'text', text: 'Hel' }]
  const thought: IrPart[] = [{ type: 'reasoning', text: 'hm', visibility: 'summary' }]
  it.each<[FinishReason, 'codex' | undefined, IrPart[], string, JsonObject]>([
    ['stop', 'codex', some, 'response.completed', {}],
    ['tool-calls', undefined, some, 'response.completed', {}],
    ['pause', 'codex', some, 'response.completed', {}],
    ['length', 'codex', some, 'response.completed', {}],
    [
      'length',
      'codex',
      thought,
      'response.incomplete',
      { incomplete_details: { reason: 'max_output_tokens' } },
    ],
    [
      'length',
      undefined,
      some,
      'response.incomplete',
      { incomplete_details: { reason: 'max_output_tokens' } },
    ],
    ['context', 'codex', [], 'response.failed', { error: { code: 'context_length_exceeded' } }],
    ['context', 'codex', some, 'response.completed', {}],
    ['filter', 'codex', some, 'response.failed', { error: { code: 'invalid_prompt' } }],
    ['filter', undefined, some, 'response.incomplete', { incomplete_details: { reason: 'content_filter' } }],
  ])('by %s for %s', (reason, agent, parts, type, expected) => {
    const { data } = encodeEvents(replay(response(parts, reason)), agent === undefined ? {} : { agent })
    expect(data.at(-1)).toMatchObject({ type, response: expected })
  })

  it('is never clean when the events were cut', () => {
    const events = replay(response(some)).slice(0, -1)
    expect(encodeEvents(events).data.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'upstream_truncated' } },
    })
  })

  it('by an error names it and keeps what was told before', () => {
    const events: IrEvent[] = [
      ...replay(response(some)).slice(0, -1),
      { type: 'error', error: new HubError('overloaded', 'busy', { hint: 'Wait.' }) },
    ]
    const { data } = encodeEvents(events, { agent: 'codex' })
    expect(lastResponse(data)).toMatchObject({
      id: 'resp_1',
      error: { code: 'server_is_overloaded', message: 'busy. Wait.' },
      output: [{ type: 'message' }],
    })
  })

  it('by an error before anything else still opens the response', () => {
    const { data } = encodeEvents([{ type: 'error', error: new HubError('internal', 'x') }])
    expect(typesOf(data)).toEqual(['response.created', 'response.in_progress', 'response.failed'])
  })
})

describe('an answer in one piece', () => {
  it('is the response of the last event', () => {
    const whole = response([{ type: 'text', text: 'a' }])
    const { value, notes } = openaiResponses.server.encodeResponse(whole, encodeContext())
    expect(value).toEqual(lastResponse(encodeEvents(replay(whole)).data))
    expect(notes).toEqual([])
  })

  it('repeats the settings that the SDK’s types promise', () => {
    const { value } = openaiResponses.server.encodeResponse(response([]), encodeContext())
    expect(value).toMatchObject({ tools: [], tool_choice: 'auto', parallel_tool_calls: true, metadata: {} })
  })
})

describe('keep-alive', () => {
  const state = { model: 'm', responseId: 'resp_1', nowSeconds: 1 }
  it('is an event with data that Codex counts, before and after the start', () => {
    const [early] = openaiResponses.server.keepAlive({ ...state, started: false, agent: 'codex' })
    expect(early?.data).toBe('{"type":"ping"}')
    const [late] = openaiResponses.server.keepAlive({ ...state, started: true })
    expect(late?.data).toContain('"type":"response.in_progress"')
  })

  it('says nothing to SDKs before the start, because they refuse it', () => {
    expect(openaiResponses.server.keepAlive({ ...state, started: false })).toEqual([])
  })
})
