// Requests of Gemini, read and written: ids that are not there, signatures, schemas, results, thinking.
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects } from '../../../src/base/json.js'
import { type Dialect, PLAIN } from '../../../src/protocol/dialect.js'
import { gemini } from '../../../src/protocol/gemini/codec.js'
import { encodeThinking } from '../../../src/protocol/gemini/thinking.js'
import type { IrPart } from '../../../src/protocol/ir/part.js'
import type { IrReasoning, IrRequest } from '../../../src/protocol/ir/request.js'
import { sealEnvelope, UNPROVEN } from '../../../src/protocol/ir/seal.js'
import { FOOTPRINT } from '../reading.js'

const USER = { role: 'user', parts: [{ text: 'Hi' }] }
const read = (body: JsonObject): IrRequest =>
  gemini.server.decodeRequest({ model: 'm', stream: true, contents: [USER], ...body }).value
const bare: IrRequest = { model: 'm', stream: true, turns: [], tools: [], sampling: {} }
const written = (request: Partial<IrRequest>, dialect: Dialect = PLAIN, footprint = FOOTPRINT) =>
  gemini.client.encodeRequest({ ...bare, ...request }, { dialect, footprint })
const saying = (...parts: IrPart[]): Pick<IrRequest, 'turns'> => ({
  turns: [
    { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    { role: 'assistant', parts },
  ],
})
const call = (id: string): IrPart => ({ type: 'tool-call', id, kind: 'function', name: 'f', input: '{}' })

function partsOf(body: JsonObject, at: number): JsonObject[] {
  const content = objects(body, 'contents')[at]
  return content === undefined ? [] : objects(content, 'parts')
}

describe('calls without ids', () => {
  const history = [
    USER,
    {
      role: 'model',
      parts: [{ functionCall: { name: 'f' } }, { functionCall: { name: 'f', args: { a: 1 } } }],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'f', response: { output: 'one' } } },
        { functionResponse: { name: 'f', response: { error: 'two' } } },
      ],
    },
  ]

  it('get ids of their place, and results answer the oldest open call of their name', () => {
    const [, asked, answered] = read({ contents: history }).turns
    expect(asked?.parts).toMatchObject([
      { id: 'call_0_f', input: '{}' },
      { id: 'call_1_f', input: '{"a":1}' },
    ])
    expect(answered).toMatchObject({
      role: 'tool',
      parts: [
        { callId: 'call_0_f', content: [{ text: 'one' }] },
        { callId: 'call_1_f', content: [{ text: 'two' }], isError: true },
      ],
    })
  })

  it('keep them when the conversation grows', () => {
    const longer = [...history, { role: 'model', parts: [{ functionCall: { name: 'f' } }] }]
    expect(read({ contents: longer }).turns.slice(0, 3)).toEqual(read({ contents: history }).turns)
  })
})

describe('a signature', () => {
  const signed = (part: JsonObject) =>
    read({ contents: [USER, { role: 'model', parts: [part] }] }).turns[1]?.parts

  it.each<[string, JsonObject]>([
    ['a call', { functionCall: { id: 'c', name: 'f', args: {} }, thoughtSignature: 'U0lH' }],
    ['a thought', { text: 'Hm.', thought: true, thoughtSignature: 'U0lH' }],
    ['an empty part', { text: '', thoughtSignature: 'U0lH' }],
    ['words', { text: 'Yes.', thoughtSignature: 'U0lH' }],
  ])('on %s stands there again for its maker', (_what, part) => {
    const parts = signed(part) ?? []
    expect(partsOf(written(saying(...parts)).value.body, 1)).toEqual([part])
  })

  it('of another channel is not sent, and a call gets the word that Google takes in its place', () => {
    const parts: IrPart[] = [
      {
        type: 'reasoning',
        text: 'Hm.',
        visibility: 'summary',
        seal: { maker: 'gemini', footprint: 'other', data: 'call:U0lH' },
      },
      call('c'),
      call('d'),
    ]
    const { value, notes } = written(saying(...parts), { thoughtSignatures: true })
    expect(partsOf(value.body, 1).map((part) => part['thoughtSignature'])).toEqual([
      'skip_thought_signature_validator',
      undefined,
    ])
    expect(JSON.stringify(value.body)).not.toMatch(/U0lH|Hm\./)
    expect(notes).toMatchObject([{ kind: 'dropped', path: 'turns[1].parts[0]' }])
  })

  it('that is an envelope opens to what it holds, once, whether the thought was kept or not', () => {
    const seal = { maker: 'anthropic-messages', footprint: 'a', data: 'QUJD' } as const
    const thoughtSignature = [sealEnvelope(seal, 'Let me see.'), sealEnvelope(UNPROVEN, 'Or not.')].join(',')
    const body = { functionCall: { id: 'c', name: 'f', args: {} }, thoughtSignature }
    const expected = [
      { type: 'reasoning', text: 'Let me see.', visibility: 'summary', seal },
      { type: 'reasoning', text: 'Or not.', visibility: 'summary' },
      call('c'),
    ]
    expect(signed(body)).toEqual(expected)
    const kept = [{ text: 'Let me', thought: true }, { text: ' see.', thought: true }, body]
    expect(read({ contents: [USER, { role: 'model', parts: kept }] }).turns[1]?.parts).toEqual(expected)
  })
})

