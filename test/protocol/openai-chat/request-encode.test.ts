// What an upstream is sent for requests that came from other protocols.
import { describe, expect, it } from 'vitest'
import { type JsonObject, objects } from '../../../src/base/json.js'
import type { MediaPart, Seal, ToolCallPart, ToolResultPart } from '../../../src/protocol/ir/part.js'
import type { FunctionTool, IrRequest } from '../../../src/protocol/ir/request.js'
import { assistant, encode, FOOTPRINT, messages, request, user } from './support.js'

const call = (id: string, name = 'f'): ToolCallPart => ({
  type: 'tool-call',
  id,
  kind: 'function',
  name,
  input: '{}',
})
const result = (callId: string, ...content: ToolResultPart['content']): ToolResultPart => ({
  type: 'tool-result',
  callId,
  kind: 'function',
  content,
})
const image: MediaPart = {
  type: 'media',
  kind: 'image',
  source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' },
}
const tool: FunctionTool = { type: 'function', name: 'f', schema: { type: 'object', properties: {} } }
const words = (text: string) => ({ type: 'text', text }) as const

describe('messages', () => {
  it('sends developer turns as system where the vendor knows no developer', () => {
    const turns = [{ role: 'developer', parts: [words('d')] } as const]
    expect(messages({ turns })).toEqual([{ role: 'system', content: 'd' }])
    expect(messages({ turns }, { developerRole: true })).toEqual([{ role: 'developer', content: 'd' }])
  })

  it('makes one system message of the opening instructions, but not of later ones', () => {
    const says = (role: 'system' | 'developer', text: string) => ({ role, parts: [words(text)] }) as const
    const turns = [
      says('developer', 'a'),
      says('system', 'b'),
      user('hi'),
      says('system', 'c'),
      says('system', 'd'),
    ]
    const roles = (sent: readonly JsonObject[]) =>
      sent.map((message) => [message['role'], message['content']])
    expect(roles(messages({ turns }))).toEqual([
      ['system', 'a\n\nb'],
      ['user', 'hi'],
      ['system', 'c'],
      ['system', 'd'],
    ])
    expect(roles(messages({ turns }, { developerRole: true })).slice(0, 2)).toEqual([
      ['developer', 'a'],
      ['system', 'b'],
    ])
  })

  it('leaves out the billing line and keeps all other system text', () => {
    const parts = [words('x-anthropic-billing-header: cc_version=1'), words('You are'), words('a helper')]
    expect(messages({ turns: [{ role: 'system', parts }, user('hi')] })[0]).toEqual({
      role: 'system',
      content: 'You are\n\na helper',
    })
    expect(messages({ turns: [{ role: 'system', parts: parts.slice(0, 1) }, user('hi')] })).toHaveLength(1)
  })

  it('keeps a user’s text that only speaks of the billing line', () => {
    const text = 'x-anthropic-billing-header: what is this?'
    expect(messages({ turns: [user(text)] })).toEqual([{ role: 'user', content: text }])
  })

  it('sends null content beside calls, never an empty list', () => {
    const [first] = messages({ turns: [assistant(call('c1'))] })
    expect(first).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    })
  })

  it('makes one message of adjacent assistant turns, because results must follow their calls', () => {
    const turns = [assistant('a', 'b'), assistant('c', call('1')), assistant(call('2'))]
    const rest = { role: 'tool', parts: [result('1', words('x')), result('2', words('y'))] } as const
    expect(
      messages({ turns: [...turns, rest] }).map((message) => [message['role'], message['content']]),
    ).toEqual([
      ['assistant', 'ab\n\nc'],
      ['tool', 'x'],
      ['tool', 'y'],
    ])
  })

  it('shows images of results in one user message after all results, labelled by call', () => {
    const turns = [
      assistant(call('c1', 'view'), call('c2', 'read')),
      { role: 'tool', parts: [result('c1', words('ok'), image), result('c2', words('text'))] } as const,
      user('go on'),
    ]
    const { body, notes } = encode({ turns })
    expect(body['messages']).toEqual([
      expect.objectContaining({ role: 'assistant' }),
      {
        role: 'tool',
        tool_call_id: 'c1',
        content: 'ok\n[image 1 of this result is in the next user message]',
      },
      { role: 'tool', tool_call_id: 'c2', content: 'text' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Image 1 from the result of tool call c1 (view):' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
        ],
      },
      { role: 'user', content: 'go on' },
    ])
    expect(notes).toMatchObject([{ kind: 'emulated' }])
  })

  it.each([
    ['no such file', 'no such file'],
    ['42', 'Error:\n42'],
    ['', 'Error:'],
  ])('tells in words that the result %j is an error, where it does not say so itself', (said, told) => {
    const failed = { ...result('c', words(said)), isError: true } as const
    expect(messages({ turns: [assistant(call('c')), { role: 'tool', parts: [failed] }] })[1]).toMatchObject({
      content: told,
    })
  })

  it.each<[string, MediaPart, object]>([
    [
      'a PDF as a file',
      {
        type: 'media',
        kind: 'document',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'QQ==' },
      },
      { type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,QQ==' } },
    ],
    [
      'a text document as text with its name',
      { type: 'media', kind: 'document', name: 'n', source: { type: 'text', text: 'body' } },
      { type: 'text', text: '<document name="n">\nbody\n</document>' },
    ],
    [
      'text in base64 as text',
      { type: 'media', kind: 'document', source: { type: 'base64', mediaType: 'text/plain', data: 'w6k=' } },
      { type: 'text', text: 'é' },
    ],
    [
      'an image with detail original as high',
      { ...image, detail: 'original' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD', detail: 'high' } },
    ],
    [
      'a document by address as a placeholder',
      { type: 'media', kind: 'document', source: { type: 'url', url: 'https://x/a.pdf' } },
      { type: 'text', text: '[document: https://x/a.pdf]' },
    ],
    [
      'a foreign file id as a placeholder',
      { type: 'media', kind: 'image', source: { type: 'file', protocol: 'anthropic-messages', id: 'f' } },
      { type: 'text', text: '[image, which this model cannot see]' },
    ],
  ])('sends %s', (_name, part, expected) => {
    const [message] = messages({ turns: [user(image, part)] })
    expect(message?.['content']).toMatchObject([{ type: 'image_url' }, expected])
  })

  it('loses no words of foreign blocks and notes what has none', () => {
    const opaque = {
      type: 'opaque',
      protocol: 'anthropic-messages',
      value: { type: 'search_result' },
    } as const
    const { body, notes } = encode({ turns: [user('q', { ...opaque, fallback: 'found this' }, opaque)] })
    expect(body['messages']).toEqual([{ role: 'user', content: 'q\n\nfound this' }])
    expect(notes.map((note) => [note.kind, note.path])).toEqual([
      ['approximated', 'turns[0].parts[1]'],
      ['dropped', 'turns[0].parts[2]'],
    ])
  })

  it('shortens call ids that OpenAI refuses, the same way in call and result', () => {
    const id = 'toolu_'.padEnd(60, 'x')
    const [first, second] = messages({
      turns: [assistant(call(id)), { role: 'tool', parts: [result(id, words('x'))] }],
    })
    const sent = objects(first ?? {}, 'tool_calls')[0]?.['id']
    expect(sent).toMatch(/^call_[0-9a-f]{24}$/)
    expect(second?.['tool_call_id']).toBe(sent)
  })
})

