// Thinking, sampling, tools, formats and cache marks of a request to an Anthropic upstream.

import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects } from '../../../src/base/json.js'
import type { Dialect } from '../../../src/protocol/dialect.js'
import type { IrRequest } from '../../../src/protocol/ir/request.js'
import { assistantTurn, encode, foreign, functionTool, messagesOf, userTurn } from './support.js'

const paths = (notes: readonly { path: string }[]) => notes.map((note) => note.path)

describe('thinking', () => {
  it.each<[string, IrRequest['reasoning'], Dialect, object]>([
    ['nothing asked', undefined, {}, {}],
    [
      'an effort',
      { mode: 'on', effort: 'high' },
      {},
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    ],
    [
      'an effort below the lowest',
      { mode: 'on', effort: 'minimal' },
      {},
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    ],
    [
      'an effort the model does not know',
      { mode: 'on', effort: 'max' },
      { efforts: ['low', 'medium', 'high'] },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    ],
    [
      'a wish to see the thinking',
      { mode: 'adaptive', summary: 'auto' },
      {},
      { thinking: { type: 'adaptive', display: 'summarized' } },
    ],
    ['effort none', { mode: 'on', effort: 'none' }, {}, { thinking: { type: 'disabled' } }],
    ['off', { mode: 'off' }, {}, { thinking: { type: 'disabled' } }],
    [
      'an effort for an older model',
      { mode: 'on', effort: 'medium' },
      { thinking: 'budget' },
      { thinking: { type: 'enabled', budget_tokens: 10_000 } },
    ],
    [
      'a budget for a newer model',
      { mode: 'on', budgetTokens: 9000 },
      {},
      { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } },
    ],
    ['a model that cannot', { mode: 'on', effort: 'high' }, { thinking: 'none' }, {}],
  ])('%s', (_, reasoning, dialect, expected) => {
    const { body } = encode(foreign(reasoning === undefined ? {} : { reasoning }), dialect)
    const { thinking, output_config } = body
    expect(JSON.parse(JSON.stringify({ thinking, output_config }))).toEqual(expected)
  })

  it('turns the budget of Claude Code into adaptive thinking where the dialect wants that', () => {
    const carry = { protocol: 'anthropic-messages', fields: {} } as const
    const reasoning = { mode: 'on', budgetTokens: 31_999 } as const
    const { body } = encode(foreign({ carry, reasoning }), { thinking: 'adaptive' })
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } })
    const older = encode(foreign({ carry, reasoning: { mode: 'adaptive', effort: 'high' } }), {
      thinking: 'budget',
    })
    expect(older.body['thinking']).toEqual({ type: 'enabled', budget_tokens: 31_999 })
  })

  it('keeps the budget below the output limit, and gives up when there is no room', () => {
    const reasoning = { mode: 'on', effort: 'high' } as const
    const small = encode(foreign({ reasoning, sampling: { maxOutputTokens: 4096 } }), { thinking: 'budget' })
    expect(small.body['thinking']).toEqual({ type: 'enabled', budget_tokens: 4095 })
    const tiny = encode(foreign({ reasoning, sampling: { maxOutputTokens: 64 } }), { thinking: 'budget' })
    expect(tiny.body['thinking']).toBeUndefined()
    expect(paths(tiny.notes)).toEqual(['thinking'])
  })

  it('is off while a tool is forced, and in a tool loop that an older model began without it', () => {
    const reasoning = { mode: 'on', effort: 'high' } as const
    const forced = encode(
      foreign({ reasoning, tools: [functionTool('A')], toolChoice: { type: 'required' } }),
    )
    expect(forced.body['thinking']).toEqual({ type: 'disabled' })
    expect(paths(forced.notes)).toEqual(['thinking'])
    const turns: IrRequest['turns'] = [
      userTurn('a'),
      assistantTurn({ type: 'tool-call', id: '1', kind: 'function', name: 'A', input: '{}' }),
      { role: 'tool', parts: [{ type: 'tool-result', callId: '1', kind: 'function', content: [] }] },
    ]
    const loop = foreign({ reasoning, turns, tools: [functionTool('A')] })
    expect(encode(loop, { thinking: 'budget' }).body['thinking']).toBeUndefined()
    expect(encode(loop).body['thinking']).toEqual({ type: 'adaptive' })
  })

  it('asks for thinking between calls where only the older form needs to', () => {
    const request = foreign({ reasoning: { mode: 'on', effort: 'low' }, tools: [functionTool('A')] })
    expect(encode(request, { thinking: 'budget' }).headers['anthropic-beta']).toBe(
      'interleaved-thinking-2025-05-14',
    )
    expect(encode(request).headers['anthropic-beta']).toBeUndefined()
  })
})

