// Requests of agents of other protocols, as this codec sends them to an Anthropic upstream.

import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects } from '../../../src/base/json.js'
import type { IrRequest, IrTurn } from '../../../src/protocol/ir/request.js'
import { assistantTurn, encode, foreign, functionTool, messagesOf, userTurn } from './support.js'

const text = (words: string): JsonObject => ({ type: 'text', text: words })
const said = (words: string) => ({ type: 'text', text: words }) as const
const call = (id: string, name = 'Bash', input = '{"a":1}') =>
  ({ type: 'tool-call', id, kind: 'function', name, input }) as const
const result = (callId: string, words = 'ok') =>
  ({ type: 'tool-result', callId, kind: 'function', content: [said(words)] }) as const
const turn = (role: IrTurn['role'], ...parts: IrTurn['parts']): IrTurn => ({ role, parts })

/** Messages without cache marks, as `role: blocks`. */
function conversation(turns: IrTurn[], over: Partial<IrRequest> = {}, dialect = {}) {
  const { body, notes } = encode(foreign({ turns, ...over }), { forbid: ['cache_control'], ...dialect })
  return { messages: messagesOf(body), system: body['system'], notes, body }
}

describe('the request as a whole', () => {
  it('goes to /v1/messages with the version, the limit and the stream switch', () => {
    const { path, headers, body } = encode(foreign())
    expect(path).toBe('/v1/messages')
    expect(headers).toEqual({ 'anthropic-version': '2023-06-01' })
    expect(body).toMatchObject({ model: 'claude-x', max_tokens: 32_000, stream: true })
    expect(Object.keys(body)).not.toContain('tools')
    expect(encode(foreign({ stream: false })).body['stream']).toBeUndefined()
  })

  it('holds the output limit to the dialect', () => {
    const limited = encode(foreign({ sampling: { maxOutputTokens: 9000 } }), { maxOutputTokens: 4096 })
    expect(limited.body['max_tokens']).toBe(4096)
    expect(limited.notes).toContainEqual(
      expect.objectContaining({ kind: 'approximated', path: 'max_tokens' }),
    )
    expect(encode(foreign(), { maxOutputTokens: 8192 }).body['max_tokens']).toBe(8192)
    expect(encode(foreign({ sampling: { maxOutputTokens: 5 } })).body['max_tokens']).toBe(5)
  })

  it('notes what has no place here and stays silent about bookkeeping', () => {
    const { notes, body } = encode(
      foreign({
        verbosity: 'low',
        serviceTier: 'flex',
        sampling: { seed: 1, presencePenalty: 0.5, frequencyPenalty: 0 },
        cacheKey: 'k',
        carry: { protocol: 'openai-chat', fields: { user: 'u', store: true, n: 2, logprobs: false } },
      }),
    )
    expect(notes.map((note) => note.path).sort()).toEqual([
      'n',
      'presence_penalty',
      'seed',
      'service_tier',
      'verbosity',
    ])
    expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model', 'stream'])
  })

  it('sends no field that the dialect forbids, and names the betas it needs', () => {
    const native: Partial<IrRequest> = {
      carry: {
        protocol: 'anthropic-messages',
        fields: { context_management: { edits: [] }, metadata: { user_id: 'u' } },
      },
    }
    const free = encode(foreign(native))
    expect(free.headers['anthropic-beta']).toBe('context-management-2025-06-27')
    const bound = encode(foreign(native), { forbid: ['context_management'] })
    expect(bound.body['context_management']).toBeUndefined()
    expect(bound.headers['anthropic-beta']).toBeUndefined()
    expect(bound.notes).toContainEqual(
      expect.objectContaining({ path: 'context_management', kind: 'dropped' }),
    )
  })
})