describe('tools', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: ['string', 'null'], maxLength: 3 }, type: { type: 'string' } },
    required: ['a'],
  }

  it('read Gemini’s own schemas and JSON Schema as the same', () => {
    const own = {
      type: 'OBJECT',
      properties: { a: { type: 'STRING', nullable: true, maxLength: '3' }, type: { type: 'STRING' } },
      required: ['a'],
    }
    const tools = [
      {
        function_declarations: [
          { name: 'f', parameters: own },
          { name: 'g', parametersJsonSchema: schema },
          { name: 'h', parameters_json_schema: { type: 'OBJECT', properties: {} } },
          { name: 'i' },
        ],
      },
    ]
    const empty = { type: 'object', properties: {} }
    expect(read({ tools }).tools.map((tool) => (tool.type === 'function' ? tool.schema : tool))).toEqual([
      schema,
      schema,
      empty,
      empty,
    ])
  })

  it('are written in the subset where JSON Schema is not taken, and names begin with a letter', () => {
    const tools = [
      { type: 'function', name: '3d', schema },
      { type: 'function', name: 'now', schema: { type: 'object', properties: {} } },
    ] as const
    const { body } = written({ tools }, { jsonSchemaTools: false }).value
    expect(body['tools']).toEqual([
      {
        functionDeclarations: [
          {
            name: '_3d',
            parameters: {
              ...schema,
              properties: { ...schema.properties, a: { type: 'string', nullable: true, maxLength: 3 } },
            },
          },
          { name: 'now' },
        ],
      },
    ])
    const answer = { candidates: [{ content: { parts: [{ functionCall: { name: '_3d' } }] } }] }
    const context = { request: { ...bare, tools }, dialect: PLAIN, footprint: '', newId: () => 'c' }
    expect(gemini.client.decodeResponse(answer, context).parts).toMatchObject([{ name: '3d' }])
  })

  it('drop a search beside functions, which Google does not take together', () => {
    const search = {
      type: 'server',
      name: 'web_search',
      carry: { protocol: 'openai-chat', fields: {} },
    } as const
    expect(written({ tools: [search] }).value.body['tools']).toEqual([{ googleSearch: {} }])
    const both = written({ tools: [search, { type: 'function', name: 'f', schema }] })
    expect(JSON.stringify(both.value.body)).not.toContain('googleSearch')
    expect(both.notes).toMatchObject([{ kind: 'dropped', path: 'tools[0]' }])
  })

  it.each([
    [
      { mode: 'ANY', allowedFunctionNames: ['f'] },
      { type: 'tool', name: 'f' },
    ],
    [
      { mode: 'ANY', allowedFunctionNames: ['f', 'g'] },
      { type: 'required', among: ['f', 'g'] },
    ],
    [{ mode: 'none' }, { type: 'none' }],
    [{ mode: 'VALIDATED' }, { type: 'auto' }],
  ])('are chosen as %j says', (functionCallingConfig, choice) => {
    expect(read({ toolConfig: { functionCallingConfig } }).toolChoice).toEqual(choice)
  })
})

