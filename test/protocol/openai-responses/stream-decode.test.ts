// The upstream's stream → events, with everything vendors leave out, repeat or misname.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import { openaiResponses } from '../../../src/protocol/openai-responses/codec.js'
import { decodeContext, decodeEvents } from './support.js'

const created = { type: 'response.created', response: { id: 'resp_1', model: 'm-1' } }
const completed = { type: 'response.completed', response: { id: 'resp_1', status: 'completed' } }

function added(item: JsonObject, place = 0): JsonObject {
  return { type: 'response.output_item.added', output_index: place, item }
}
function done(item: JsonObject, place = 0): JsonObject {
  return { type: 'response.output_item.done', output_index: place, item }
}
function delta(
  told: string,
  more: JsonObject = { item_id: 'msg_1', output_index: 0, content_index: 0 },
): JsonObject {
  return { type: 'response.output_text.delta', delta: told, ...more }
}
function saying(...told: string[]): JsonObject {
  return {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: told.map((text) => ({ type: 'output_text', text, annotations: [] })),
  }
}
const opened = { type: 'message', id: 'msg_1', role: 'assistant', status: 'in_progress', content: [] }

function answer(...data: (JsonObject | string)[]) {
  return collect(decodeEvents([created, ...data, completed]))
}
function texts(...data: (JsonObject | string)[]): string[] {
  return answer(...data).parts.map((part) => (part.type === 'text' ? part.text : part.type))
}

describe('text', () => {
  it('streams as it comes and ends with the fields of its item', () => {
    const events = decodeEvents([
      created,
      added(opened),
      delta('He'),
      delta('llo'),
      done(saying('Hello')),
      completed,
    ])
    expect(events).toEqual([
      { type: 'start', id: 'resp_1', model: 'm-1' },
      { type: 'text-start', index: 0 },
      { type: 'text-delta', index: 0, text: 'He' },
      { type: 'text-delta', index: 0, text: 'llo' },
      {
        type: 'text-end',
        index: 0,
        carry: { protocol: 'openai-responses', fields: { id: 'msg_1', status: 'completed' } },
      },
      { type: 'finish', reason: 'stop' },
    ])
  })

  const ways: [string, JsonObject[]][] = [
    ['only the finished item', [done(saying('Hello'))]],
    ['an item that goes on beyond its deltas', [added(opened), delta('Hel'), done(saying('Hello'))]],
    ['deltas without a start', [delta('Hel'), delta('lo'), done(saying('Hello'))]],
    ['deltas without an end', [added(opened), delta('Hello')]],
    [
      'only the end of its piece',
      [
        added(opened),
        { type: 'response.output_text.done', item_id: 'msg_1', output_index: 0, text: 'Hello' },
      ],
    ],
    ['deltas without ids', [added(opened), delta('Hello', {}), done(saying('Hello'))]],
    ['deltas with another id', [added(opened), delta('Hello', { item_id: 'x' }), done(saying('Hello'))]],
    ['a finished item without text', [added(opened), delta('Hello'), done({ ...saying(), id: 'msg_1' })]],
    ['an item finished twice', [added(opened), delta('Hello'), done(saying('Hello')), done(saying('Hello'))]],
    [
      'a finished item without an id',
      [added(opened), delta('Hello'), done({ ...saying('Hello'), id: null })],
    ],
  ]
  it.each(ways)('is neither lost nor doubled with %s', (_, data) => {
    expect(texts(...data)).toEqual(['Hello'])
  })

  it('is found in the final response when the stream told nothing else', () => {
    const final = { ...completed, response: { id: 'r', output: [saying('Hello')] } }
    expect(collect(decodeEvents([created, final])).parts).toMatchObject([{ text: 'Hello' }])
  })

  it('of an item that only the final response tells is added to what was streamed', () => {
    const output = [{ ...saying('first'), id: 'msg_0' }, saying('Hello')]
    const final = { ...completed, response: { id: 'r', output } }
    const { parts } = collect(
      decodeEvents([created, added(opened), delta('Hello'), done(saying('Hello')), final]),
    )
    expect(parts).toMatchObject([{ text: 'Hello' }, { text: 'first' }])
  })

  it('is not doubled by a final response whose ids differ', () => {
    const final = { ...completed, response: { id: 'r', output: [{ ...saying('Hello'), id: 'other' }] } }
    expect(collect(decodeEvents([created, added(opened), delta('Hello'), final])).parts).toHaveLength(1)
  })

  it('of several content parts stays apart, also when all items have the same place', () => {
    const second = { item_id: 'msg_1', output_index: 0, content_index: 1 }
    expect(texts(added(opened), delta('a'), delta('b', second), done(saying('a', 'b')))).toEqual(['a', 'b'])
    const other = { ...opened, id: 'msg_2' }
    expect(
      texts(
        added(opened),
        delta('a'),
        done(saying('a')),
        added(other),
        delta('b', { item_id: 'msg_2', output_index: 0 }),
        done({ ...saying('b'), id: 'msg_2' }),
      ),
    ).toEqual(['a', 'b'])
  })

  it('keeps annotations, from the finished item or from their own events', () => {
    const annotation = { type: 'url_citation', url: 'https://x.test' }
    const event = {
      type: 'response.output_text.annotation.added',
      item_id: 'msg_1',
      output_index: 0,
      annotation,
    }
    const { parts } = answer(added(opened), delta('a'), { ...event, content_index: 0 }, done(saying('a')))
    expect(parts[0]).toMatchObject({ carry: { fields: { annotations: [annotation] } } })
  })

  it('that is a refusal is marked', () => {
    const refusal = { ...saying(), content: [{ type: 'refusal', refusal: 'I cannot.' }] }
    const piece = { type: 'response.refusal.delta', item_id: 'msg_1', output_index: 0, content_index: 0 }
    const { parts } = answer(
      added(opened),
      { ...piece, delta: 'I ' },
      { ...piece, delta: 'cannot.' },
      done(refusal),
    )
    expect(parts).toMatchObject([{ type: 'text', text: 'I cannot.', refusal: true }])
  })
})

