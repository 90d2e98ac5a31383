// What an agent's request becomes.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import { sealEnvelope } from '../../../src/protocol/ir/seal.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import { decodeRequest } from './support.js'

const hi = [{ role: 'user', content: 'hi' }]
const turnsOf = (...messages: JsonObject[]) => decodeRequest({ messages }).turns
const part = (content: JsonObject) => turnsOf({ role: 'user', content: [content] })[0]?.parts[0]

describe('messages', () => {
  it('keeps the roles and their order, also a system message in the middle', () => {
    const turns = turnsOf(
      { role: 'developer', content: 'd' },
      { role: 'user', content: 'u' },
      { role: 'system', content: 's' },
    )
    expect(turns.map((turn) => turn.role)).toEqual(['developer', 'user', 'system'])
  })

  it.each<[string, JsonObject, object]>([
    ['text', { type: 'text', text: 'a' }, { type: 'text', text: 'a' }],
    [
      'an image as a data URL',
      { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD', detail: 'low' } },
      { kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' }, detail: 'low' },
    ],
    [
      'an image by address',
      { type: 'image_url', image_url: { url: 'https://x/y.png' } },
      { kind: 'image', source: { type: 'url', url: 'https://x/y.png' } },
    ],
    [
      'sound',
      { type: 'input_audio', input_audio: { data: 'QQ==', format: 'mp3' } },
      { kind: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'QQ==' } },
    ],
    [
      'a file by its data',
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,QQ==' } },
      {
        kind: 'document',
        name: 'a.pdf',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'QQ==' },
      },
    ],
    [
      'a file by its id',
      { type: 'file', file: { file_id: 'file-1' } },
      { kind: 'document', source: { type: 'file', protocol: 'openai-chat', id: 'file-1' } },
    ],
    [
      'a cache mark',
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'text', text: 'a', cache: { ttl: '1h' } },
    ],
    [
      'an unknown part with its words',
      { type: 'novel', text: 'words', x: 1 },
      {
        type: 'opaque',
        protocol: 'openai-chat',
        fallback: 'words',
        value: { type: 'novel', text: 'words', x: 1 },
      },
    ],
  ])('reads %s', (_name, content, expected) => {
    expect(part(content)).toMatchObject(expected)
  })

  it('orders an assistant message as reasoning, text, refusal, calls', () => {
    const [turn] = turnsOf({
      role: 'assistant',
      content: 'said',
      refusal: 'no',
      reasoning_content: 'thought',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
        { id: 'c2', type: 'custom', custom: { name: 'patch', input: '*** Begin' } },
      ],
    })
    expect(turn?.parts).toEqual([
      { type: 'reasoning', text: 'thought', visibility: 'summary' },
      { type: 'text', text: 'said' },
      { type: 'text', text: 'no', refusal: true },
      { type: 'tool-call', id: 'c1', kind: 'function', name: 'f', input: '{"a":1}' },
      { type: 'tool-call', id: 'c2', kind: 'custom', name: 'patch', input: '*** Begin' },
    ])
  })

  it.each(['reasoning_content', 'reasoning', 'reasoning_text'])('reads reasoning from %s', (field) => {
    expect(turnsOf({ role: 'assistant', content: 'a', [field]: 'because' })[0]?.parts[0]).toMatchObject({
      type: 'reasoning',
      text: 'because',
    })
  })

  it('takes the reasoning once when a vendor sends it in two fields', () => {
    const [turn] = turnsOf({ role: 'assistant', content: 'a', reasoning_content: 'r', reasoning: 'r' })
    expect(turn?.parts.filter((found) => found.type === 'reasoning')).toHaveLength(1)
  })

  it.each([undefined, null, '', '  '])('makes empty arguments (%j) an empty object', (empty) => {
    const call = { name: 'f', ...(empty === undefined ? {} : { arguments: empty }) }
    const [turn] = turnsOf({ role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: call }] })
    expect(turn?.parts[0]).toMatchObject({ input: '{}' })
  })

  it('puts adjacent results into one turn, each of the kind of its call', () => {
    const turns = turnsOf(
      {
        role: 'assistant',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
          { id: 'b', type: 'custom', custom: { name: 'g', input: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }] },
      { role: 'tool', tool_call_id: 'a', content: 'one', name: 'f' },
    )
    expect(turns).toHaveLength(2)
    expect(turns[1]?.parts).toMatchObject([
      { callId: 'b', kind: 'custom', content: [{ text: 'two' }] },
      { callId: 'a', kind: 'function', carry: { fields: { name: 'f' } } },
    ])
  })

  it('pairs the older function messages with their calls by name, in order', () => {
    const turns = turnsOf(
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"n":1}' } },
      { role: 'function', name: 'f', content: 'one' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"n":2}' } },
      { role: 'function', name: 'f', content: 'two' },
    )
    const calls = turns.flatMap((turn) => turn.parts).filter((found) => found.type === 'tool-call')
    const results = turns.flatMap((turn) => turn.parts).filter((found) => found.type === 'tool-result')
    expect(results.map((found) => found.callId)).toEqual(calls.map((found) => found.id))
    expect(new Set(calls.map((found) => found.id)).size).toBe(2)
  })
})

