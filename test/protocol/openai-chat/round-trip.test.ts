// The law of the codec: what an agent of this protocol sends comes out the same for an upstream of this protocol,
// up to the normalisations listed here.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import type { Dialect } from '../../../src/protocol/dialect.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import { around, decodeContext, encodeContext } from './support.js'

const FULL: Dialect = {
  developerRole: true,
  customTools: true,
  cacheControl: true,
  maxTokensField: 'max_completion_tokens',
  replayReasoning: 'tool-loop',
}
const parameters = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{"a":"b"}' } })
const hi: JsonObject = { role: 'user', content: 'hi' }

const SAME: readonly [string, JsonObject][] = [
  ['plain text', { model: 'm', messages: [hi] }],
  [
    'every role',
    {
      model: 'm',
      messages: [
        { role: 'developer', content: 'rules' },
        { role: 'system', content: 'more', name: 'sys' },
        { role: 'user', content: 'hi', name: 'ann' },
        { role: 'assistant', content: 'hello' },
        { role: 'system', content: 'in the middle' },
        hi,
      ],
    },
  ],
  [
    'media with text',
    {
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'see', cache_control: { type: 'ephemeral' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD', detail: 'high' } },
            { type: 'image_url', image_url: { url: 'https://x/y.png', extra: 1 } },
            { type: 'input_audio', input_audio: { data: 'QQ==', format: 'wav' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,QQ==' } },
            { type: 'file', file: { file_id: 'file-1' }, prompt_cache_breakpoint: { mode: 'explicit' } },
            { type: 'video_url', video_url: { url: 'https://x/y.mp4' } },
            { type: 'novel', payload: { deep: [1] } },
          ],
        },
      ],
    },
  ],
  [
    'a tool loop with reasoning and its proof',
    {
      model: 'm',
      messages: [
        hi,
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'I must look',
          reasoning_details: [{ type: 'reasoning.text', text: 'I must look', signature: 's', index: 0 }],
          tool_calls: [
            { ...call('c1'), extra_content: { google: { thought_signature: 'x' } } },
            { id: 'c2', type: 'custom', custom: { name: 'patch', input: 'free text' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'one' },
        { role: 'tool', tool_call_id: 'c2', content: 'two', name: 'patch' },
        { role: 'assistant', content: 'done', annotations: [{ type: 'url_citation' }] },
      ],
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true } },
        {
          type: 'custom',
          custom: {
            name: 'patch',
            description: 'd',
            format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: x' } },
          },
        },
        { type: 'vendor_tool', setting: 1 },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
    },
  ],
  [
    'every setting',
    {
      model: 'm',
      messages: [hi],
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      max_completion_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      stop: ['a', 'b'],
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      reasoning_effort: 'none',
      verbosity: 'low',
      prompt_cache_key: 'k',
      service_tier: 'priority',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'n', description: 'd', schema: parameters, strict: true },
      },
      web_search_options: { search_context_size: 'low' },
      logprobs: true,
      top_logprobs: 3,
      logit_bias: { '50256': -100 },
      metadata: { k: 'v' },
      user: 'u',
      store: false,
      top_k: 40,
      modalities: ['text'],
      prediction: { type: 'content', content: 'x' },
      brand_new_field: { nested: [true, { x: 1 }] },
    },
  ],
  [
    'a choice among allowed tools',
    {
      model: 'm',
      messages: [hi],
      tools: [{ type: 'function', function: { name: 'f', parameters } }],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
    },
  ],
  ['a refusal', { model: 'm', messages: [hi, { role: 'assistant', content: null, refusal: 'no' }, hi] }],
  ['an unknown effort', { model: 'm', messages: [hi], reasoning_effort: 'ultra' }],
]

describe('a request of this protocol for an upstream of this protocol', () => {
  it.each(SAME)('stays the same: %s', (_name, body) => {
    expect(around(body, FULL)).toEqual(body)
  })

  it.each(SAME)('has the same bytes each time: %s', (_name, body) => {
    expect(JSON.stringify(around(body, FULL))).toBe(JSON.stringify(around(structuredClone(body), FULL)))
  })

  it.each<[string, JsonObject, JsonObject]>([
    ['max_tokens in the dialect’s field', { max_tokens: 3 }, { max_completion_tokens: 3 }],
    ['one stop sequence as a list', { stop: 'a' }, { stop: ['a'] }],
    ['null as absent', { temperature: null, tools: null }, {}],
    ['stream: false as absent', { stream: false }, {}],
    ['one choice', { n: 2 }, {}],
    ['no choice without tools', { tool_choice: 'auto', parallel_tool_calls: true }, {}],
    [
      'older functions as tools',
      { functions: [{ name: 'f', parameters }], function_call: 'auto' },
      { tools: [{ type: 'function', function: { name: 'f', parameters } }], tool_choice: 'auto' },
    ],
  ])('normalises %s', (_name, fields, expected) => {
    const base = { model: 'm', messages: [hi] }
    expect(around({ ...base, ...fields }, FULL)).toEqual({ ...base, ...expected })
  })

  it.each<[string, JsonObject[], JsonObject[]]>([
    [
      'plain text parts as one string',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
      [{ role: 'user', content: 'a\n\nb' }],
    ],
    [
      'empty content beside calls as null',
      [
        { role: 'assistant', content: '', tool_calls: [call('c')] },
        { role: 'tool', tool_call_id: 'c', content: 'x' },
      ],
      [
        { role: 'assistant', content: null, tool_calls: [call('c')] },
        { role: 'tool', tool_call_id: 'c', content: 'x' },
      ],
    ],
    [
      'reasoning of a turn without calls as not sent',
      [{ role: 'assistant', content: 'a', reasoning_content: 'r' }],
      [{ role: 'assistant', content: 'a' }],
    ],
    [
      'results in the order of their calls',
      [
        { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
        { role: 'tool', tool_call_id: 'b', content: '2' },
        { role: 'tool', tool_call_id: 'a', content: '1' },
      ],
      [
        { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
        { role: 'tool', tool_call_id: 'a', content: '1' },
        { role: 'tool', tool_call_id: 'b', content: '2' },
      ],
    ],
  ])('normalises %s', (_name, messages, expected) => {
    expect(around({ model: 'm', messages }, FULL)).toEqual({ model: 'm', messages: expected })
  })
})

describe('an answer of this protocol for an agent of this protocol', () => {
  const answer: JsonObject = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'asked-model',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'text',
          refusal: null,
          reasoning_content: 'why',
          reasoning_details: [{ type: 'reasoning.text', text: 'why', signature: 's' }],
          annotations: [{ type: 'url_citation', url_citation: { url: 'u' } }],
          tool_calls: [
            {
              id: 'c1',
              type: 'function',
              function: { name: 'f', arguments: '{"a":1}' },
              extra_content: { x: 1 },
            },
            { id: 'c2', type: 'custom', custom: { name: 'p', input: 'free' } },
          ],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
    usage: {
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 5 },
    },
    system_fingerprint: 'fp_1',
    service_tier: 'default',
  }

  it('stays the same', () => {
    const response = openaiChat.client.decodeResponse(answer, decodeContext())
    expect(openaiChat.server.encodeResponse(response, encodeContext()).value).toEqual(answer)
  })
})
