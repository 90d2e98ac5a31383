// What an agent sends → IR.
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../../src/base/json.js'
import { openaiResponses } from '../../../src/protocol/openai-responses/codec.js'
import { codexBody, decode, message, turnsOf } from './support.js'

describe('messages', () => {
  it('reads an input string as one user message', () => {
    expect(decode(codexBody({ input: 'hi' })).turns).toMatchObject([
      { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
    ])
  })

  it('puts instructions first, as a system turn', () => {
    const { turns } = decode(codexBody({ instructions: 'be kind' }))
    expect(turns[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'be kind' }] })
  })

  it('keeps developer messages apart and in their place', () => {
    const turns = turnsOf(
      message('developer', 'base'),
      message('developer', 'skills'),
      message('user', 'hi'),
      message('system', 'late'),
    )
    expect(turns.map((turn) => turn.role)).toEqual(['developer', 'developer', 'user', 'system'])
  })

  it('keeps ids, status, phase and internal fields of a message in its carry', () => {
    const fields = { id: 'msg_1', status: 'completed', phase: 'commentary', internal_x: { a: 1 } }
    const [user, assistant] = turnsOf(message('user', 'a', fields), message('assistant', 'b', fields))
    expect(user?.carry?.fields).toEqual(fields)
    expect(assistant?.parts[0]).toMatchObject({ text: 'b', carry: { fields } })
  })

  it('gathers what the model said in a row into one turn, and what tools answered into another', () => {
    const turns = turnsOf(
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'ENC' },
      message('assistant', 'I run it.'),
      { type: 'function_call', call_id: 'a', name: 'run', arguments: '{}' },
      { type: 'custom_tool_call', call_id: 'b', name: 'apply_patch', input: '*** Begin' },
      { type: 'function_call_output', call_id: 'b', output: 'second' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'first' },
      message('user', 'go on'),
    )
    expect(turns.map((turn) => [turn.role, turn.parts.map((part) => part.type)])).toEqual([
      ['assistant', ['reasoning', 'text', 'tool-call', 'tool-call']],
      ['tool', ['tool-result', 'tool-result']],
      ['user', ['text']],
    ])
  })

  const content: [string, JsonObject, JsonObject][] = [
    ['text', { type: 'input_text', text: 'x' }, { type: 'text', text: 'x' }],
    [
      'a picture by its data',
      { type: 'input_image', image_url: 'data:image/png;base64,QUJD', detail: 'original' },
      {
        type: 'media',
        kind: 'image',
        source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' },
        detail: 'original',
      },
    ],
    [
      'a picture by its address',
      { type: 'input_image', image_url: 'https://x.test/a.png' },
      { type: 'media', kind: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
    ],
    [
      'a stored file',
      { type: 'input_file', file_id: 'file-1' },
      {
        type: 'media',
        kind: 'document',
        source: { type: 'file', protocol: 'openai-responses', id: 'file-1' },
      },
    ],
    [
      'a document',
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' },
      {
        type: 'media',
        kind: 'document',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'QUJD' },
        name: 'a.pdf',
      },
    ],
    [
      'sound',
      { type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } },
      { type: 'media', kind: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'QUJD' } },
    ],
    [
      'something unknown, with its words',
      { type: 'input_poem', text: 'o' },
      {
        type: 'opaque',
        protocol: 'openai-responses',
        value: { type: 'message', role: 'user', content: [{ type: 'input_poem', text: 'o' }] },
        fallback: 'o',
      },
    ],
  ]
  it.each(content)('reads %s in a message and in a tool output', (_, wire, part) => {
    const [user, tool] = turnsOf(
      { type: 'message', role: 'user', content: [wire] },
      { type: 'function_call_output', call_id: 'c', output: [wire] },
    )
    expect(user?.parts).toEqual([part])
    expect(tool?.parts[0]).toMatchObject({ type: 'tool-result', callId: 'c', content: [part] })
  })

  it('keeps annotations of earlier answers and marks refusals', () => {
    const annotations = [{ type: 'url_citation', url: 'https://x.test' }]
    const [turn] = turnsOf({
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'output_text', text: 'a', annotations },
        { type: 'refusal', refusal: 'no' },
      ],
    })
    expect(turn?.parts).toMatchObject([
      { text: 'a', carry: { fields: { annotations } } },
      { text: 'no', refusal: true },
    ])
  })
})

