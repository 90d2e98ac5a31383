// What is refused of an agent's request, and how the refusal names it.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import { codexBody, decode } from './support.js'

describe('a refusal', () => {
  const wrong: [JsonObject, string][] = [
    [{ model: 7 }, 'model'],
    [{ input: 7 }, 'input'],
    [{ input: [7] }, 'input[0]'],
    [{ input: [{ type: 'message', role: 'wizard', content: [] }] }, 'input[0].role'],
    [{ input: [{ type: 'message', role: 'user', content: 7 }] }, 'input[0].content'],
    [{ input: [{ type: 'message', role: 'user', content: ['x'] }] }, 'input[0].content[0]'],
    [{ input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }, 'input[0].call_id'],
    [{ input: [{ type: 'function_call_output', output: 'x' }] }, 'input[0].call_id'],
    [{ input: [{ type: 'additional_tools', tools: 'x' }] }, 'input[0].tools'],
    [{ tools: {} }, 'tools'],
    [{ tools: [1] }, 'tools[0]'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ tool_choice: 1 }, 'tool_choice'],
    [{ stream: 'yes' }, 'stream'],
    [{ reasoning: 'high' }, 'reasoning'],
    [{ text: { format: { type: 'xml' } } }, 'text.format.type'],
    [{ max_output_tokens: '5' }, 'max_output_tokens'],
  ]
  it.each(wrong)('names what is wrong in %j', (over, param) => {
    expect(() => decode(codexBody(over))).toThrow(
      expect.objectContaining({ code: 'invalid-request', detail: expect.objectContaining({ param }) }),
    )
  })

  it.each(['previous_response_id', 'conversation', 'prompt'])(
    'says that %s cannot be followed elsewhere',
    (param) => {
      expect(() => decode(codexBody({ [param]: 'x' }))).toThrow(
        expect.objectContaining({
          code: 'unsupported',
          detail: expect.objectContaining({ param, hint: expect.stringContaining('input') }),
        }),
      )
    },
  )
})