describe('call ids', () => {
  it('have nine letters and digits for Mistral, the same in call and result', () => {
    const turns = [
      assistant(call('toolu_01')),
      { role: 'tool', parts: [result('toolu_01', words('x'))] } as const,
    ]
    const [first, second] = messages({ turns }, { callIdLength: 9 })
    expect(second?.['tool_call_id']).toMatch(/^[A-Za-z0-9]{9}$/)
    expect(objects(first ?? {}, 'tool_calls')[0]?.['id']).toBe(second?.['tool_call_id'])
    expect(messages({ turns: [assistant(call('abcDEF123'))] }, { callIdLength: 9 })).toMatchObject([
      { tool_calls: [{ id: 'abcDEF123' }] },
    ])
  })
})

describe('reasoning in the history', () => {
  const seal = (fields: Partial<Seal>): Seal => ({
    maker: 'openai-chat',
    footprint: FOOTPRINT,
    data: '[{"type":"reasoning.text","text":"t"}]',
    ...fields,
  })
  const thought = (fields: Partial<Seal>) =>
    ({ type: 'reasoning', text: 't', visibility: 'summary', seal: seal(fields) }) as const

  it('goes back as text when the turn has calls', () => {
    const turns = [assistant({ type: 'reasoning', text: 'why', visibility: 'summary' }, 'a', call('c'))]
    expect(messages({ turns })[0]).toMatchObject({ reasoning_content: 'why' })
    expect(messages({ turns }, { reasoningField: 'reasoning' })[0]).toMatchObject({ reasoning: 'why' })
    expect(messages({ turns }, { replayReasoning: 'never' })[0]).not.toHaveProperty('reasoning_content')
  })

  it('is an empty string on every assistant message of a vendor that always wants it', () => {
    expect(messages({ turns: [assistant('a')] }, { replayReasoning: 'always' })).toEqual([
      { role: 'assistant', content: 'a', reasoning_content: '' },
    ])
  })

  it.each<[string, Partial<Seal>, boolean]>([
    ['made by this channel', {}, true],
    ['of an unknown channel', { footprint: '' }, true],
    ['made by another channel', { footprint: 'other' }, false],
    ['of another protocol', { maker: 'anthropic-messages', data: 'sig' }, false],
  ])('sends proof %s: %o → %s', (_name, fields, sent) => {
    const { body, notes } = encode({ turns: [assistant(thought(fields), call('c'))] })
    expect(JSON.stringify(body).includes('reasoning_details')).toBe(sent)
    expect(JSON.stringify(body)).not.toContain('sig')
    expect(notes.length).toBe(sent ? 0 : 1)
  })

  it('is no message of its own when nothing else was said', () => {
    expect(
      messages({ turns: [user('a'), assistant(thought({ maker: 'anthropic-messages' })), user('b')] }),
    ).toEqual([
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b' },
    ])
  })
})

