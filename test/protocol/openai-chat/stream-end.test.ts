// How streams end, break, and what they cost.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import {
  complaints,
  decodeChunks,
  decodeContext,
  decodeEvents,
  delta,
  finish,
  request,
  whole,
} from './support.js'

const DONE = '[DONE]'
const stop = [finish('stop'), DONE]
const calls = (...pieces: JsonObject[]) => delta({ tool_calls: pieces })
const fn = (fields: JsonObject) => ({ type: 'function', function: fields })

describe('the end', () => {
  const text = delta({ content: 'a' })
  const call = calls({ index: 0, id: 'a', ...fn({ name: 'f', arguments: '{}' }) })

  it.each<[string, (JsonObject | string)[], string]>([
    ['stop', [text, finish('stop'), DONE], 'stop'],
    ['stop with calls', [call, finish('stop'), DONE], 'tool-calls'],
    ['tool_calls without calls', [text, finish('tool_calls'), DONE], 'stop'],
    ['no reason but [DONE]', [text, DONE], 'stop'],
    ['no reason but [DONE], with calls', [call, DONE], 'tool-calls'],
    ['a reason but no [DONE]', [text, finish('stop')], 'stop'],
    ['length', [text, finish('length'), DONE], 'length'],
    ['content_filter', [text, finish('content_filter'), DONE], 'filter'],
    ['model_length', [text, finish('model_length'), DONE], 'context'],
    ['sensitive', [text, finish('sensitive'), DONE], 'filter'],
    ['an unheard-of word', [text, finish('because'), DONE], 'stop'],
  ])('%s', (_name, chunks, reason) => {
    expect(whole(...chunks).finish.reason).toBe(reason)
  })

  it.each<[string, (JsonObject | string)[], string]>([
    ['nothing at all', [], 'upstream-truncated'],
    ['cut in the text', [text], 'upstream-truncated'],
    ['cut in a call', [call], 'upstream-truncated'],
    ['only [DONE]', [DONE], 'upstream-failed'],
    ['not JSON', [text, '<html>'], 'upstream-failed'],
    ['JSON that is no object', ['[1]'], 'upstream-failed'],
    ['an error chunk', [text, { error: { message: 'boom', code: 500 } }, DONE], 'upstream-failed'],
    ['an error of 429', [{ error: { message: 'slow', code: 429 } }], 'rate-limited'],
    ['an error as text', [text, { error: 'overloaded' }], 'overloaded'],
    [
      'an error of vLLM',
      [{ object: 'error', message: 'maximum context length is 10', code: 400 }],
      'context-length',
    ],
    ['finish_reason error', [text, finish('error')], 'upstream-failed'],
    [
      'an error in the choice',
      [delta({}, { error: { message: 'x', code: 502 }, finish_reason: 'error' })],
      'upstream-failed',
    ],
    ['abort', [text, finish('abort'), DONE], 'upstream-truncated'],
  ])('is an error: %s', (_name, chunks, code) => {
    const events = decodeChunks(chunks)
    expect(complaints(events)).toEqual([])
    const last = events.at(-1)
    expect(last?.type === 'error' && last.error.code).toBe(code)
  })

  it('is an error for `event: error`, whatever its data', () => {
    const events = decodeEvents([{ event: 'error', data: '{"what":"no"}' }], decodeContext())
    expect(events).toMatchObject([{ type: 'error' }])
  })

  it('says nothing after its end', () => {
    const machine = openaiChat.client.decodeStream(decodeContext())
    const push = (value: JsonObject | string) =>
      machine.push({ data: typeof value === 'string' ? value : JSON.stringify(value) })
    for (const chunk of [text, ...stop]) push(chunk)
    expect([...push(text), ...push(DONE), ...machine.end()]).toEqual([])
  })

  it('ignores empty events, pings and chunks without choices', () => {
    const filter = { id: '', model: '', choices: [], prompt_filter_results: [{}] }
    expect(whole(filter, '', { type: 'ping' }, text, delta({}), ...stop)).toMatchObject({
      id: 'chatcmpl-up',
      parts: [{ text: 'a' }],
    })
  })

  it('knows the stop sequence where the vendor tells it', () => {
    const context = decodeContext({ request: request({ sampling: { stop: ['END'] } }) })
    const events = decodeChunks([text, finish('stop'), DONE], context)
    expect(events.at(-1)).not.toHaveProperty('stopSequence')
    const told = decodeChunks([text, delta({}, { finish_reason: 'stop', stop_reason: 'END' }), DONE], context)
    expect(told.at(-1)).toMatchObject({ stopSequence: 'END' })
  })
})

describe('usage', () => {
  const spent = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
  const usageOf = (events: readonly IrEvent[]) => events.findLast((event) => event.type === 'usage')

  it.each<[string, JsonObject[]]>([
    ['a late chunk without choices', [finish('stop'), { choices: [], usage: spent }]],
    ['the last chunk', [finish('stop', { usage: spent })]],
    ['the choice', [delta({}, { finish_reason: 'stop', usage: spent })]],
    ['x_groq', [finish('stop', { x_groq: { usage: spent } })]],
    [
      'every chunk, growing',
      [finish(null, { usage: { ...spent, completion_tokens: 1 } }), finish('stop', { usage: spent })],
    ],
  ])('is read from %s', (_name, chunks) => {
    const events = decodeChunks([delta({ content: 'a' }), ...chunks, DONE])
    expect(complaints(events)).toEqual([])
    expect(usageOf(events)).toMatchObject({ usage: { inputFresh: 100, output: 20 } })
    expect(events.filter((event) => event.type === 'usage')).toHaveLength(1)
  })

  it.each<[string, JsonObject, object]>([
    [
      'OpenAI',
      {
        ...spent,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
      { inputFresh: 30, cacheRead: 60, cacheWrite5m: 10, output: 20, reasoning: 5 },
    ],
    [
      'DeepSeek',
      { ...spent, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
      { inputFresh: 36, cacheRead: 64, output: 20 },
    ],
    ['Moonshot', { ...spent, cached_tokens: 50 }, { inputFresh: 50, cacheRead: 50 }],
    ['Perplexity', { ...spent, reasoning_tokens: 3 }, { output: 20, reasoning: 3 }],
    [
      'xAI, reasoning beside completion',
      {
        prompt_tokens: 12,
        completion_tokens: 1,
        total_tokens: 303,
        completion_tokens_details: { reasoning_tokens: 290 },
      },
      { inputFresh: 12, output: 291, reasoning: 290 },
    ],
    [
      'more cached than sent',
      { ...spent, prompt_tokens_details: { cached_tokens: 900, cache_write_tokens: 5 } },
      { inputFresh: 0, cacheRead: 100, cacheWrite5m: 0 },
    ],
    ['nonsense', { prompt_tokens: -5, completion_tokens: 'x' }, { inputFresh: 0, output: 0 }],
  ])('is split without overlap: %s', (_name, usage, expected) => {
    expect(usageOf(decodeChunks([finish('stop', { usage }), DONE]))).toMatchObject({ usage: expected })
  })

  it('is told before an error that ends the stream', () => {
    const events = decodeChunks([delta({ content: 'a' }), finish(null, { usage: spent }), { error: 'x' }])
    expect(events.slice(-2).map((event) => event.type)).toEqual(['usage', 'error'])
  })
})
