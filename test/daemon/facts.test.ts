import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/base/json.js'
import { continuesToolLoop, factsOf } from '../../src/daemon/facts.js'
import { glanceAt } from '../../src/daemon/glance.js'
import { identify } from '../../src/daemon/identify.js'
import { roughTokens } from '../../src/daemon/measure.js'
import { estimateTokens } from '../../src/tokens/estimate.js'

const SETTINGS = {
  traceHeader: 'AH-Trace-Id',
  threadHeader: 'AH-Thread-Id',
  extraTraceHeaders: [],
  extraTraceBodyFields: [],
  claudeCode: true,
  codex: true,
}
const CLAUDE = { 'user-agent': 'claude-cli/2.1.328 (external, cli)' }
const CODEX = { 'user-agent': 'codex_exec/0.169.0 (Debian 12; x86_64)' }

function facts(headers: Record<string, string>, body: JsonObject, blanks?: number) {
  const glance = glanceAt(Buffer.from(JSON.stringify({ model: 'm', ...body }, null, blanks)))
  return factsOf({ glance, identity: identify(headers, glance, SETTINGS, () => 'new') })
}

const TOOLS: JsonValue = [{ name: 'Read', input_schema: { type: 'object', properties: {} } }]
const PIXELS = 'iVBORw0KGgo'.repeat(40_000)

describe('the facts of a request', () => {
  it.each<[name: string, body: JsonObject, thinking: boolean]>([
    ['nothing said', {}, false],
    ['adaptive', { thinking: { type: 'adaptive' } }, true],
    ['a budget', { thinking: { type: 'enabled', budget_tokens: 5000 } }, true],
    ['between tools', { thinking: { type: 'between_tools' } }, true],
    ['disabled', { thinking: { type: 'disabled' } }, false],
    ['an effort', { reasoning: { effort: 'low' } }, true],
    ['the effort none', { reasoning: { effort: 'none' } }, false],
    ["the model's own effort", { reasoning: { summary: 'auto' } }, true],
    ['reasoning off', { reasoning: { enabled: false } }, false],
    ['null', { reasoning: null, thinking: null }, false],
    ['a chat effort', { reasoning_effort: 'high' }, true],
    ['the chat effort none', { reasoning_effort: 'none' }, false],
    ['a switch', { enable_thinking: true }, true],
  ])('tell of thinking: %s', (_, body, thinking) => {
    expect(facts({}, body).thinking).toBe(thinking)
  })

  it.each<[name: string, body: JsonObject, images: boolean]>([
    ['words', { messages: [{ role: 'user', content: 'an image' }] }, false],
    [
      'an Anthropic image in a tool result',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'tool_result', content: [{ type: 'image', source: { data: 'x' } }] }],
          },
        ],
      },
      true,
    ],
    [
      'a Responses image',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x' }] }] },
      true,
    ],
    [
      'a chat image early in the conversation',
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] },
          { role: 'assistant', content: 'seen' },
        ],
      },
      true,
    ],
    ['words that look like one', { messages: [{ role: 'user', content: '{"type":"image"}' }] }, false],
    ['a value under another key', { messages: [{ role: 'user', content: [{ kind: 'image' }] }] }, false],
    ['a tool that draws', { tools: [{ type: 'image' }] }, false],
  ])('tell of images: %s', (_, body, images) => {
    expect(facts({}, body).hasImages).toBe(images)
    expect(facts({}, body, 2).hasImages).toBe(images)
  })

  it.each<[name: string, body: JsonObject, search: boolean]>([
    ['a function of that name', { tools: [{ type: 'function', name: 'web_search' }] }, false],
    ["Anthropic's", { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, true],
    ["OpenAI's", { tools: [{ type: 'function', name: 'x' }, { type: 'web_search' }] }, true],
    ['chat options', { web_search_options: {} }, true],
    ['none', { tools: [] }, false],
  ])('tell of the search of the web: %s', (_, body, search) => {
    expect(facts({}, body).webSearch).toBe(search)
  })

  it.each<[name: string, headers: Record<string, string>, body: JsonObject, background: boolean]>([
    ['a turn of Claude Code', CLAUDE, { stream: true, tools: TOOLS }, false],
    ['a turn of Claude Code that is asked again whole', CLAUDE, { tools: TOOLS }, false],
    [
      'its title',
      CLAUDE,
      { stream: true, tools: [], output_config: { format: { type: 'json_schema', schema: {} } } },
      true,
    ],
    ['its safety check', CLAUDE, { max_tokens: 64, stop_sequences: ['</severity>'] }, true],
    ['the second safety check', CLAUDE, { max_tokens: 8192 }, true],
    ['its small model', CLAUDE, { model: 'claude-haiku-5-5', stream: true, tools: TOOLS }, true],
    ['a turn without tools of another agent', {}, { messages: [] }, false],
    ['a Haiku of another agent', {}, { model: 'claude-haiku-5-5' }, false],
    ['a turn of Codex', CODEX, { stream: true }, false],
    [
      'a title of Codex',
      { ...CODEX, 'x-codex-turn-metadata': '{"thread_source":"thread_title"}' },
      { stream: true },
      true,
    ],
    [
      'a compaction of Codex',
      { ...CODEX, 'x-codex-turn-metadata': '{"request_kind":"compaction"}' },
      { stream: true, tools: [] },
      false,
    ],
  ])('tell of side calls: %s', (_, headers, body, background) => {
    expect(facts(headers, body).background).toBe(background)
  })

  it('tell of subagents by the header of each agent', () => {
    expect(facts({ ...CLAUDE, 'x-claude-code-agent-id': 'a1' }, {}).subagent).toBe(true)
    expect(facts(CLAUDE, {}).subagent).toBe(false)
    const child = { ...CODEX, 'thread-id': 't2', 'x-codex-parent-thread-id': 't1' }
    expect(facts(child, {}).subagent).toBe(true)
    expect(facts({ ...CODEX, 'thread-id': 't1' }, {}).subagent).toBe(false)
  })
})