describe('reasoning', () => {
  const item = { type: 'reasoning', id: 'rs_1', summary: [] }
  const piece = (summary_index: number, told: string): JsonObject => ({
    type: 'response.reasoning_summary_text.delta',
    item_id: 'rs_1',
    output_index: 0,
    summary_index,
    delta: told,
  })

  it('joins the sections of its summary with a blank line and keeps the proof', () => {
    const summary = [
      { type: 'summary_text', text: 'one' },
      { type: 'summary_text', text: 'two' },
    ]
    const { parts } = answer(
      added(item),
      piece(0, 'one'),
      piece(1, 'tw'),
      piece(1, 'o'),
      done({ ...item, summary, encrypted_content: 'ENC' }),
    )
    expect(parts).toMatchObject([
      {
        type: 'reasoning',
        text: 'one\n\ntwo',
        visibility: 'summary',
        seal: { maker: 'openai-responses', footprint: 'channel-a', data: 'ENC', id: 'rs_1' },
      },
    ])
  })

  it('in the open is raw', () => {
    const { parts } = answer(
      added(item),
      {
        type: 'response.reasoning_text.delta',
        item_id: 'rs_1',
        output_index: 0,
        content_index: 0,
        delta: 'hm',
      },
      done({ ...item, content: [{ type: 'reasoning_text', text: 'hm' }] }),
    )
    expect(parts).toMatchObject([{ type: 'reasoning', text: 'hm', visibility: 'raw' }])
  })

  it('that says nothing and proves nothing is left out', () => {
    expect(answer(added(item), done(item)).parts).toEqual([])
  })

  it('that only proves is kept', () => {
    expect(answer(added(item), done({ ...item, encrypted_content: 'E' })).parts).toMatchObject([
      { type: 'reasoning', text: '', seal: { data: 'E' } },
    ])
  })
})

describe('calls', () => {
  const call = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'run' }
  const piece = (told: string, id = 'fc_1'): JsonObject => ({
    type: 'response.function_call_arguments.delta',
    item_id: id,
    delta: told,
  })
  const whole = { ...call, arguments: '{"a":1}', status: 'completed' }

  it.each<[string, JsonObject[]]>([
    ['in pieces', [added({ ...call, arguments: '' }), piece('{"a"'), piece(':1}'), done(whole)]],
    ['at once', [done(whole)]],
    ['at once, with its start', [added(whole), done(whole)]],
    ['without a finished item', [added({ ...call, arguments: '' }), piece('{"a":1}')]],
    ['as an object', [done({ ...call, arguments: { a: 1 } })]],
    [
      'with its name at the end',
      [added({ type: 'function_call', id: 'fc_1' }), piece('{"a":1}'), done(whole)],
    ],
  ])('arrive %s', (_, data) => {
    const { parts, finish } = answer(...data)
    expect(parts).toMatchObject([
      { type: 'tool-call', kind: 'function', id: 'c1', name: 'run', input: '{"a":1}' },
    ])
    expect(finish.reason).toBe('tool-calls')
  })

  it('without arguments have an empty object', () => {
    expect(answer(done({ ...call, arguments: '' })).parts).toMatchObject([{ input: '{}' }])
  })

  it('without an id get one', () => {
    expect(answer(done({ type: 'function_call', name: 'run', arguments: '{}' })).parts).toMatchObject([
      { id: 'call_1' },
    ])
  })

  it('may be parallel, each with its own pieces', () => {
    const other = { ...call, id: 'fc_2', call_id: 'c2' }
    const { parts } = answer(
      added({ ...call, arguments: '' }, 0),
      added({ ...other, arguments: '' }, 1),
      piece('{"x":', 'fc_1'),
      piece('{"y":', 'fc_2'),
      piece('1}', 'fc_1'),
      piece('2}', 'fc_2'),
    )
    expect(parts).toMatchObject([
      { id: 'c1', input: '{"x":1}' },
      { id: 'c2', input: '{"y":2}' },
    ])
  })

  it('of custom tools and of tool search keep their kind', () => {
    const patch = { type: 'custom_tool_call', id: 'ctc_1', call_id: 'p', name: 'apply_patch' }
    const find = {
      type: 'tool_search_call',
      id: 'ts',
      call_id: 's',
      execution: 'client',
      arguments: { query: 'q' },
    }
    const { parts } = answer(
      added({ ...patch, input: '' }, 0),
      { type: 'response.custom_tool_call_input.delta', item_id: 'ctc_1', delta: '*** Begin' },
      done({ ...patch, input: '*** Begin Patch' }, 0),
      done(find, 1),
    )
    expect(parts).toMatchObject([
      { kind: 'custom', id: 'p', input: '*** Begin Patch' },
      { kind: 'search', id: 's', name: 'tool_search', input: '{"query":"q"}' },
    ])
  })
})

