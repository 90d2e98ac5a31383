// Requests of other protocols' agents → what an upstream of this protocol is asked.
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject } from '../../../src/base/json.js'
import { type Dialect, PLAIN } from '../../../src/protocol/dialect.js'
import type { MediaPart, OpaquePart } from '../../../src/protocol/ir/part.js'
import type { IrReasoning, IrRequest, IrTool } from '../../../src/protocol/ir/request.js'
import { assistant, decode, encode, foreign, inputOf, message, user } from './support.js'

const run: IrTool = { type: 'function', name: 'run', schema: { type: 'object', properties: {} } }

describe('a request of another protocol', () => {
  it('asks for a conversation that the provider does not keep', () => {
    const { body, path, notes } = encode(foreign({ reasoning: { mode: 'adaptive' }, cacheKey: 'k' }))
    expect(path).toBe('/responses')
    expect(body).toEqual({
      model: 'model-x',
      input: [message('user', 'hello')],
      reasoning: { summary: 'auto' },
      prompt_cache_key: 'k',
      store: false,
      include: ['reasoning.encrypted_content'],
      stream: true,
    })
    expect(notes).toEqual([])
  })

  it('gives instructions the role developer, in their place, or system where the vendor wants it', () => {
    const turns = [
      { role: 'system', parts: [{ type: 'text', text: 'a' }] },
      user('hi'),
      { role: 'system', parts: [{ type: 'text', text: 'b' }] },
    ] as const
    expect(inputOf(turns).map((item) => item['role'])).toEqual(['developer', 'user', 'developer'])
    expect(inputOf(turns, { developerRole: false })[0]).toMatchObject({ role: 'system' })
  })

  it('leaves out the billing line that is meant for Anthropic', () => {
    const parts = [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=1' },
      { type: 'text', text: 'be kind' },
    ] as const
    expect(inputOf([{ role: 'system', parts }])).toEqual([message('developer', 'be kind')])
  })

  it('makes an item of each call and each result, and of texts in a row one message', () => {
    const call = { type: 'tool-call', id: 'c', kind: 'function', name: 'run', input: '' } as const
    const result = {
      type: 'tool-result',
      callId: 'c',
      kind: 'function',
      content: [{ type: 'text', text: 'ok' }],
    } as const
    expect(inputOf([assistant('a', 'b', call), { role: 'tool', parts: [result] }])).toEqual([
      {
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'a', annotations: [] },
          { type: 'output_text', text: 'b', annotations: [] },
        ],
      },
      { type: 'function_call', name: 'run', arguments: '{}', call_id: 'c' },
      { type: 'function_call_output', output: 'ok', call_id: 'c' },
    ])
  })

  it('leaves out empty texts and messages', () => {
    expect(inputOf([user(''), assistant('', 'x'), user('y')])).toEqual([
      message('assistant', 'x'),
      message('user', 'y'),
    ])
  })

  it('shortens a long call id the same way in call and result', () => {
    const id = `toolu_${'x'.repeat(100)}`
    const [call, output] = inputOf([
      assistant({ type: 'tool-call', id, kind: 'function', name: 'run', input: '{}' }),
      { role: 'tool', parts: [{ type: 'tool-result', callId: id, kind: 'function', content: [] }] },
    ])
    expect(call?.['call_id']).toBe(output?.['call_id'])
    expect(call?.['call_id']).toHaveLength(64)
  })

  it('tells by a note that a failure is only in the text', () => {
    const part = { type: 'tool-result', callId: 'c', kind: 'function', content: [], isError: true } as const
    const { input, notes } = encode(foreign({ turns: [{ role: 'tool', parts: [part] }] }))
    expect(input).toEqual([{ type: 'function_call_output', output: '', call_id: 'c' }])
    expect(notes).toMatchObject([{ kind: 'approximated', path: 'turns[0].parts[0]' }])
  })
})

