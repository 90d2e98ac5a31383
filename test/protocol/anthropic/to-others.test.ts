// What Claude Code sends, as upstreams of other protocols get it.

import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects } from '../../../src/base/json.js'
import { codecs } from '../../../src/protocol/registry.js'
import { translateRequest } from '../../../src/protocol/translate.js'
import { messagesOf } from './support.js'

const schema: JsonObject = { type: 'object', properties: {} }
const body: JsonObject = {
  model: 'claude-opus-5-5',
  max_tokens: 128_000,
  stream: true,
  thinking: { type: 'adaptive', display: 'updates' },
  output_config: { effort: 'medium' },
  context_management: { edits: [] },
  safeguards: [{ type: 'dangerous_tool_use' }],
  system: [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2;' },
    { type: 'text', text: 'Main prompt.', cache_control: { type: 'ephemeral' } },
  ],
  tools: [
    { name: 'ToolSearch', input_schema: schema },
    { name: 'CronCreate', input_schema: schema, defer_loading: true },
    { name: 'DeferredToolPlaceholder', input_schema: schema, defer_loading: true },
  ],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    {
      role: 'system',
      content: [{ type: 'text', text: 'Agents: none' }],
      output_config: { effort: 'medium' },
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: '', signature: 'SIG' },
        { type: 'tool_use', id: 'toolu_1', name: 'ToolSearch', input: {}, caller: { type: 'direct' } },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          content: [{ type: 'tool_reference', tool_name: 'CronCreate' }],
        },
        { type: 'text', text: 'Tool loaded.' },
      ],
    },
    { role: 'system', content: [], output_config: { effort: 'high' } },
  ],
}

function sent(to: 'openai-chat' | 'openai-responses'): JsonObject {
  return translateRequest({
    from: codecs['anthropic-messages'],
    to: codecs[to],
    body,
    model: 'up',
    dialect: {},
    footprint: 'f',
  }).wire.body
}

describe('a request of Claude Code at a foreign upstream', () => {
  it.each(['openai-chat', 'openai-responses'] as const)(
    'keeps what matters and nothing that only Anthropic reads: %s',
    (to) => {
      const wire = JSON.stringify(sent(to))
      for (const words of [
        'Main prompt.',
        'Agents: none',
        'Tool loaded: CronCreate',
        'Tool loaded.',
        'CronCreate',
      ]) {
        expect(wire).toContain(words)
      }
      for (const words of [
        'billing-header',
        'DeferredToolPlaceholder',
        'defer_loading',
        'SIG',
        'safeguards',
        'cache_control',
        'edits',
      ]) {
        expect(wire).not.toContain(words)
      }
    },
  )

  it('sends the effort that was set last', () => {
    expect(sent('openai-chat')['reasoning_effort']).toBe('high')
    expect(sent('openai-responses')['reasoning']).toMatchObject({ effort: 'high' })
  })

  it('sends no message for a system message without words', () => {
    const messages = messagesOf(sent('openai-chat')).filter(isObject)
    expect(messages.map((message) => message['role'])).toEqual([
      'system',
      'user',
      'system',
      'assistant',
      'tool',
      'user',
    ])
    const items = objects(sent('openai-responses'), 'input')
    expect(items.filter((item) => item['role'] === 'developer')).toHaveLength(2)
  })
})