describe('sampling', () => {
  it('is left alone while the model thinks', () => {
    const sampling = { temperature: 0.3, topP: 1, topK: 4, stop: ['END', ' ', ''] }
    const { body, notes } = encode(foreign({ sampling, reasoning: { mode: 'on', effort: 'low' } }))
    expect(body).not.toHaveProperty('temperature')
    expect(body).not.toHaveProperty('top_k')
    expect(body['stop_sequences']).toEqual(['END'])
    expect(paths(notes)).toEqual(['temperature', 'top_k'])
  })

  it('is held to what the API takes', () => {
    const { body, notes } = encode(foreign({ sampling: { temperature: 1.7, topP: 0.5 } }))
    expect(body['temperature']).toBe(1)
    expect(body).not.toHaveProperty('top_p')
    expect(paths(notes)).toEqual(['top_p', 'temperature'])
    expect(encode(foreign({ sampling: { topP: 0.5 } })).body['top_p']).toBe(0.5)
  })
})

describe('tools', () => {
  it('sends functions, names inside namespaces, and foreign web search', () => {
    const { body, notes } = encode(
      foreign({
        tools: [
          {
            type: 'function',
            name: 'spawn',
            namespace: 'agents',
            description: 'd',
            schema: {},
            strict: false,
          },
          {
            type: 'server',
            name: 'web_search',
            search: { maxUses: 3, blockedDomains: ['x.y'] },
            carry: { protocol: 'openai-responses', fields: { type: 'web_search' } },
          },
          {
            type: 'server',
            name: 'other',
            carry: { protocol: 'openai-responses', fields: { type: 'code_interpreter' } },
          },
        ],
        toolChoice: { type: 'tool', name: 'spawn', namespace: 'agents' },
        parallelToolCalls: false,
      }),
      { forbid: ['cache_control'] },
    )
    expect(body['tools']).toEqual([
      { name: 'agents__spawn', description: 'd', input_schema: { type: 'object' } },
      { type: 'web_search_20250305', name: 'web_search', max_uses: 3, blocked_domains: ['x.y'] },
    ])
    expect(body['tool_choice']).toEqual({
      type: 'tool',
      name: 'agents__spawn',
      disable_parallel_tool_use: true,
    })
    expect(paths(notes)).toEqual(['tools[2]'])
  })

  it('sends no choice without tools, and no switch for parallel calls unless it is off', () => {
    expect(
      encode(foreign({ toolChoice: { type: 'auto' }, parallelToolCalls: false })).body,
    ).not.toHaveProperty('tool_choice')
    const parallel = encode(foreign({ tools: [functionTool('A')], parallelToolCalls: true }))
    expect(parallel.body).not.toHaveProperty('tool_choice')
    const serial = encode(foreign({ tools: [functionTool('A')], parallelToolCalls: false }))
    expect(serial.body['tool_choice']).toEqual({ type: 'auto', disable_parallel_tool_use: true })
  })

  it('sends strict only where it is asked and taken', () => {
    const strict = { ...functionTool('A'), strict: true }
    const sent = (dialect: Dialect, tools: IrRequest['tools']) =>
      objects(encode(foreign({ tools }), dialect).body, 'tools').map((tool) => tool['strict'])
    expect(sent({}, [strict, functionTool('B')])).toEqual([true, undefined])
    expect(sent({ strictTools: false }, [strict])).toEqual([undefined])
    expect(
      sent(
        {},
        Array.from({ length: 21 }, () => strict),
      ).every((value) => value === undefined),
    ).toBe(true)
  })
})