describe('sealed reasoning in the history', () => {
  const seal = (data: string) => ({ maker: 'anthropic-messages', footprint: 'f', data }) as const

  it('opens our envelopes, each with the text that its seal belongs to', () => {
    const details = [
      { type: 'reasoning.encrypted', data: sealEnvelope(seal('sig1'), 'first') },
      { type: 'reasoning.encrypted', data: sealEnvelope(seal('sig2'), 'second') },
    ]
    const message = { role: 'assistant', content: 'x', reasoning_content: 'first\n\nsecond' }
    expect(turnsOf({ ...message, reasoning_details: details })[0]?.parts.slice(0, 2)).toEqual([
      { type: 'reasoning', text: 'first', visibility: 'summary', seal: seal('sig1') },
      { type: 'reasoning', text: 'second', visibility: 'summary', seal: seal('sig2') },
    ])
  })

  it('keeps shown reasoning that belongs to no seal', () => {
    const details = [{ type: 'reasoning.encrypted', data: sealEnvelope(seal('s'), 'middle') }]
    const message = { role: 'assistant', content: 'x', reasoning_content: 'before\n\nmiddle\n\nafter' }
    expect(turnsOf({ ...message, reasoning_details: details })[0]?.parts).toMatchObject([
      { text: 'before' },
      { text: 'middle', seal: { data: 's' } },
      { text: 'after' },
      { text: 'x' },
    ])
  })

  it('takes details of a vendor as a seal of this protocol by an unknown channel', () => {
    const details = [{ type: 'reasoning.text', text: 'why', signature: 'abc', index: 0 }]
    expect(turnsOf({ role: 'assistant', content: 'x', reasoning_details: details })[0]?.parts[0]).toEqual({
      type: 'reasoning',
      text: 'why',
      visibility: 'summary',
      seal: { maker: 'openai-chat', footprint: '', data: JSON.stringify(details) },
    })
  })
})