describe('media', () => {
  const image: MediaPart = {
    type: 'media',
    kind: 'image',
    source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' },
  }
  const pdf: MediaPart = {
    type: 'media',
    kind: 'document',
    source: { type: 'base64', mediaType: 'application/pdf', data: 'QUJD' },
  }
  const wireImage = { type: 'input_image', image_url: 'data:image/png;base64,QUJD' }
  const wirePdf = {
    type: 'input_file',
    file_data: 'data:application/pdf;base64,QUJD',
    filename: 'document.pdf',
  }

  it('goes into messages and into the results of tools', () => {
    const content = [{ type: 'text', text: 'see' } as const, image, pdf]
    const [said, result] = inputOf([
      user(...content),
      { role: 'tool', parts: [{ type: 'tool-result', callId: 'c', kind: 'function', content }] },
    ])
    const wire = [{ type: 'input_text', text: 'see' }, wireImage, wirePdf]
    expect(said?.['content']).toEqual(wire)
    expect(result?.['output']).toEqual(wire)
  })

  it('that is plain text is told as text', () => {
    const part: MediaPart = { type: 'media', kind: 'document', source: { type: 'text', text: 'words' } }
    expect(inputOf([user(part)])).toEqual([message('user', 'words')])
  })

  it.each<[string, MediaPart]>([
    ['a foreign file', { ...image, source: { type: 'file', protocol: 'anthropic-messages', id: 'f' } }],
    ['a film', { ...image, kind: 'video' }],
    [
      'sound by its address',
      { ...image, kind: 'audio', source: { type: 'url', url: 'https://x.test/a.mp3' } },
    ],
  ])('that cannot be taken leaves words and a note: %s', (_, part) => {
    const { input, notes } = encode(foreign({ turns: [user('x', part)] }))
    expect(JSON.stringify(input)).toContain('left out]')
    expect(notes).toMatchObject([{ kind: 'dropped', path: 'turns[0].parts[1]' }])
  })
})

describe('what only another protocol knows', () => {
  const block: OpaquePart = {
    type: 'opaque',
    protocol: 'anthropic-messages',
    value: { type: 'web_search_tool_result' },
    fallback: 'found: cats',
  }

  it('is told in words, on both sides of the conversation', () => {
    const { input, notes } = encode(foreign({ turns: [user(block), assistant(block, 'so')] }))
    expect(input).toEqual([
      message('user', 'found: cats'),
      message('assistant', 'found: cats'),
      message('assistant', 'so'),
    ])
    expect(notes.map((note) => note.kind)).toEqual(['approximated', 'approximated'])
  })

  it('is dropped with a note when it says nothing', () => {
    const { fallback: _, ...silent } = block
    const { input, notes } = encode(foreign({ turns: [user(silent, 'x')] }))
    expect(input).toEqual([message('user', 'x')])
    expect(notes).toMatchObject([{ kind: 'dropped' }])
  })

  it('is noted when it is a field with a meaning, and silent when it is bookkeeping', () => {
    const { notes } = encode(
      foreign({
        carry: {
          protocol: 'anthropic-messages',
          fields: { metadata: { user_id: 'u' }, context_management: { edits: [1] } },
        },
      }),
    )
    expect(notes).toMatchObject([{ kind: 'dropped', path: 'context_management' }])
  })
})

describe('tools', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  function tools(given: readonly IrTool[], dialect: Dialect = PLAIN) {
    const { body, notes } = encode(foreign({ tools: given }), dialect)
    return { tools: body['tools'], notes }
  }

  it('say that they are not strict, or the provider would make them so', () => {
    expect(tools([{ type: 'function', name: 'f', schema }]).tools).toEqual([
      { type: 'function', name: 'f', parameters: schema, strict: false },
    ])
    expect(tools([{ type: 'function', name: 'f', schema, strict: true }]).tools).toMatchObject([
      { strict: true },
    ])
    expect(tools([{ type: 'function', name: 'f', schema }], { strictTools: false }).tools).toEqual([
      { type: 'function', name: 'f', parameters: schema },
    ])
  })

  it('get a schema that is accepted', () => {
    expect(tools([{ type: 'function', name: 'f', schema: {} }]).tools).toMatchObject([
      { parameters: { type: 'object', properties: {} } },
    ])
  })

  it('search the web as the asker allowed it, and note what cannot be limited', () => {
    const { tools: wire, notes } = tools([
      {
        type: 'server',
        name: 'web_search',
        search: { maxUses: 3, allowedDomains: ['a.test'], place: { city: 'Ulm' } },
        carry: {
          protocol: 'anthropic-messages',
          fields: { type: 'web_search_20250305' },
        },
      },
    ])
    expect(wire).toEqual([
      {
        type: 'web_search',
        filters: { allowed_domains: ['a.test'] },
        user_location: { type: 'approximate', city: 'Ulm' },
      },
    ])
    expect(notes).toMatchObject([{ kind: 'dropped', path: 'tools[0].max_uses' }])
  })

  it('of another provider are dropped with a note', () => {
    const { tools: wire, notes } = tools([
      run,
      {
        type: 'server',
        name: 'other',
        carry: { protocol: 'anthropic-messages', fields: { type: 'bash_1' } },
      },
    ])
    expect(wire).toHaveLength(1)
    expect(notes).toMatchObject([{ kind: 'dropped', path: 'tools[1]' }])
  })

  it.each<[NonNullable<IrRequest['toolChoice']>, unknown]>([
    [{ type: 'auto' }, 'auto'],
    [{ type: 'none' }, 'none'],
    [{ type: 'required' }, 'required'],
    [
      { type: 'tool', name: 'run' },
      { type: 'function', name: 'run' },
    ],
  ])('are chosen as asked: %j', (toolChoice, expected) => {
    const { body } = encode(foreign({ tools: [run], toolChoice, parallelToolCalls: false }))
    expect(body).toMatchObject({ tool_choice: expected, parallel_tool_calls: false })
  })
})