describe('items of the provider’s own tools', () => {
  const search = { type: 'web_search_call', id: 'ws', status: 'completed', action: { query: 'cats' } }

  it('are kept whole and can be told in words', () => {
    expect(answer(added(search), done(search)).parts).toEqual([
      {
        type: 'opaque',
        protocol: 'openai-responses',
        value: search,
        fallback: '[web search: cats]',
        search: { id: search.id, query: 'cats', results: [] },
      },
    ])
  })

  it('that draw become pictures', () => {
    const image = { type: 'image_generation_call', id: 'ig', result: 'QUJD', output_format: 'webp' }
    expect(answer(done(image)).parts).toMatchObject([
      { type: 'media', kind: 'image', source: { mediaType: 'image/webp', data: 'QUJD' } },
    ])
  })
})

describe('the end', () => {
  const usage = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 120,
  }

  it('tells usage in counters that do not overlap', () => {
    const events = decodeEvents([created, { ...completed, response: { id: 'r', usage } }])
    expect(events.at(-1)).toMatchObject({
      usage: { inputFresh: 50, cacheRead: 40, cacheWrite5m: 10, cacheWrite1h: 0, output: 20, reasoning: 5 },
    })
  })

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'filter'],
  ])('that is incomplete by %s is %s', (reason, expected) => {
    const last = { type: 'response.incomplete', response: { id: 'r', incomplete_details: { reason } } }
    expect(collect(decodeEvents([created, last])).finish).toEqual({ reason: expected })
  })

  const failures: [string, JsonObject | string, string][] = [
    [
      'a failed response',
      { type: 'response.failed', response: { error: { code: 'server_is_overloaded', message: 'busy' } } },
      'overloaded',
    ],
    [
      'an error event',
      { type: 'error', code: 'rate_limit_exceeded', message: 'try again in 1.5s' },
      'rate-limited',
    ],
    [
      'a nested error event',
      { type: 'error', error: { code: 'context_length_exceeded', message: 'x' } },
      'context-length',
    ],
    ['a bare error', { error: { message: 'x', type: 'server_error' } }, 'upstream-failed'],
    ['a canceled response', { type: 'response.cancelled', response: {} }, 'upstream-failed'],
    ['something that is not JSON', '<html>', 'upstream-failed'],
  ]
  it.each(failures)('by %s is an error', (_, data, code) => {
    const events = decodeEvents([created, delta('a'), data, completed])
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code } })
  })

  it('that never came is an error', () => {
    expect(decodeEvents([created, delta('a'), '[DONE]']).at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'upstream-truncated' },
    })
  })

  it('is not waited for when nothing follows it', () => {
    expect(decodeEvents([created, completed, delta('late'), '[DONE]', ''])).toHaveLength(2)
  })
})

describe('a whole answer', () => {
  it('that failed throws what it says', () => {
    const body = {
      id: 'r',
      status: 'failed',
      output: [],
      error: { code: 'insufficient_quota', message: 'empty' },
    }
    expect(() => openaiResponses.client.decodeResponse(body, decodeContext())).toThrow(
      expect.objectContaining({ code: 'quota-exhausted', message: 'empty' }),
    )
  })

  it.each([{ error: { message: 'no', code: 'invalid_api_key' } }, { hello: 'world' }])(
    'is not %j',
    (body) => {
      expect(() => openaiResponses.client.decodeResponse(body, decodeContext())).toThrow(
        expect.objectContaining({ name: 'HubError' }),
      )
    },
  )

  it('that was cut says so', () => {
    const body = { id: 'r', status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(
      openaiResponses.client.decodeResponse({ ...body, output: [saying('Hel')] }, decodeContext()),
    ).toMatchObject({ parts: [{ text: 'Hel' }], finish: { reason: 'length' } })
  })
})
