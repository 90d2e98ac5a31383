// The scripted Responses provider refuses what the real one refuses, in its words.

import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/base/json.js'
import { validateResponses } from '../support/upstream/openai-responses/validate.js'
import { sealer } from '../support/upstream/seal.js'

const maker = sealer('one')
const user = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] }
const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi' }] }
const call = { type: 'function_call', call_id: 'call_1', name: 'run', arguments: '{}' }
const output = { type: 'function_call_output', call_id: 'call_1', output: 'ok' }
const custom = { type: 'custom_tool_call', call_id: 'call_2', name: 'apply_patch', input: 'x' }
const customOutput = { type: 'custom_tool_call_output', call_id: 'call_2', output: 'ok' }
const reasoning = {
  type: 'reasoning',
  id: 'rs_1',
  summary: [],
  encrypted_content: maker.seal('rs_1\nwhy', 'base64url'),
}
const tool = { type: 'function', name: 'run', parameters: { type: 'object', properties: {} } }

const valid: JsonObject = {
  model: 'gpt-6.1-sol',
  stream: true,
  store: false,
  include: ['reasoning.encrypted_content'],
  input: [user, reasoning, call, output, custom, customOutput, said],
  tools: [
    tool,
    { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
  ],
}

function refusals(change: { [key: string]: JsonValue | undefined }): string {
  const body: JsonObject = {}
  for (const [key, value] of Object.entries({ ...valid, ...change }))
    if (value !== undefined) body[key] = value
  return validateResponses(body, { authorization: 'Bearer sk-x' }, maker).join('\n')
}

describe('the Responses validator', () => {
  it('accepts calls with their outputs and sealed reasoning', () => {
    expect(refusals({})).toBe('')
  })

  it.each<[string, { [key: string]: JsonValue | undefined }, RegExp]>([
    ['no model', { model: undefined }, /Missing required parameter: 'model'/],
    ['no input', { input: undefined }, /Missing required parameter: 'input'/],
    ['an unknown parameter', { max_tokens: 5 }, /Unknown parameter: 'max_tokens'/],
    ['messages of the chat protocol', { messages: [] }, /Unknown parameter: 'messages'/],
    ['a temperature', { temperature: 0.2 }, /Unsupported parameter: 'temperature'/],
    ['too few output tokens', { max_output_tokens: 5 }, /Expected a value >= 16/],
    ['an unknown effort', { reasoning: { effort: 'ultra' } }, /Invalid value: "ultra"/],
    ['an unknown include', { include: ['all'] }, /Invalid value: "all"/],
    ['stream options without a stream', { stream: false, stream_options: {} }, /only allowed when 'stream'/],
    [
      'a chat format',
      { text: { format: { type: 'json_schema', json_schema: {} } } },
      /text\.format\.json_schema/,
    ],
    [
      'a strict schema that is open',
      {
        text: {
          format: {
            type: 'json_schema',
            name: 'x',
            strict: true,
            schema: { type: 'object', properties: { a: {} } },
          },
        },
      },
      /'additionalProperties' is required[\s\S]*missing 'a'/,
    ],
    ['a chat tool', { tools: [{ type: 'function', function: { name: 'run' } }] }, /tools\[0\]\.function/],
    [
      'a schema without properties',
      { tools: [{ ...tool, parameters: { type: 'object' } }] },
      /missing properties/,
    ],
    ['a long tool name', { tools: [{ ...tool, name: 'x'.repeat(65) }] }, /tools\[0\]\.name/],
    ['a choice that is not there', { tool_choice: { type: 'function', name: 'jump' } }, /'jump' not found/],
    [
      '129 tools',
      { tools: Array.from({ length: 129 }, (_, at) => ({ ...tool, name: `t${at}` })) },
      /maximum length 128/,
    ],
  ])('refuses %s', (_, change, message) => {
    expect(refusals(change)).toMatch(message)
  })

  it.each<[string, JsonObject[], RegExp]>([
    ['an unknown item', [{ type: 'tool_result' }], /Invalid value: 'tool_result'/],
    ['an unknown field', [{ ...user, cache_control: {} }], /Unknown parameter: 'input\[0\]\.cache_control'/],
    ['a part of the wrong role', [{ ...user, content: said.content }], /Invalid value: 'output_text'/],
    ['a call without output', [user, call], /No tool output found for function call call_1/],
    [
      'an output without call',
      [user, output],
      /No tool call found for function call output with call_id call_1/,
    ],
    [
      'an output of the other kind',
      [user, call, { ...customOutput, call_id: 'call_1' }],
      /No tool output found/,
    ],
    ['an output before its call', [user, output, call], /stands before its call/],
    ['arguments as an object', [user, { ...call, arguments: {} }, output], /input\[1\]\.arguments/],
    [
      'a call id of 65 characters',
      [user, { ...call, call_id: 'x'.repeat(65) }, { ...output, call_id: 'x'.repeat(65) }],
      /maximum length 64, but got a string with length 65/,
    ],
    [
      'an id of another vendor',
      [user, { ...call, id: 'toolu_1' }, output],
      /Expected an ID that begins with 'fc'/,
    ],
    ['reasoning without its partner', [user, reasoning, user], /without its required following item/],
    ['reasoning at the end', [user, reasoning], /without its required following item/],
    [
      'unsealed reasoning that was not stored',
      [user, { ...reasoning, encrypted_content: null }, said],
      /not persisted/,
    ],
    [
      'reasoning of another maker',
      [user, { ...reasoning, encrypted_content: sealer('two').seal('rs_1\nwhy', 'base64url') }, said],
      /could not be decrypted/,
    ],
    [
      'sealed reasoning under another id',
      [user, { ...reasoning, id: 'rs_2' }, said],
      /did not match the target item id/,
    ],
    [
      'an image without a URL',
      [{ ...user, content: [{ type: 'input_image', image_url: 'x' }] }],
      /Expected a valid URL/,
    ],
  ])('refuses %s', (_, input, message) => {
    expect(refusals({ input })).toMatch(message)
  })

  it('takes an output of text and images', () => {
    const parts = [
      { type: 'input_text', text: 'x' },
      { type: 'input_image', image_url: 'data:image/png;base64,AA==' },
    ]
    expect(refusals({ input: [user, call, { ...output, output: parts }] })).toBe('')
  })

  it('wants a bearer key', () => {
    expect(validateResponses(valid, {}, maker).join('\n')).toMatch(/didn't provide an API key/)
  })
})
