// The scripted Anthropic provider refuses what the real one refuses, in its words.

import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/base/json.js'
import { validateAnthropic } from '../support/upstream/anthropic/validate-request.js'
import { sealer } from '../support/upstream/seal.js'

const maker = sealer('one')
const signature = maker.seal('why', 'base64')
const tool = { name: 'Bash', description: 'run', input_schema: { type: 'object', properties: {} } }
const use = { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} }
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' }
const user = (...content: JsonObject[]): JsonObject => ({ role: 'user', content })
const assistant = (...content: JsonObject[]): JsonObject => ({ role: 'assistant', content })
const hello = { type: 'text', text: 'hello' }

const valid: JsonObject = {
  model: 'claude-opus-5-5',
  max_tokens: 1000,
  messages: [user(hello), assistant({ type: 'thinking', thinking: 'why', signature }, use), user(result)],
  tools: [tool],
  thinking: { type: 'adaptive' },
}
const headers = {
  'x-api-key': 'sk-x',
  'anthropic-version': '2023-06-01',
  'content-type': 'application/json',
  'anthropic-beta': 'context-management-2025-06-27,per-turn-control-2026-07-01',
}

function refusals(
  change: { [key: string]: JsonValue | undefined },
  more: Record<string, string> = {},
): string {
  const body: JsonObject = {}
  for (const [key, value] of Object.entries({ ...valid, ...change }))
    if (value !== undefined) body[key] = value
  return validateAnthropic(body, { ...headers, ...more }, maker).join('\n')
}

function messages(...list: JsonObject[]): string {
  return refusals({ messages: list })
}