describe('instructions', () => {
  it('sends leading system and developer turns as the system prompt', () => {
    const { system, messages } = conversation([
      turn('system', said('A')),
      turn('developer', said('B')),
      userTurn('hi'),
    ])
    expect(system).toEqual([text('A'), text('B')])
    expect(messages).toEqual([{ role: 'user', content: [text('hi')] }])
  })

  it('sends a later one as a system message behind a user message', () => {
    const turns = [userTurn('hi'), turn('developer', said('B')), assistantTurn(said('ok')), userTurn('go')]
    expect(conversation(turns).messages).toEqual([
      { role: 'user', content: [text('hi')] },
      { role: 'system', content: 'B' },
      { role: 'assistant', content: [text('ok')] },
      { role: 'user', content: [text('go')] },
    ])
  })

  it.each([
    [
      'where the dialect knows no system messages',
      [userTurn('hi'), turn('system', said('B'))],
      { systemMessages: false },
    ],
    ['where the API would refuse the place', [userTurn('hi'), turn('system', said('B')), userTurn('go')], {}],
  ])('folds it into a user message %s', (_, turns, dialect) => {
    const { messages, notes } = conversation(turns, {}, dialect)
    expect(messages).toHaveLength(1)
    const [message] = messages
    const words = isObject(message) ? objects(message, 'content').map((block) => block['text']) : []
    expect(words.slice(0, 2)).toEqual(['hi', '<system-reminder>\nB\n</system-reminder>'])
    expect(notes).toContainEqual(expect.objectContaining({ kind: 'approximated', path: 'messages' }))
  })

  it('makes the last instruction the user message when there is no other', () => {
    const { system, messages } = conversation([turn('system', said('A')), turn('system', said('B'))])
    expect(system).toEqual([text('A')])
    expect(messages).toEqual([{ role: 'user', content: [text('B')] }])
  })
})

describe('the order of messages', () => {
  it('merges neighbours of one role and puts all results of a turn into one message', () => {
    const { messages } = conversation([
      userTurn('a'),
      userTurn('b'),
      assistantTurn(said('c')),
      assistantTurn(call('1'), call('2')),
      turn('tool', result('1')),
      turn('tool', result('2')),
      userTurn('d'),
    ])
    expect(messages).toEqual([
      { role: 'user', content: [text('a'), text('b')] },
      {
        role: 'assistant',
        content: [
          text('c'),
          { type: 'tool_use', id: '1', name: 'Bash', input: { a: 1 } },
          { type: 'tool_use', id: '2', name: 'Bash', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: '1', content: 'ok' },
          { type: 'tool_result', tool_use_id: '2', content: 'ok' },
          text('d'),
        ],
      },
    ])
  })

  it('begins with a user message and ends an assistant one without white space', () => {
    const { messages, notes } = conversation([assistantTurn(said('Once upon \n'))])
    expect(messages).toEqual([
      { role: 'user', content: [text('Continue.')] },
      { role: 'assistant', content: [text('Once upon')] },
    ])
    expect(notes).toHaveLength(1)
  })

  it('drops blank texts and empty turns', () => {
    const { messages, notes } = conversation([
      userTurn('a'),
      assistantTurn(said(' ')),
      userTurn(''),
      userTurn('b'),
    ])
    expect(messages).toEqual([{ role: 'user', content: [text('a'), text('b')] }])
    expect(notes).toEqual([])
  })

  it('makes foreign tool ids valid, the same for call and result, and unique', () => {
    const { messages } = conversation([
      userTurn('a'),
      assistantTurn(call('functions.Bash:0')),
      turn('tool', result('functions.Bash:0')),
      assistantTurn(call('call_0')),
      turn('tool', result('call_0', 'one')),
      assistantTurn(call('call_0')),
      turn('tool', result('call_0', 'two')),
    ])
    const blocks = messages.filter(isObject).flatMap((message) => objects(message, 'content'))
    const uses = blocks.filter((block) => block['type'] === 'tool_use').map((block) => block['id'])
    const results = blocks
      .filter((block) => block['type'] === 'tool_result')
      .map((block) => block['tool_use_id'])
    expect(results).toEqual(uses)
    expect(new Set(uses).size).toBe(3)
    for (const id of uses) expect(id).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(uses[1]).toBe('call_0')
  })
})

