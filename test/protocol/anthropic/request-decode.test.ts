import { describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import type { JsonObject } from '../../../src/base/json.js'
import { isBillingText } from '../../../src/protocol/ir/billing.js'
import { sealEnvelope } from '../../../src/protocol/ir/seal.js'
import { decode, PROTOCOL } from './support.js'

const user = (content: JsonObject['x']): JsonObject => ({ role: 'user', content: content ?? null })
const request = (over: JsonObject): JsonObject => ({ model: 'm', messages: [user('hi')], ...over })
const blocks = (...content: JsonObject[]) => decode(request({ messages: [user(content)] })).turns

describe('decoding the system prompt and messages', () => {
  it('reads a system string and system blocks as one leading turn', () => {
    expect(decode(request({ system: 'Be brief.' })).turns[0]).toEqual({
      role: 'system',
      parts: [{ type: 'text', text: 'Be brief.' }],
    })
    const [turn] = decode(
      request({
        system: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=1;' },
          { type: 'text', text: 'Main.', cache_control: { type: 'ephemeral', ttl: '1h' } },
        ],
      }),
    ).turns
    expect(turn?.parts).toEqual([
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=1;' },
      { type: 'text', text: 'Main.', cache: { ttl: '1h' } },
    ])
    expect(turn?.parts.map((part) => part.type === 'text' && isBillingText(part.text))).toEqual([true, false])
  })

  it('keeps system messages where they stand, also last and without words', () => {
    const { turns } = decode(
      request({
        messages: [
          user('hi'),
          { role: 'system', content: 'Agents: none' },
          { role: 'assistant', content: 'ok' },
          user('more'),
          { role: 'system', content: [], output_config: { effort: 'low' } },
        ],
      }),
    )
    expect(turns.map((turn) => turn.role)).toEqual(['user', 'system', 'assistant', 'user', 'system'])
    expect(turns[4]).toEqual({
      role: 'system',
      parts: [],
      carry: { protocol: PROTOCOL, fields: { output_config: { effort: 'low' } } },
    })
  })

  it('splits a user message with results and text into a tool turn and a user turn', () => {
    const turns = blocks(
      { type: 'tool_result', tool_use_id: 'b', content: 'B' },
      { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'A' }], is_error: true },
      { type: 'text', text: 'and now?' },
    )
    expect(turns).toEqual([
      {
        role: 'tool',
        parts: [
          { type: 'tool-result', callId: 'b', kind: 'function', content: [{ type: 'text', text: 'B' }] },
          {
            type: 'tool-result',
            callId: 'a',
            kind: 'function',
            content: [{ type: 'text', text: 'A' }],
            isError: true,
          },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'and now?' }] },
    ])
  })

  it('reads images and documents with each source that the IR knows', () => {
    const [turn] = blocks(
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      {
        type: 'document',
        title: 'Spec',
        context: 'v2',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
      },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain' } },
    )
    expect(turn?.parts).toEqual([
      { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      { type: 'media', kind: 'image', source: { type: 'url', url: 'https://x/y.png' } },
      { type: 'media', kind: 'image', source: { type: 'file', protocol: PROTOCOL, id: 'file_1' } },
      {
        type: 'media',
        kind: 'document',
        name: 'Spec',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
        context: 'v2',
      },
      { type: 'media', kind: 'document', source: { type: 'text', text: 'plain' } },
    ])
  })

  it.each<[string, JsonObject, string | undefined]>([
    [
      'a document made of blocks',
      { type: 'document', source: { type: 'content', content: 'Words' } },
      'Words',
    ],
    [
      'a search result',
      { type: 'search_result', title: 'T', source: 's', content: [{ type: 'text', text: 'W' }] },
      'T\ns\nW',
    ],
    [
      'a server tool use',
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
      'web_search({"query":"q"})',
    ],
    [
      'web search results without their ciphertext',
      {
        type: 'web_search_tool_result',
        tool_use_id: 's',
        content: [{ type: 'web_search_result', title: 'T', url: 'https://u', encrypted_content: 'XXXX' }],
      },
      'T — https://u',
    ],
    [
      'a failed search',
      {
        type: 'web_search_tool_result',
        tool_use_id: 's',
        content: { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' },
      },
      'error: max_uses_exceeded',
    ],
    [
      'output of run code',
      {
        type: 'bash_code_execution_tool_result',
        content: {
          type: 'bash_code_execution_result',
          stdout: 'out',
          stderr: 'err',
          return_code: 0,
          content: [],
        },
      },
      'out\nerr',
    ],
    ['an MCP result', { type: 'mcp_tool_result', content: [{ type: 'text', text: 'echo' }] }, 'echo'],
    ['a compaction', { type: 'compaction', content: 'Summary' }, 'Summary'],
    ['an upload', { type: 'container_upload', file_id: 'f' }, undefined],
    ['an unknown block', { type: 'hologram', pixels: 3 }, undefined],
    [
      'a tool that is added later',
      { type: 'tool_addition', tool: { type: 'tool_reference', name: 'X' } },
      undefined,
    ],
  ])('keeps %s whole, with its words', (_, block, fallback) => {
    const [part] = blocks(block)[0]?.parts ?? []
    expect(part).toMatchObject({ type: 'opaque', protocol: PROTOCOL, value: block })
    expect(part?.type === 'opaque' ? part.fallback : 'none').toBe(fallback)
  })

  it('reads the parts of a tool result, references in words', () => {
    const [turn] = blocks({
      type: 'tool_result',
      tool_use_id: 't',
      content: [
        { type: 'tool_reference', tool_name: 'CronCreate' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
        { type: 'text', text: 'Tool loaded.' },
      ],
    })
    const [result] = turn?.parts ?? []
    expect(result?.type === 'tool-result' && result.content.map((part) => part.type)).toEqual([
      'opaque',
      'media',
      'text',
    ])
    expect(result?.type === 'tool-result' && result.content[0]).toMatchObject({
      fallback: 'Tool loaded: CronCreate',
    })
  })
})

describe('decoding thinking blocks of the history', () => {
  const assistant = (...content: JsonObject[]) =>
    decode(request({ messages: [user('hi'), { role: 'assistant', content }] })).turns[1]?.parts

  it('seals a raw signature as made by an unknown Anthropic upstream', () => {
    expect(assistant({ type: 'thinking', thinking: 'hm', signature: 'SIG' })).toEqual([
      {
        type: 'reasoning',
        text: 'hm',
        visibility: 'summary',
        seal: { maker: PROTOCOL, footprint: '', data: 'SIG' },
      },
    ])
    expect(assistant({ type: 'thinking', thinking: '', signature: 'SIG' })).toMatchObject([
      { text: '', seal: { data: 'SIG' } },
    ])
  })

  it('opens an envelope of ours in a signature and in redacted data', () => {
    const seal = { maker: 'openai-responses', footprint: 'c', data: 'ENC', id: 'rs_1' } as const
    expect(assistant({ type: 'thinking', thinking: 'hm', signature: sealEnvelope(seal) })).toMatchObject([
      { text: 'hm', seal },
    ])
    expect(assistant({ type: 'redacted_thinking', data: sealEnvelope(seal, 'hidden') })).toMatchObject([
      { text: 'hidden', seal },
    ])
  })

  it('reads redacted thinking and thinking without a signature', () => {
    expect(
      assistant(
        { type: 'redacted_thinking', data: 'RED' },
        { type: 'thinking', thinking: 'x', signature: '' },
      ),
    ).toEqual([
      {
        type: 'reasoning',
        text: '',
        visibility: 'summary',
        seal: { maker: PROTOCOL, footprint: '', data: 'RED', redacted: true },
      },
      { type: 'reasoning', text: 'x', visibility: 'summary' },
    ])
  })
})

describe('decoding tools, choice and settings', () => {
  it('reads function tools, server tools and the placeholder of tool search', () => {
    const schema = { type: 'object', properties: {} }
    const placeholder = { name: 'DeferredToolPlaceholder', input_schema: schema, defer_loading: true }
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 8, allowed_domains: ['a.b'] }
    const code = { type: 'code_execution_20250825', name: 'code_execution' }
    const { tools } = decode(
      request({
        tools: [
          {
            name: 'Bash',
            description: 'run',
            input_schema: schema,
            strict: true,
            cache_control: { type: 'ephemeral' },
          },
          { type: 'custom', name: 'Later', input_schema: schema, defer_loading: true },
          search,
          code,
          placeholder,
        ],
      }),
    )
    expect(tools).toEqual([
      { type: 'function', name: 'Bash', description: 'run', schema, strict: true, cache: { ttl: '5m' } },
      {
        type: 'function',
        name: 'Later',
        schema,
        carry: { protocol: PROTOCOL, fields: { defer_loading: true } },
      },
      {
        type: 'server',
        name: 'web_search',
        search: { maxUses: 8, allowedDomains: ['a.b'] },
        carry: { protocol: PROTOCOL, fields: search },
      },
      { type: 'server', name: 'other', carry: { protocol: PROTOCOL, fields: code } },
      { type: 'server', name: 'other', carry: { protocol: PROTOCOL, fields: placeholder } },
    ])
  })

  it.each<[JsonObject, object]>([
    [{ type: 'auto' }, { toolChoice: { type: 'auto' } }],
    [{ type: 'any' }, { toolChoice: { type: 'required' } }],
    [{ type: 'none' }, { toolChoice: { type: 'none' } }],
    [{ type: 'tool', name: 'X' }, { toolChoice: { type: 'tool', name: 'X' } }],
    [
      { type: 'auto', disable_parallel_tool_use: true },
      { toolChoice: { type: 'auto' }, parallelToolCalls: false },
    ],
    [
      { type: 'any', disable_parallel_tool_use: false },
      { toolChoice: { type: 'required' }, parallelToolCalls: true },
    ],
  ])('reads the tool choice %j', (choice, expected) => {
    expect(decode(request({ tool_choice: choice }))).toMatchObject(expected)
  })

  it.each<[JsonObject, object | undefined]>([
    [{}, undefined],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      { mode: 'adaptive', effort: 'high' },
    ],
    [{ thinking: { type: 'enabled', budget_tokens: 31999 } }, { mode: 'on', budgetTokens: 31999 }],
    [
      { thinking: { type: 'disabled' }, output_config: { effort: 'high' } },
      { mode: 'off', effort: 'high' },
    ],
    [{ output_config: { effort: 'max' } }, { mode: 'on', effort: 'max' }],
    [
      {
        output_config: { effort: 'medium' },
        messages: [user('a'), { role: 'system', content: [], output_config: { effort: 'low' } }],
      },
      { mode: 'on', effort: 'low' },
    ],
  ])('reads thinking and effort of %j', (over, reasoning) => {
    expect(decode(request(over)).reasoning).toEqual(reasoning)
  })

  it('reads sampling, format and session, and carries the rest', () => {
    const schema = { type: 'object', properties: {} }
    const decoded = decode(
      request({
        stream: true,
        max_tokens: 9,
        temperature: 0.5,
        top_p: 0.9,
        top_k: 3,
        stop_sequences: ['</x>'],
        output_config: { format: { type: 'json_schema', schema } },
        thinking: { type: 'adaptive', display: 'omitted' },
        metadata: { user_id: '{"device_id":"d","session_id":"3f2b8c1e-0000-4000-8000-000000000000"}' },
        context_management: { edits: [] },
        safeguards: [{ type: 'x' }],
      }),
    )
    expect(decoded).toMatchObject({
      stream: true,
      sampling: { maxOutputTokens: 9, temperature: 0.5, topP: 0.9, topK: 3, stop: ['</x>'] },
      format: { type: 'json-schema', schema },
      cacheKey: '3f2b8c1e-0000-4000-8000-000000000000',
    })
    expect(Object.keys(decoded.carry?.fields ?? {}).sort()).toEqual([
      'context_management',
      'metadata',
      'safeguards',
      'thinking.display',
    ])
    expect(decoded.carry?.fields['thinking.display']).toBe('omitted')
    const old = decode(request({ output_format: { type: 'json_schema', schema } }))
    expect(old.format).toMatchObject({ type: 'json-schema', schema })
    const user_id = 'user_ab_account__session_3f2b8c1e-0000-4000-8000-000000000000'
    expect(decode(request({ metadata: { user_id } })).cacheKey).toBe('3f2b8c1e-0000-4000-8000-000000000000')
  })
})