describe('the Anthropic validator', () => {
  it('accepts a tool loop with signed thinking', () => {
    expect(refusals({})).toBe('')
  })

  it.each<[string, { [key: string]: JsonValue | undefined }, RegExp]>([
    ['no model', { model: undefined }, /^model: Field required/],
    ['no max_tokens', { max_tokens: undefined }, /^max_tokens: Field required/],
    ['too many max_tokens', { max_tokens: 200_000 }, /200000 > 128000, which is the maximum allowed/],
    ['no messages', { messages: [] }, /at least one message is required/],
    ['an unknown field', { reasoning_effort: 'low' }, /^reasoning_effort: Extra inputs are not permitted/],
    ['safeguards without their beta', { safeguards: [] }, /^safeguards: Extra inputs/],
    [
      'a thinking budget on a model without it',
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      /not supported for this model/,
    ],
    [
      'adaptive thinking on an old model',
      { model: 'claude-haiku-4-5-20251001' },
      /adaptive thinking is not supported/,
    ],
    ['a temperature on a new model', { temperature: 0.5 }, /temperature` is deprecated/],
    ['an unknown effort', { output_config: { effort: 'none' } }, /output_config\.effort/],
    ['a forced tool while thinking', { tool_choice: { type: 'any' } }, /forces tool use/],
    ['a choice without tools', { tools: undefined, tool_choice: { type: 'auto' } }, /while providing tools/],
    ['an empty system block', { system: [{ type: 'text', text: '' }] }, /must be non-empty/],
    ['a tool name with a dot', { tools: [{ ...tool, name: 'a.b' }] }, /tools\.0\.custom\.name/],
    ['a schema that is no object', { tools: [{ ...tool, input_schema: {} }] }, /input_schema\.type/],
    [
      'a field of another protocol in a tool',
      { tools: [{ ...tool, parameters: {} }] },
      /custom\.parameters: Extra/,
    ],
    ['two tools of one name', { tools: [tool, tool] }, /names must be unique/],
    ['metadata of others', { metadata: { trace: 'x' } }, /metadata\.trace: Extra/],
    ['a blank stop sequence', { stop_sequences: [' '] }, /non-whitespace/],
  ])('refuses %s', (_, change, message) => {
    expect(refusals(change)).toMatch(message)
  })

  it.each<[string, JsonObject[], RegExp]>([
    [
      'a first message of the assistant',
      [assistant(hello), user(hello)],
      /first message must use the "user" role/,
    ],
    ['a last message of the assistant', [user(hello), assistant(hello)], /must end with a user message/],
    ['an unknown role', [{ role: 'tool', content: 'x' }, user(hello)], /messages\.0\.role/],
    ['an empty message', [user()], /non-empty content/],
    ['an empty text block', [user({ type: 'text', text: '' })], /text content blocks must be non-empty/],
    ['a blank text block', [user({ type: 'text', text: ' \n' })], /non-whitespace text/],
    ['an unknown block', [user({ type: 'input_text', text: 'x' })], /Input tag 'input_text'/],
    ['an unknown field in a block', [user({ ...hello, annotations: [] })], /text\.annotations: Extra inputs/],
    [
      'a use without its result',
      [user(hello), assistant(use), user(hello)],
      /without `tool_result` blocks immediately after: toolu_1/,
    ],
    ['a result without its use', [user(result)], /unexpected `tool_use_id`/],
    ['two results of one use', [user(hello), assistant(use), user(result, result)], /single result/],
    ['a result behind text', [user(hello), assistant(use), user(hello, result)], /must come first/],
    ['one id used twice', [user(hello), assistant(use, use), user(result)], /ids must be unique/],
    [
      'an id with a colon',
      [user(hello), assistant({ ...use, id: 'call:1' }), user({ ...result, tool_use_id: 'call:1' })],
      /should match pattern/,
    ],
    [
      'a system turn between a use and its result',
      [user(hello), assistant(use), { role: 'system', content: 'x' }, user(result)],
      /without `tool_result` blocks/,
    ],
    [
      'thinking that was changed',
      [user(hello), assistant({ type: 'thinking', thinking: 'other', signature }, hello), user(hello)],
      /Invalid `signature` in `thinking` block/,
    ],
    [
      'a signature of another maker',
      [
        user(hello),
        assistant(
          { type: 'thinking', thinking: 'why', signature: sealer('two').seal('why', 'base64') },
          hello,
        ),
        user(hello),
      ],
      /Invalid `signature`/,
    ],
    [
      'an empty signature',
      [user(hello), assistant({ type: 'thinking', thinking: 'why', signature: '' }, hello), user(hello)],
      /Invalid `signature`/,
    ],
    [
      'input that is text',
      [user(hello), assistant({ ...use, input: '{}' }), user(result)],
      /valid dictionary/,
    ],
    [
      'an output_config on a user turn',
      [{ ...user(hello), output_config: {} }],
      /messages\.0\.output_config: Extra/,
    ],
  ])('refuses %s', (_, list, message) => {
    expect(messages(...list)).toMatch(message)
  })

  it('joins neighbours of one role before it looks for results', () => {
    expect(messages(user(hello), assistant(use), user(result), user(hello))).toBe('')
  })

  it('takes system turns on new models only', () => {
    const list: JsonObject[] = [user(hello), { role: 'system', content: 'x' }]
    expect(messages(...list)).toBe('')
    expect(refusals({ model: 'claude-sonnet-4-5', thinking: undefined, messages: list })).toMatch(
      /role 'system'/,
    )
  })

  it('takes an empty system turn only for the effort that it sets', () => {
    const turn = { role: 'system', content: [], output_config: { effort: 'high' } }
    expect(messages(user(hello), turn)).toBe('')
    expect(refusals({ messages: [user(hello), turn] }, { 'anthropic-beta': '' })).toMatch(
      /output_config: Extra/,
    )
  })

  it('wants the last tool turn to begin with its thinking when a budget is set', () => {
    const list = [user(hello), assistant(use), user(result)]
    const thinking = { type: 'enabled', budget_tokens: 1024 }
    expect(refusals({ model: 'claude-sonnet-4-5', max_tokens: 2000, thinking, messages: list })).toMatch(
      /must start with a thinking block/,
    )
  })

  it('takes thinking whose text was omitted, with its signature', () => {
    expect(
      messages(user(hello), assistant({ type: 'thinking', thinking: '', signature }, hello), user(hello)),
    ).toBe('')
  })

  it('counts cache marks in system, tools and messages', () => {
    const mark = { cache_control: { type: 'ephemeral' } }
    const block = { ...hello, ...mark }
    expect(refusals({ system: [block, block], messages: [user(block, block)] })).toBe('')
    expect(refusals({ system: [block, block, block], messages: [user(block, block)] })).toMatch(
      /maximum of 4/,
    )
  })

  it('wants a key and a version in the headers', () => {
    expect(validateAnthropic(valid, { 'content-type': 'application/json' }, maker).join('\n')).toMatch(
      /x-api-key header is required[\s\S]*anthropic-version/,
    )
  })
})
