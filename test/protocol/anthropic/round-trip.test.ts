// Law: native → IR → the same native, up to the normalisations that request-encode.ts lists.

import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import { again, messagesOf } from './support.js'

const text = (words: string): JsonObject => ({ type: 'text', text: words })
const base = (over: JsonObject): JsonObject => ({
  model: 'm',
  max_tokens: 10,
  messages: [{ role: 'user', content: [text('hi')] }],
  ...over,
})
const schema = { type: 'object', properties: { a: { type: 'string' } } }

describe('a request that comes out as it went in', () => {
  it.each<[string, JsonObject]>([
    [
      'a system prompt with billing and cache marks',
      base({
        system: [
          text('x-anthropic-billing-header: a'),
          { ...text('S'), cache_control: { type: 'ephemeral', ttl: '1h' } },
        ],
      }),
    ],
    [
      'cache marks with a scope',
      base({ system: [{ ...text('S'), cache_control: { type: 'ephemeral', scope: 'global' } }] }),
    ],
    [
      'server tools and the placeholder',
      base({
        tools: [
          {
            type: 'web_search_20250305',
            name: 'web_search',
            max_uses: 8,
            user_location: { type: 'approximate' },
          },
          { name: 'DeferredToolPlaceholder', input_schema: schema, defer_loading: true },
        ],
      }),
    ],
    [
      'deferred and strict tools',
      base({
        tools: [
          {
            name: 'A',
            description: 'd',
            input_schema: schema,
            defer_loading: true,
            eager_input_streaming: true,
          },
          { name: 'B', input_schema: schema, strict: true },
        ],
      }),
    ],
    [
      'no parallel calls',
      base({
        tools: [{ name: 'A', input_schema: schema }],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      }),
    ],
    [
      'the switch for parallel calls set to false',
      base({
        tools: [{ name: 'A', input_schema: schema }],
        tool_choice: { type: 'auto', disable_parallel_tool_use: false },
      }),
    ],
    [
      'adaptive thinking with display and effort',
      base({ thinking: { type: 'adaptive', display: 'updates' }, output_config: { effort: 'xhigh' } }),
    ],
    [
      'a thinking budget',
      base({ max_tokens: 32000, thinking: { type: 'enabled', budget_tokens: 31999, display: 'omitted' } }),
    ],
    [
      'thinking switched off',
      base({ thinking: { type: 'disabled' }, temperature: 1, output_config: { effort: 'high' } }),
    ],
    ['effort alone', base({ output_config: { effort: 'low', task_budget: { total: 9 } } })],
    [
      'an effort this code does not know',
      base({ thinking: { type: 'adaptive' }, output_config: { effort: 'ultra' } }),
    ],
    ['a thinking type this code does not know', base({ thinking: { type: 'dreaming', depth: 3 } })],
    ['an answer format', base({ output_config: { format: { type: 'json_schema', schema, note: 'x' } } })],
    [
      'unknown top-level fields',
      base({
        metadata: { user_id: 'u' },
        context_management: { edits: [] },
        service_tier: 'auto',
        container: 'c',
        mcp_servers: [],
        safeguards: [{ type: 't' }],
        cache_control: { type: 'ephemeral' },
      }),
    ],
    [
      'sampling and stops',
      base({ temperature: 0.2, top_k: 5, stop_sequences: ['</severity>'], stream: true }),
    ],
  ])('%s', (_, body) => {
    expect(again(body)).toEqual(body)
  })

  it('keeps a whole conversation: thinking, parallel calls, results in any order, media, unknown blocks', () => {
    const body = base({
      messages: [
        {
          role: 'user',
          content: [
            text('<system-reminder>x</system-reminder>'),
            { ...text('do it'), cache_control: { type: 'ephemeral' } },
          ],
        },
        { role: 'system', content: 'Agents: none' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'SIG' },
            { type: 'thinking', thinking: '', signature: 'SIG2' },
            { type: 'redacted_thinking', data: 'RED' },
            { ...text('cited'), citations: [{ type: 'char_location', cited_text: 'c' }] },
            { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } },
            {
              type: 'web_search_tool_result',
              tool_use_id: 's1',
              content: [],
              cache_control: { type: 'ephemeral' },
            },
            {
              type: 'tool_use',
              id: 'toolu_1',
              name: 'A',
              input: { a: 1.5, b: [null, 'é'] },
              caller: { type: 'direct' },
            },
            { type: 'tool_use', id: 'toolu_2', name: 'B', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_2', content: 'two' },
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              is_error: true,
              content: [
                { type: 'tool_reference', tool_name: 'X' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
                text('loaded'),
              ],
            },
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JV' },
              title: 'T',
              citations: { enabled: true },
            },
            { type: 'document', source: { type: 'content', content: [text('c')] } },
            { type: 'hologram', pixels: 1 },
            text('and now?'),
          ],
        },
        {
          role: 'system',
          content: [{ ...text('later'), cache_control: { type: 'ephemeral' } }],
          output_config: { effort: 'low' },
        },
      ],
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    })
    expect(again(body)).toEqual(body)
  })

  it('does not let an effort inside the conversation become that of the whole request', () => {
    const messages = [
      { role: 'user', content: [text('hi')] },
      { role: 'system', content: [], output_config: { effort: 'low' } },
    ]
    const body = base({ messages, thinking: { type: 'adaptive' } })
    expect(again(body)).toEqual(body)
    expect(again(body, { systemMessages: false })).toEqual(
      base({
        messages: messages.slice(0, 1),
        thinking: { type: 'adaptive' },
        output_config: { effort: 'low' },
      }),
    )
  })
})

describe('the listed normalisations', () => {
  const content = (body: JsonObject) => messagesOf(again(body))

  it('writes strings as blocks, and a lone text of a result or a system message as a string', () => {
    expect(again(base({ system: 'S' }))['system']).toEqual([text('S')])
    expect(content(base({ messages: [{ role: 'user', content: 'hi' }] }))).toEqual([
      { role: 'user', content: [text('hi')] },
    ])
    const result = { type: 'tool_result', tool_use_id: 't', content: [text('x')], is_error: false }
    expect(content(base({ messages: [{ role: 'user', content: [result] }] }))).toEqual([
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] },
    ])
  })

  it('leaves out blank texts, empty messages and empty lists', () => {
    const body = base({
      tools: [],
      stop_sequences: [],
      messages: [
        { role: 'user', content: [text('a'), text(' \n')] },
        { role: 'assistant', content: [text('')] },
        { role: 'user', content: 'b' },
      ],
    })
    expect(again(body)).toEqual(base({ messages: [{ role: 'user', content: [text('a'), text('b')] }] }))
  })

  it('puts results first in their message', () => {
    const result = { type: 'tool_result', tool_use_id: 't', content: 'x' }
    expect(content(base({ messages: [{ role: 'user', content: [text('note'), result] }] }))).toEqual([
      { role: 'user', content: [result, text('note')] },
    ])
  })

  it('writes the older output_format in its current place', () => {
    expect(again(base({ output_format: { type: 'json_schema', schema } }))['output_config']).toEqual({
      format: { type: 'json_schema', schema },
    })
  })
})