describe('refusing wrong types', () => {
  it.each<[string, JsonObject]>([
    ['model', { messages: [] }],
    ['messages', { model: 'm', messages: {} }],
    ['messages[0]', { model: 'm', messages: ['x'] }],
    ['messages[0].role', { model: 'm', messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].content', { model: 'm', messages: [{ role: 'user', content: 4 }] }],
    ['messages[0].content[0].text', { model: 'm', messages: [user([{ type: 'text' }])] }],
    ['messages[0].content[0].tool_use_id', { model: 'm', messages: [user([{ type: 'tool_result' }])] }],
    ['system', request({ system: 7 })],
    ['tools', request({ tools: {} })],
    ['tools[0].input_schema', request({ tools: [{ name: 'x' }] })],
    ['tool_choice', request({ tool_choice: 'auto' })],
    ['max_tokens', request({ max_tokens: '9' })],
    ['stream', request({ stream: 'yes' })],
    ['stop_sequences[0]', request({ stop_sequences: [1] })],
    ['thinking', request({ thinking: true })],
  ])('names %s', (param, body) => {
    expect(() => decode(body)).toThrow(HubError)
    expect(() => decode(body)).toThrow(
      expect.objectContaining({ code: 'invalid-request', detail: { param } }),
    )
  })
})