describe('settings', () => {
  it('reads what the IR has a place for', () => {
    expect(
      decodeRequest({
        messages: hi,
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 5,
        max_completion_tokens: 7,
        temperature: 0.5,
        top_p: 0.9,
        stop: 'END',
        seed: 3,
        presence_penalty: 1,
        frequency_penalty: -1,
        reasoning_effort: 'high',
        verbosity: 'low',
        prompt_cache_key: 'k',
        service_tier: 'flex',
        parallel_tool_calls: false,
      }),
    ).toMatchObject({
      stream: true,
      streamUsage: true,
      sampling: {
        maxOutputTokens: 7,
        temperature: 0.5,
        topP: 0.9,
        stop: ['END'],
        seed: 3,
        presencePenalty: 1,
        frequencyPenalty: -1,
      },
      reasoning: { mode: 'on', effort: 'high' },
      verbosity: 'low',
      cacheKey: 'k',
      serviceTier: 'flex',
      parallelToolCalls: false,
    })
  })

  it('takes null for not set', () => {
    const body = { messages: hi, temperature: null, tools: null, stop: null, stream: null, metadata: null }
    expect(decodeRequest(body)).toEqual(decodeRequest({ messages: hi }))
  })

  it('carries fields it does not know', () => {
    const body = { messages: hi, metadata: { a: 'b' }, logit_bias: { '1': 2 }, user: 'u', top_logprobs: 2 }
    expect(decodeRequest(body).carry).toEqual({
      protocol: 'openai-chat',
      fields: { metadata: { a: 'b' }, logit_bias: { '1': 2 }, user: 'u', top_logprobs: 2 },
    })
  })

  it('notes that only one of several choices is answered', () => {
    expect(openaiChat.server.decodeRequest({ model: 'm', messages: hi, n: 3 }).notes).toMatchObject([
      { kind: 'dropped', path: 'n' },
    ])
  })

  it.each<[JsonObject, object]>([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json_object' }, { type: 'json' }],
    [
      { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
      { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true },
    ],
  ])('reads the answer format %j', (format, expected) => {
    expect(decodeRequest({ messages: hi, response_format: format }).format).toEqual(expected)
  })
})

describe('tools', () => {
  const f = { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }

  it('reads functions, custom tools, web search, and keeps vendors’ own tools whole', () => {
    const grammar = { syntax: 'lark', definition: 'start: "a"' }
    const { tools } = decodeRequest({
      messages: hi,
      tools: [
        { ...f, function: { ...f.function, strict: true } },
        { type: 'custom', custom: { name: 'patch', format: { type: 'grammar', grammar } } },
        { type: 'code_interpreter', size: 'big' },
      ],
      web_search_options: { search_context_size: 'low' },
    })
    expect(tools).toMatchObject([
      { type: 'function', name: 'f', description: 'd', strict: true },
      { type: 'custom', name: 'patch', grammar },
      { type: 'server', name: 'other', carry: { fields: { type: 'code_interpreter', size: 'big' } } },
      {
        type: 'server',
        name: 'web_search',
        carry: { fields: { web_search_options: { search_context_size: 'low' } } },
      },
    ])
  })

  it('gives a function without parameters an empty object schema', () => {
    const [tool] = decodeRequest({
      messages: hi,
      tools: [{ type: 'function', function: { name: 'f' } }],
    }).tools
    expect(tool).toMatchObject({ schema: { type: 'object', properties: {} } })
  })

  it.each<[JsonObject | string, object]>([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'required' }],
    ['any', { type: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'p' } },
      { type: 'tool', name: 'p' },
    ],
    [{ type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [] } }, { type: 'required' }],
  ])('reads the choice %j', (choice, expected) => {
    expect(decodeRequest({ messages: hi, tools: [f], tool_choice: choice }).toolChoice).toEqual(expected)
  })

  it('reads the older functions and function_call', () => {
    const asked = decodeRequest({ messages: hi, functions: [{ name: 'f' }], function_call: { name: 'f' } })
    expect(asked.tools).toMatchObject([{ type: 'function', name: 'f' }])
    expect(asked.toolChoice).toEqual({ type: 'tool', name: 'f' })
  })
})

describe('refusals', () => {
  it.each<[JsonObject, string]>([
    [{ messages: hi, model: 5 }, 'model'],
    [{}, 'messages'],
    [{ messages: 'hi' }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: ['hi'] }, 'messages[0]'],
    [{ messages: [{ content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [5] }] }, 'messages[0].content[0]'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages[0].content[0].type'],
    [{ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages[0].content[0].image_url'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
    [{ messages: [{ role: 'assistant', tool_calls: {} }] }, 'messages[0].tool_calls'],
    [{ messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] }, 'messages[0].tool_calls[0].function'],
    [{ messages: hi, tools: {} }, 'tools'],
    [{ messages: hi, tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ messages: hi, tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    [{ messages: hi, tool_choice: 'sometimes' }, 'tool_choice'],
    [{ messages: hi, temperature: 'hot' }, 'temperature'],
    [{ messages: hi, stop: [1] }, 'stop[0]'],
    [{ messages: hi, stream: 'yes' }, 'stream'],
    [{ messages: hi, response_format: { type: 'xml' } }, 'response_format.type'],
    [{ messages: hi, response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
  ])('refuses %j and names %s', (body, param) => {
    expect(() => decodeRequest(body)).toThrow(
      expect.objectContaining({ code: 'invalid-request', detail: expect.objectContaining({ param }) }),
    )
  })
})