describe('formats', () => {
  it('cuts a foreign schema down to what structured outputs take', () => {
    const schema: JsonObject = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        minimum: { type: 'integer', minimum: 1, enum: [1, 2] },
        list: {
          type: 'array',
          minItems: 2,
          items: { type: 'object', properties: { a: { type: 'string', minLength: 3 } } },
        },
        kind: { anyOf: [{ const: { minimum: 1 } }, { $ref: '#/$defs/K' }] },
      },
      $defs: { K: { type: 'string', maxLength: 4 } },
      required: ['minimum'],
    }
    const { body, notes } = encode(foreign({ format: { type: 'json-schema', name: 'n', schema } }))
    expect(notes.map((note) => note.reason)).toEqual([
      'structured outputs do not take maxLength, minItems, minLength, minimum',
    ])
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            minimum: { type: 'integer', enum: [1, 2] },
            list: {
              type: 'array',
              items: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
            },
            kind: { anyOf: [{ const: { minimum: 1 } }, { $ref: '#/$defs/K' }] },
          },
          $defs: { K: { type: 'string' } },
          required: ['minimum'],
          additionalProperties: false,
        },
      },
    })
  })

  it('asks for JSON in words where only JSON mode was asked', () => {
    const { body, notes } = encode(foreign({ format: { type: 'json' } }))
    expect(objects(body, 'system').at(-1)?.['text']).toMatch(/JSON object/)
    expect(notes).toContainEqual(expect.objectContaining({ kind: 'emulated', path: 'response_format' }))
  })
})

describe('cache marks', () => {
  const mark = { type: 'ephemeral' }
  const marksOf = (body: JsonObject) =>
    [
      ...objects(body, 'tools'),
      ...objects(body, 'system'),
      ...messagesOf(body)
        .filter(isObject)
        .flatMap((message) => objects(message, 'content')),
    ]
      .filter((block) => block['cache_control'] !== undefined)
      .map((block) => block['text'] ?? block['name'] ?? block['type'])

  const turns: IrRequest['turns'] = [
    { role: 'system', parts: [{ type: 'text', text: 'S' }] },
    userTurn('one'),
    assistantTurn({ type: 'text', text: 'a' }),
    userTurn('two'),
    assistantTurn({ type: 'text', text: 'b' }),
    userTurn('three'),
  ]

  it('stand at the end of tools, system and the last two user messages of an agent that has none', () => {
    const { body } = encode(foreign({ turns, tools: [functionTool('A'), functionTool('B')] }))
    expect(marksOf(body)).toEqual(['B', 'S', 'two', 'three'])
    expect(objects(body, 'tools')[1]?.['cache_control']).toEqual(mark)
  })

  it("are the agent's own where it set any, and none for a native agent without", () => {
    const own = foreign({
      turns: [
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'x', cache: { ttl: '1h' } },
            { type: 'text', text: 'y' },
          ],
        },
      ],
    })
    expect(messagesOf(encode(own).body)).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } },
          { type: 'text', text: 'y' },
        ],
      },
    ])
    const native = foreign({ turns, carry: { protocol: 'anthropic-messages', fields: {} } })
    expect(marksOf(encode(native).body)).toEqual([])
  })

  it('are at most four, the last ones', () => {
    const parts = ['a', 'b', 'c', 'd', 'e', 'f'].map(
      (text) => ({ type: 'text', text, cache: { ttl: '5m' } }) as const,
    )
    const { body, notes } = encode(foreign({ turns: [{ role: 'user', parts }] }))
    expect(marksOf(body)).toEqual(['c', 'd', 'e', 'f'])
    expect(paths(notes)).toEqual(['cache_control'])
  })
})