describe('settings', () => {
  it.each<[IrReasoning, Dialect, JsonObject | undefined, number]>([
    [{ mode: 'off' }, PLAIN, { effort: 'none' }, 0],
    [{ mode: 'adaptive' }, PLAIN, { summary: 'auto' }, 0],
    [{ mode: 'on', effort: 'high' }, PLAIN, { effort: 'high', summary: 'auto' }, 0],
    [
      { mode: 'on', effort: 'max' },
      { efforts: ['low', 'medium', 'high'] },
      { effort: 'high', summary: 'auto' },
      1,
    ],
    [{ mode: 'on', budgetTokens: 1024 }, PLAIN, { effort: 'low', summary: 'auto' }, 1],
    [{ mode: 'on', budgetTokens: 31_999 }, PLAIN, { effort: 'high', summary: 'auto' }, 1],
    [{ mode: 'on', effort: 'low' }, { reasoning: 'none' }, undefined, 1],
  ])('of reasoning %j for %j', (reasoning, dialect, expected, noted) => {
    const { body, notes } = encode(foreign({ reasoning }), dialect)
    expect(body['reasoning']).toEqual(expected)
    expect(notes).toHaveLength(noted)
  })

  it('that the protocol does not have are noted', () => {
    const { body, notes } = encode(
      foreign({
        sampling: { temperature: 0.2, topP: 0.9, topK: 5, stop: ['x'], seed: 1, presencePenalty: 0 },
      }),
    )
    expect(body).toMatchObject({ temperature: 0.2, top_p: 0.9 })
    expect(notes.map((note) => `${note.kind} ${note.path}`)).toEqual([
      'emulated stop',
      'dropped topK',
      'dropped seed',
    ])
  })

  it.each([
    [1, undefined, 16],
    [100_000, 32_000, 32_000],
    [1000, undefined, 1000],
  ])('limit the output: %s, at most %s', (asked, most, sent) => {
    const dialect = most === undefined ? PLAIN : { maxOutputTokens: most }
    const { body, notes } = encode(foreign({ sampling: { maxOutputTokens: asked } }), dialect)
    expect(body['max_output_tokens']).toBe(sent)
    expect(notes).toHaveLength(asked === sent ? 0 : 1)
  })

  it('tell the format of the answer', () => {
    const schema = { type: 'object' }
    expect(encode(foreign({ format: { type: 'json' } })).body['text']).toEqual({
      format: { type: 'json_object' },
    })
    expect(
      encode(foreign({ format: { type: 'json-schema', name: 'n', schema, strict: true }, verbosity: 'low' }))
        .body['text'],
    ).toEqual({ format: { type: 'json_schema', name: 'n', schema, strict: true }, verbosity: 'low' })
  })

  it('name the conversation in at most 64 characters', () => {
    const { body } = encode(foreign({ cacheKey: 'x'.repeat(100) }))
    expect(body['prompt_cache_key']).toHaveLength(64)
  })

  it('drop a tier of another protocol and the fields that the vendor refuses', () => {
    const asked = foreign({ serviceTier: 'standard_only', cacheKey: 'k', sampling: { temperature: 1 } })
    const { body, notes } = encode(asked, { forbid: ['prompt_cache_key', 'user', 'temperature'] })
    expect(body).not.toHaveProperty('service_tier')
    expect(body).not.toHaveProperty('prompt_cache_key')
    expect(body).not.toHaveProperty('temperature')
    expect(notes.map((note) => note.path)).toEqual(['service_tier', 'temperature'])
  })
})

it('gives the same bytes for the same history, and only adds to them as it grows', () => {
  const turns = [user('a'), assistant('b')]
  const first = encode(foreign({ turns })).input
  const second = encode(foreign({ turns: [...turns, user('c')] })).input
  expect(JSON.stringify(second)).toContain(JSON.stringify(first).slice(1, -1))
  expect(isObject(decode({ model: 'm', input: first }))).toBe(true)
})