describe('calls and their results', () => {
  it('reads a call of a namespaced tool', () => {
    const [turn] = turnsOf({
      type: 'function_call',
      id: 'fc_1',
      call_id: 'c',
      name: 'spawn_agent',
      namespace: 'multi_agent_v1',
      arguments: '{"a":1}',
    })
    expect(turn?.parts[0]).toMatchObject({
      kind: 'function',
      id: 'c',
      name: 'spawn_agent',
      namespace: 'multi_agent_v1',
      input: '{"a":1}',
      carry: { fields: { id: 'fc_1' } },
    })
  })

  it.each([
    ['nothing', '', '{}'],
    ['an object', { a: 1 }, '{"a":1}'],
  ])('reads arguments that are %s', (_, given: JsonValue, input) => {
    const [turn] = turnsOf({ type: 'function_call', call_id: 'c', name: 'f', arguments: given })
    expect(turn?.parts[0]).toMatchObject({ input })
  })

  it('reads a tool search, adds the tools it found, each once, and tells the model their names', () => {
    const found = {
      type: 'namespace',
      name: 'multi_agent_v1',
      description: 'agents',
      tools: [
        { type: 'function', name: 'spawn_agent', parameters: { type: 'object', properties: {} } },
        { type: 'function', name: 'close_agent', parameters: { type: 'object', properties: {} } },
      ],
    }
    const output = { type: 'tool_search_output', call_id: 's', execution: 'client', tools: [found] }
    const request = decode(
      codexBody({
        tools: [
          { type: 'tool_search', execution: 'client', description: 'find', parameters: { type: 'object' } },
        ],
        input: [
          { type: 'tool_search_call', call_id: 's', execution: 'client', arguments: { query: 'agents' } },
          output,
          { type: 'tool_search_call', call_id: 't', execution: 'client', arguments: { query: 'again' } },
          { ...output, call_id: 't' },
        ],
      }),
    )
    expect(request.tools.map((tool) => tool.name)).toEqual(['tool_search', 'spawn_agent', 'close_agent'])
    expect(request.tools[1]).toMatchObject({ namespace: 'multi_agent_v1', namespaceDescription: 'agents' })
    expect(request.turns[0]?.parts[0]).toMatchObject({
      kind: 'search',
      name: 'tool_search',
      input: '{"query":"agents"}',
    })
    expect(request.turns[1]?.parts[0]).toMatchObject({ kind: 'search', callId: 's' })
    expect(JSON.stringify(request.turns[1])).toContain('spawn_agent')
  })

  it('takes the tools of a lite request out of its input', () => {
    const request = decode(
      codexBody({
        input: [
          {
            type: 'additional_tools',
            role: 'developer',
            tools: [
              { type: 'namespace', name: 'functions', tools: [{ type: 'custom', name: 'exec' }] },
              { type: 'function', name: 'wait', parameters: {} },
            ],
          },
          message('user', 'hi'),
        ],
      }),
    )
    expect(request.tools).toMatchObject([
      { type: 'custom', name: 'exec', namespace: 'functions' },
      { type: 'function', name: 'wait' },
    ])
    expect(request.turns).toHaveLength(1)
  })

  const kept: [JsonObject, string, string | undefined][] = [
    [
      { type: 'web_search_call', id: 'ws_1', action: { type: 'search', query: 'cats' } },
      'assistant',
      '[web search: cats]',
    ],
    [{ type: 'local_shell_call', call_id: 'l', action: { command: ['ls', '-l'] } }, 'assistant', '$ ls -l'],
    [{ type: 'local_shell_call_output', id: 'l', output: 'total 0' }, 'user', 'total 0'],
    [{ type: 'compaction', encrypted_content: 'X' }, 'assistant', undefined],
    [{ type: 'compaction_trigger' }, 'user', undefined],
    [{ type: 'item_reference', id: 'msg_1' }, 'assistant', undefined],
    [
      { type: 'mcp_call', server_label: 's', name: 'f', arguments: '{}', output: 'done' },
      'assistant',
      '[tool: s.f {}]\ndone',
    ],
    [{ type: 'from_the_future', content: [{ text: 'remember' }] }, 'assistant', 'remember'],
    [{ type: 'tool_search_call', call_id: null, execution: 'server', arguments: {} }, 'assistant', undefined],
  ]
  it.each(kept)('keeps %j whole', (item, role, fallback) => {
    const [turn] = turnsOf(item)
    const words = fallback === undefined ? {} : { fallback }
    expect(turn).toMatchObject({
      role,
      parts: [{ type: 'opaque', protocol: 'openai-responses', value: item, ...words }],
    })
  })
})