describe('parts', () => {
  it.each<[string, JsonObject]>([
    ['', {}],
    ['{"x":[1]}', { x: [1] }],
    ['[1]', { input: [1] }],
    ['{broken', { input: '{broken' }],
  ])('sends the arguments %j as an object', (input, expected) => {
    const { messages } = conversation([
      userTurn('a'),
      assistantTurn(call('1', 'Bash', input)),
      turn('tool', result('1')),
    ])
    expect(messages[1]).toMatchObject({ content: [{ type: 'tool_use', input: expected }] })
  })

  it('sends images, data addresses and documents, also inside results', () => {
    const image = {
      type: 'media',
      kind: 'image',
      source: { type: 'base64', mediaType: 'image/png', data: 'AA' },
    } as const
    const { messages, notes } = conversation([
      turn(
        'user',
        image,
        { type: 'media', kind: 'image', source: { type: 'url', url: 'data:image/gif;base64,R0' } },
        { type: 'media', kind: 'image', source: { type: 'url', url: 'https://x/y' } },
        {
          type: 'media',
          kind: 'document',
          name: 'a.txt',
          source: { type: 'base64', mediaType: 'text/plain', data: 'aGk=' },
        },
      ),
      assistantTurn(call('1')),
      turn('tool', { ...result('1'), content: [said('shot'), image] }),
    ])
    const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }
    expect(messages[0]).toEqual({
      role: 'user',
      content: [
        png,
        { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'R0' } },
        { type: 'image', source: { type: 'url', url: 'https://x/y' } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' }, title: 'a.txt' },
      ],
    })
    expect(messages[2]).toMatchObject({ content: [{ content: [text('shot'), png] }] })
    expect(notes).toEqual([])
  })

  it('tells in words, with a note, what it cannot take', () => {
    const { messages, notes } = conversation([
      turn(
        'user',
        { type: 'media', kind: 'audio', source: { type: 'base64', mediaType: 'audio/wav', data: 'AA' } },
        { type: 'media', kind: 'image', source: { type: 'file', protocol: 'openai-chat', id: 'f' } },
        {
          type: 'opaque',
          protocol: 'openai-responses',
          value: { type: 'compaction' },
          fallback: 'earlier words',
        },
        { type: 'opaque', protocol: 'openai-responses', value: { type: 'item_reference' } },
      ),
    ])
    expect(messages[0]).toEqual({
      role: 'user',
      content: [
        text('[audio left out: audio is not accepted]'),
        text('[image left out: the file is stored at another provider]'),
        text('earlier words'),
      ],
    })
    expect(notes.map((note) => note.kind)).toEqual([
      'approximated',
      'approximated',
      'approximated',
      'dropped',
    ])
  })

  it('sends reasoning back only with a proof that this channel can read', () => {
    const seal = { maker: 'anthropic-messages', footprint: 'channel-a', data: 'SIG' } as const
    const reasoning = { type: 'reasoning', text: 'hm', visibility: 'summary' } as const
    const { messages, notes } = conversation([
      userTurn('a'),
      assistantTurn(
        { ...reasoning, seal },
        { ...reasoning, seal: { ...seal, footprint: '' } },
        { ...reasoning, text: '', seal: { ...seal, data: 'RED', redacted: true } },
        { ...reasoning, seal: { ...seal, footprint: 'channel-b' } },
        { ...reasoning, seal: { ...seal, maker: 'openai-responses' } },
        reasoning,
        said('ok'),
      ),
    ])
    expect(messages[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'SIG' },
        { type: 'thinking', thinking: 'hm', signature: 'SIG' },
        { type: 'redacted_thinking', data: 'RED' },
        text('ok'),
      ],
    })
    expect(notes.map((note) => [note.kind, note.path])).toEqual([
      ['dropped', 'turns[1].parts[3]'],
      ['dropped', 'turns[1].parts[4]'],
      ['dropped', 'turns[1].parts[5]'],
    ])
  })

  it('does not change the request it is given', () => {
    const value: JsonObject = {
      type: 'search_result',
      content: [{ ...text('x'), cache_control: { type: 'ephemeral' } }],
    }
    const native = { type: 'opaque', protocol: 'anthropic-messages', value } as const
    const marked = { ...said('y'), cache: { ttl: '5m' } } as const
    const request = foreign({
      turns: [turn('user', native, marked, marked, marked, marked, marked)],
      tools: [functionTool('A')],
    })
    const before = structuredClone(request)
    encode(request)
    expect(request).toEqual(before)
  })
})
