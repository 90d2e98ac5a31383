// The scripted chat providers refuse what the real ones refuse, each in its flavour.

import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/base/json.js'
import {
  type ChatFlavour,
  DEEPSEEK_FLAVOUR,
  OPENAI_FLAVOUR,
  PLAIN_FLAVOUR,
} from '../support/upstream/openai-chat/flavour.js'
import { validateChat } from '../support/upstream/openai-chat/validate.js'

const call = { id: 'call_1', type: 'function', function: { name: 'run', arguments: '{}' } }
const asked = { role: 'assistant', content: null, tool_calls: [call] }
const answered = { role: 'tool', tool_call_id: 'call_1', content: 'ok' }
const user = { role: 'user', content: 'hello' }
const tool = { type: 'function', function: { name: 'run', parameters: { type: 'object', properties: {} } } }

const valid: JsonObject = {
  model: 'gpt-6.1-sol',
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'system', content: 'be brief' }, user, asked, answered],
  tools: [tool],
}

function refusals(
  change: { [key: string]: JsonValue | undefined },
  flavour: ChatFlavour = OPENAI_FLAVOUR,
): string {
  const body: JsonObject = {}
  for (const [key, value] of Object.entries({ ...valid, ...change }))
    if (value !== undefined) body[key] = value
  return validateChat(body, { authorization: 'Bearer sk-x' }, flavour).join('\n')
}

describe('the chat validator', () => {
  it('accepts a tool loop', () => {
    expect(refusals({})).toBe('')
    expect(refusals({}, PLAIN_FLAVOUR)).toBe('')
  })

  it.each<[string, { [key: string]: JsonValue | undefined }, RegExp]>([
    ['no messages', { messages: [] }, /minimum length 1/],
    ['an unknown parameter', { max_output_tokens: 5 }, /Unknown parameter: 'max_output_tokens'/],
    ['max_tokens', { max_tokens: 5 }, /Use 'max_completion_tokens' instead/],
    ['a temperature', { temperature: 0.3 }, /Unsupported parameter: 'temperature'/],
    ['stream options without a stream', { stream: false }, /only allowed when 'stream'/],
    ['an empty tool list', { tools: [] }, /empty array/],
    ['a choice without tools', { tools: undefined, tool_choice: 'auto' }, /only allowed when 'tools'/],
    [
      'parallel calls without tools',
      { tools: undefined, parallel_tool_calls: true },
      /only allowed when 'tools'/,
    ],
    [
      'a choice that is not there',
      { tool_choice: { type: 'function', function: { name: 'jump' } } },
      /'jump' not found/,
    ],
    ['a flat tool', { tools: [{ type: 'function', name: 'run' }] }, /tools\[0\]\.name/],
    [
      'a schema without properties',
      { tools: [{ type: 'function', function: { name: 'run', parameters: { type: 'object' } } }] },
      /missing properties/,
    ],
    [
      'a name with a dot',
      { tools: [{ type: 'function', function: { name: 'a.b' } }] },
      /tools\[0\]\.function\.name/,
    ],
    [
      'json_object without the word',
      { response_format: { type: 'json_object' } },
      /must contain the word 'json'/,
    ],
  ])('refuses %s', (_, change, message) => {
    expect(refusals(change)).toMatch(message)
  })

  it.each<[string, JsonObject[], RegExp]>([
    ['an unknown role', [{ role: 'model', content: 'x' }], /Invalid value: 'model'/],
    ['content that is null without calls', [user, { role: 'assistant', content: null }], /got null/],
    ['an empty content list', [{ role: 'user', content: [] }], /empty array/],
    [
      'an empty list of calls',
      [user, { role: 'assistant', content: 'x', tool_calls: [] }],
      /minimum length 1/,
    ],
    [
      'an image of a tool',
      [user, asked, { ...answered, content: [{ type: 'image_url', image_url: { url: 'https://x' } }] }],
      /Supported values are: text/,
    ],
    [
      'a part of another protocol',
      [{ role: 'user', content: [{ type: 'input_text', text: 'x' }] }],
      /'input_text'/,
    ],
    [
      'a cache mark',
      [{ role: 'user', content: [{ type: 'text', text: 'x', cache_control: {} }] }],
      /content\[0\]\.cache_control/,
    ],
    ['a call without result', [user, asked, user], /did not have response messages: call_1/],
    ['a call without result at the end', [user, asked], /did not have response messages/],
    ['a result without call', [user, answered], /must be a response to a preceeding message/],
    ['a result that stands behind other words', [user, asked, user, answered], /preceeding message/],
    [
      'an id of 41 characters',
      [
        user,
        { ...asked, tool_calls: [{ ...call, id: 'x'.repeat(41) }] },
        { ...answered, tool_call_id: 'x'.repeat(41) },
      ],
      /maximum length 40/,
    ],
    [
      'arguments as an object',
      [user, { ...asked, tool_calls: [{ ...call, function: { name: 'run', arguments: {} } }] }, answered],
      /expected a string/,
    ],
    [
      'reasoning text',
      [user, { role: 'assistant', content: 'x', reasoning_content: 'y' }],
      /'reasoning_content' was unexpected/,
    ],
  ])('refuses %s', (_, messages, message) => {
    expect(refusals({ messages })).toMatch(message)
  })

  it('in the DeepSeek flavour wants the reasoning of every answer back', () => {
    expect(refusals({}, DEEPSEEK_FLAVOUR)).toMatch(/must be passed back to the API/)
    expect(
      refusals({ messages: [user, { ...asked, reasoning_content: 'why' }, answered] }, DEEPSEEK_FLAVOUR),
    ).toBe('')
    expect(refusals({ thinking: { type: 'disabled' } }, DEEPSEEK_FLAVOUR)).toBe('')
  })

  it.each<[string, { [key: string]: JsonValue | undefined }, RegExp]>([
    ['the developer role', { messages: [{ role: 'developer', content: 'x' }] }, /Invalid value: 'developer'/],
    [
      'a JSON schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
      /unavailable now/,
    ],
    ['a forced tool', { tool_choice: 'required' }, /does not support this tool_choice/],
    ['a medium effort', { reasoning_effort: 'medium' }, /Supported values are: low, high, max/],
    ['max_completion_tokens', { max_completion_tokens: 5 }, /Use 'max_tokens' instead/],
  ])('in the DeepSeek flavour refuses %s', (_, change, message) => {
    expect(refusals(change, DEEPSEEK_FLAVOUR)).toMatch(message)
  })

  it('in the plain flavour refuses strict tools', () => {
    const strict = { type: 'function', function: { ...tool.function, strict: false } }
    expect(refusals({ tools: [strict] }, PLAIN_FLAVOUR)).toMatch(/function\.strict/)
  })
})