describe('the estimate of the input', () => {
  const source = readFileSync(join(import.meta.dirname, '../../src/daemon/exchange.ts'), 'utf8')
  const conversation = (image: string, signature: string): JsonObject => ({
    max_tokens: 10,
    system: 'You work on code.',
    tools: TOOLS,
    messages: [
      { role: 'user', content: source },
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: source.repeat(3) },
          ...(image === ''
            ? []
            : [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } }]),
        ],
      },
    ],
  })

  it('lies within a fifth of the count where the words are code', () => {
    const body = { model: 'm', ...conversation('', 's') }
    const counted = estimateTokens(Buffer.from(JSON.stringify(body)), 'anthropic-messages')
    const estimated = facts({}, body).inputTokens ?? 0
    expect(Math.abs(estimated / counted - 1)).toBeLessThan(0.2)
  })

  it('counts an image as an image, and sealed thoughts not at all', () => {
    const plain = facts({}, conversation('', 's')).inputTokens ?? 0
    const sealed = facts({}, conversation('', 'c2ln'.repeat(50_000))).inputTokens ?? 0
    const seen = facts({}, conversation(PIXELS, 's')).inputTokens ?? 0
    expect(Math.abs(sealed - plain)).toBeLessThan(10)
    expect(seen - plain).toBeGreaterThan(1400)
    expect(seen - plain).toBeLessThan(1600)
  })

  it.each<[name: string, input: JsonValue]>([
    ['a data URL of chat', { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXELS}` } }],
    ['a data URL of Responses', { type: 'input_image', image_url: `data:image/png;base64,${PIXELS}` }],
  ])('knows %s', (_, part) => {
    const tokens = facts({}, { input: [{ role: 'user', content: [part] }] }).inputTokens ?? 0
    expect(tokens).toBeGreaterThan(1400)
    expect(tokens).toBeLessThan(1700)
  })

  it('counts text under the key of data', () => {
    const words = Buffer.from(JSON.stringify([{ data: 'some words, more words; '.repeat(1000) }]))
    expect(roughTokens([words])).toBeGreaterThan(4000)
  })
})

describe('a tool loop', () => {
  const continues = (body: JsonObject) =>
    continuesToolLoop(glanceAt(Buffer.from(JSON.stringify({ model: 'm', ...body }))))
  const result = { type: 'tool_result', tool_use_id: 't', content: 'x' }
  const asked = { role: 'user', content: [{ type: 'text', text: 'go' }] }

  it.each<[name: string, body: JsonObject, inside: boolean]>([
    ['a question', { messages: [asked] }, false],
    ['a question after results', { messages: [{ role: 'user', content: [result] }, asked] }, false],
    ['a result', { messages: [asked, { role: 'user', content: [result] }] }, true],
    [
      'a result and words of the user',
      { messages: [{ role: 'user', content: [result, { type: 'text', text: 'and this' }] }] },
      true,
    ],
    [
      'a call that the person stopped',
      {
        messages: [
          {
            role: 'user',
            content: [
              result,
              { type: 'text', text: '[Request interrupted by user for tool use]' },
              { type: 'text', text: 'do that instead' },
            ],
          },
        ],
      },
      false,
    ],
    [
      'a system message behind a result',
      {
        messages: [
          { role: 'user', content: [result] },
          { role: 'system', content: [] },
        ],
      },
      true,
    ],
    ['a system message behind a question', { messages: [asked, { role: 'system', content: 'x' }] }, false],
    ['an answer to be continued', { messages: [{ role: 'assistant', content: [result] }] }, false],
    ['a chat result', { messages: [asked, { role: 'tool', tool_call_id: 't', content: 'x' }] }, true],
    ['a chat question', { messages: [{ role: 'user', content: 'x' }] }, false],
    ['a Codex result', { input: [asked, { type: 'function_call_output', call_id: 'c', output: 'x' }] }, true],
    ['a Codex patch', { input: [{ type: 'custom_tool_call_output', call_id: 'c', output: 'x' }] }, true],
    ['a tool search', { input: [{ type: 'tool_search_output', call_id: 'c' }] }, true],
    [
      'a developer message behind a result',
      {
        input: [
          { type: 'function_call_output', call_id: 'c', output: 'x' },
          { type: 'message', role: 'developer', content: [] },
        ],
      },
      true,
    ],
    ['plain text', { input: 'hello' }, false],
    ['nothing', {}, false],
  ])('%s: %s', (_, body, inside) => {
    expect(continues(body)).toBe(inside)
  })
})