describe('tools and their choice', () => {
  it('reads all kinds of tools in their order', () => {
    const { tools } = decode(
      codexBody({
        tools: [
          {
            type: 'function',
            name: 'run',
            description: 'runs',
            parameters: { type: 'object' },
            strict: false,
          },
          {
            type: 'custom',
            name: 'apply_patch',
            format: { type: 'grammar', syntax: 'lark', definition: 'start: X' },
          },
          { type: 'custom', name: 'free', format: { type: 'text' } },
          { type: 'web_search', external_web_access: false, filters: { allowed_domains: ['a.test'] } },
          { type: 'code_interpreter', container: { type: 'auto' } },
        ],
      }),
    )
    expect(tools).toMatchObject([
      { type: 'function', name: 'run', description: 'runs', strict: false },
      { type: 'custom', grammar: { syntax: 'lark', definition: 'start: X' } },
      { type: 'custom', carry: { fields: { format: { type: 'text' } } } },
      { type: 'server', name: 'web_search', search: { allowedDomains: ['a.test'] } },
      { type: 'server', name: 'other', carry: { fields: { type: 'code_interpreter' } } },
    ])
  })

  const function_ = { type: 'function', name: 'run', parameters: {} }
  it.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'required' }],
    [
      { type: 'function', name: 'run' },
      { type: 'tool', name: 'run' },
    ],
    [
      { type: 'custom', name: 'run' },
      { type: 'tool', name: 'run' },
    ],
    [{ type: 'web_search_preview' }, { type: 'tool', name: 'web_search' }],
    [{ type: 'mcp', server_label: 's' }, { type: 'required' }],
  ])('reads tool_choice %j', (given: JsonValue, choice) => {
    expect(decode(codexBody({ tools: [function_], tool_choice: given })).toolChoice).toEqual(choice)
  })

  it('offers only the tools of allowed_tools, and says so', () => {
    const { value, notes } = openaiResponses.server.decodeRequest(
      codexBody({
        tools: [function_, { type: 'function', name: 'stop', parameters: {} }],
        tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'run' }] },
      }),
    )
    expect(value.tools.map((tool) => tool.name)).toEqual(['run'])
    expect(value.toolChoice).toEqual({ type: 'required' })
    expect(notes).toMatchObject([{ kind: 'emulated', path: 'tool_choice' }])
  })
})

describe('settings', () => {
  it('reads those that other protocols know and carries the rest', () => {
    const request = decode(
      codexBody({
        parallel_tool_calls: false,
        reasoning: { effort: 'high', summary: 'auto', context: 'all_turns' },
        text: {
          verbosity: 'low',
          format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
        },
        max_output_tokens: 100,
        temperature: 0.5,
        top_p: 0.9,
        prompt_cache_key: 'key',
        service_tier: 'priority',
        store: false,
        include: ['reasoning.encrypted_content'],
        client_metadata: { a: 'b' },
        truncation: null,
      }),
    )
    expect(request).toMatchObject({
      stream: true,
      parallelToolCalls: false,
      reasoning: { mode: 'on', effort: 'high', summary: 'auto' },
      verbosity: 'low',
      format: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true },
      sampling: { maxOutputTokens: 100, temperature: 0.5, topP: 0.9 },
      cacheKey: 'key',
      serviceTier: 'priority',
    })
    expect(request.carry?.fields).toEqual({
      store: false,
      include: ['reasoning.encrypted_content'],
      client_metadata: { a: 'b' },
      reasoning: { context: 'all_turns' },
    })
  })

  it.each([
    [{ effort: 'none' }, { mode: 'off', effort: 'none' }],
    [{ summary: 'auto' }, { mode: 'adaptive', summary: 'auto' }],
    [{ effort: 'ultra' }, { mode: 'on', effort: 'max' }],
  ])('reads reasoning %j', (reasoning: JsonObject, expected) => {
    expect(decode(codexBody({ reasoning })).reasoning).toEqual(expected)
  })
})