describe('tools and settings', () => {
  it('asks for usage in streams, unless the vendor cannot', () => {
    expect(encode({}).body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(encode({}, { streamOptions: false }).body).not.toHaveProperty('stream_options')
    expect(encode({ stream: false }).body).not.toHaveProperty('stream_options')
  })

  it('repairs schemas that strict vendors refuse', () => {
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' }
    expect(encode({ tools: [{ ...tool, schema }] }).body['tools']).toEqual([
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ])
  })

  it('leaves out strict where the vendor does not know it', () => {
    const { body } = encode({ tools: [{ ...tool, strict: false }] }, { strictTools: false })
    expect(JSON.stringify(body['tools'])).not.toContain('strict')
  })

  it('drops a foreign web search with a note, or asks for it where the vendor can', () => {
    const carry = { protocol: 'anthropic-messages', fields: { type: 'web_search_20250305' } } as const
    const tools = [tool, { type: 'server', name: 'web_search', carry } as const]
    expect(encode({ tools, toolChoice: { type: 'tool', name: 'web_search' } })).toMatchObject({
      notes: [{ kind: 'dropped', path: 'tools[1]' }],
      body: { tools: [{ function: { name: 'f' } }] },
    })
    expect(encode({ tools, toolChoice: { type: 'tool', name: 'web_search' } }).body).not.toHaveProperty(
      'tool_choice',
    )
    expect(encode({ tools }, { webSearchOptions: true })).toMatchObject({
      notes: [],
      body: { web_search_options: {} },
    })
  })

  it('sends no word about tools when there are none', () => {
    const { body } = encode({ toolChoice: { type: 'auto' }, parallelToolCalls: false })
    expect(body).not.toHaveProperty('tool_choice')
    expect(body).not.toHaveProperty('parallel_tool_calls')
  })

  it.each<[IrRequest['reasoning'], object, string | undefined]>([
    [{ mode: 'on', effort: 'medium' }, { efforts: ['low', 'high', 'max'] }, 'high'],
    [{ mode: 'on', effort: 'xhigh' }, { efforts: ['low', 'medium', 'high'] }, 'high'],
    [{ mode: 'adaptive', effort: 'high' }, {}, 'high'],
    [{ mode: 'adaptive' }, {}, undefined],
    [{ mode: 'on', budgetTokens: 31_999 }, {}, 'high'],
    [{ mode: 'on', budgetTokens: 2_000 }, {}, 'low'],
    [{ mode: 'off' }, {}, undefined],
    [{ mode: 'off', effort: 'high' }, { efforts: ['low', 'high'] }, 'low'],
    [{ mode: 'off' }, { efforts: ['none', 'high'] }, 'none'],
    [{ mode: 'on', effort: 'high' }, { reasoning: 'none' }, undefined],
  ])('tells reasoning %j in dialect %j as %s', (reasoning, dialect, expected) => {
    expect(encode(reasoning === undefined ? {} : { reasoning }, dialect).body['reasoning_effort']).toBe(
      expected,
    )
  })

  it('clamps the output limit and leaves out forbidden fields', () => {
    const sampling = { maxOutputTokens: 64_000, temperature: 1, stop: ['1', '2', '3', '4', '5'], topK: 3 }
    const { body, notes } = encode({ sampling }, { maxOutputTokens: 8_192, forbid: ['temperature'] })
    expect(body).toMatchObject({ max_tokens: 8_192, stop: ['1', '2', '3', '4'] })
    expect(body).not.toHaveProperty('temperature')
    expect(notes.map((note) => note.path)).toEqual(['max_tokens', 'stop', 'top_k', 'temperature'])
  })

  it('notes foreign fields that mattered, and only those', () => {
    const fields = {
      context_management: { edits: [1] },
      metadata: { user_id: 'u' },
      store: false,
      include: ['x'],
    }
    expect(encode({ carry: { protocol: 'anthropic-messages', fields } }).notes).toEqual([
      expect.objectContaining({ kind: 'dropped', path: 'context_management' }),
    ])
  })

  it('gives the same bytes for the same history', () => {
    const asked = request({ turns: [user('a', image), assistant(call('c'.repeat(50)))], tools: [tool] })
    expect(JSON.stringify(encode(structuredClone(asked)).body)).toBe(JSON.stringify(encode(asked).body))
  })
})