describe('results', () => {
  it('stand before the media that they show and the words that follow, with the name of their call', () => {
    const png = { type: 'base64', mediaType: 'image/png', data: 'iVBORw0=' } as const
    const request: IrRequest = {
      ...bare,
      turns: [
        ...saying(call('c')).turns,
        {
          role: 'tool',
          parts: [
            {
              type: 'tool-result',
              callId: 'c',
              kind: 'function',
              content: [
                { type: 'text', text: 'Here:' },
                { type: 'media', kind: 'image', source: png },
              ],
            },
          ],
        },
        { role: 'user', parts: [{ type: 'text', text: 'What is it?' }] },
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      ],
    }
    const { value, notes } = written(request)
    expect(partsOf(value.body, 2)).toEqual([
      {
        functionResponse: {
          id: 'c',
          name: 'f',
          response: { output: 'Here:\n[image 1 of this result follows]' },
        },
      },
      { text: 'image 1 of the result of f:' },
      { inlineData: { mimeType: 'image/png', data: 'iVBORw0=' } },
      { text: 'What is it?' },
      { text: '<system-reminder>\nBe brief.\n</system-reminder>' },
    ])
    expect(notes.map(({ kind }) => kind)).toEqual(['emulated', 'approximated'])
  })
})

describe('thinking', () => {
  it.each<[IrReasoning, Dialect, JsonObject | undefined]>([
    [{ mode: 'on', effort: 'high' }, {}, { thinkingLevel: 'high' }],
    [{ mode: 'on', effort: 'max', summary: 'auto' }, {}, { includeThoughts: true, thinkingLevel: 'high' }],
    [{ mode: 'on', budgetTokens: 2000 }, {}, { includeThoughts: true, thinkingLevel: 'low' }],
    [{ mode: 'adaptive' }, {}, { includeThoughts: true }],
    [{ mode: 'off' }, {}, { thinkingLevel: 'minimal' }],
    [{ mode: 'off' }, { efforts: ['low', 'high'] }, { thinkingLevel: 'low' }],
    [{ mode: 'off' }, { thinking: 'budget' }, { thinkingBudget: 0 }],
    [{ mode: 'off' }, { thinking: 'budget', efforts: ['low', 'high'] }, { thinkingBudget: 128 }],
    [
      { mode: 'on', budgetTokens: 31_999 },
      { thinking: 'budget' },
      { includeThoughts: true, thinkingBudget: 24_576 },
    ],
    [{ mode: 'adaptive' }, { thinking: 'budget' }, { includeThoughts: true, thinkingBudget: -1 }],
    [{ mode: 'on', effort: 'medium' }, { thinking: 'budget' }, { thinkingBudget: 8192 }],
    [{ mode: 'on', effort: 'medium' }, { thinking: 'none' }, undefined],
  ])('%j is told to %j as %j', (reasoning, dialect, expected) => {
    expect(encodeThinking(reasoning, dialect, [])).toEqual(expected)
  })

  it.each([
    [{ thinkingBudget: 0 }, { mode: 'off' }],
    [{ thinkingBudget: '-1' }, { mode: 'adaptive', hidden: true }],
    [{ thinkingBudget: 512 }, { mode: 'on', budgetTokens: 512, hidden: true }],
    [
      { thinking_level: 'LOW', include_thoughts: true },
      { mode: 'on', effort: 'low', summary: 'auto' },
    ],
  ])('%j is read as %j', (thinkingConfig, expected) => {
    expect(read({ generationConfig: { thinkingConfig } }).reasoning).toEqual(expected)
  })
})

describe('a request that is wrong', () => {
  it.each<[string, JsonObject]>([
    ['contents', { contents: [] }],
    ['contents[0].role', { contents: [{ role: 'system', parts: [] }] }],
    ['contents[0].parts', { contents: [{ role: 'user', parts: 'Hi' }] }],
    ['contents[0].parts[0].text', { contents: [{ parts: [{ text: 1 }] }] }],
    [
      'contents[0].parts[0].functionCall.name',
      { contents: [{ role: 'model', parts: [{ functionCall: {} }] }] },
    ],
    ['tools[0].functionDeclarations', { tools: [{ functionDeclarations: {} }] }],
    ['generationConfig.topK', { generationConfig: { topK: 'many' } }],
  ])('is refused with %s', (param, body) => {
    const thrown = (() => {
      try {
        return read(body)
      } catch (error) {
        return error
      }
    })()
    expect(thrown).toMatchObject({ code: 'invalid-request', detail: { param } })
    expect(isObject(thrown)).toBe(true)
  })
})
