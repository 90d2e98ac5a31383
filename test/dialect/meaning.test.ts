// What a dialect says of meaning: which tools can be forced, how thinking is switched, where words of the system stand.
import { describe, expect, it } from 'vitest'
import { type JsonObject, text } from '../../src/base/json.js'
import type { Dialect } from '../../src/protocol/dialect.js'
import type { IrReasoning, IrRequest, IrTool, IrToolChoice, IrTurn } from '../../src/protocol/ir/request.js'
import {
  decodeChunks,
  decodeContext,
  delta,
  encode,
  finish,
  messages,
  user,
} from '../protocol/openai-chat/support.js'

const tool = (name: string): IrTool => ({
  type: 'function',
  name,
  schema: { type: 'object', properties: {} },
})
const tools = [tool('look'), tool('write')]
const system = (text: string): IrTurn => ({ role: 'system', parts: [{ type: 'text', text }] })
const call: IrTurn = {
  role: 'assistant',
  parts: [{ type: 'tool-call', id: 'c1', kind: 'function', name: 'look', input: '{}' }],
}
const result: IrTurn = {
  role: 'tool',
  parts: [{ type: 'tool-result', callId: 'c1', kind: 'function', content: [{ type: 'text', text: 'seen' }] }],
}

describe('a choice of tools', () => {
  const named: IrToolChoice = { type: 'tool', name: 'write' }
  const choice = (toolChoice: IrToolChoice, dialect: Dialect, reasoning?: IrReasoning) => {
    const asked: Partial<IrRequest> = { tools, toolChoice, ...(reasoning === undefined ? {} : { reasoning }) }
    const { body, notes } = encode(asked, dialect)
    const names = Array.isArray(body['tools']) ? body['tools'].length : 0
    return { choice: body['tool_choice'], tools: names, thinking: body['thinking'], notes: notes.length }
  }
  const all = { tools: 2, thinking: undefined, notes: 0 }

  it.each<[string, IrToolChoice, Dialect, object]>([
    ['is sent as it is', named, {}, { ...all, choice: { type: 'function', function: { name: 'write' } } }],
    [
      'is "any" where that is the word',
      { type: 'required' },
      { toolChoice: 'any' },
      { ...all, choice: 'any' },
    ],
    [
      'is forced by offering one tool',
      named,
      { toolChoice: 'any' },
      { ...all, choice: 'any', tools: 1, notes: 1 },
    ],
    [
      'is left to the model',
      { type: 'required' },
      { toolChoice: 'auto' },
      { ...all, choice: undefined, notes: 1 },
    ],
    ['goes without saying', { type: 'auto' }, { toolChoice: 'auto' }, { ...all, choice: undefined }],
    [
      'of none offers none',
      { type: 'none' },
      { toolChoice: 'auto' },
      { ...all, choice: undefined, tools: 0, notes: 1 },
    ],
    [
      'of none is taken while thinking',
      { type: 'none' },
      { toolChoice: 'auto-when-thinking' },
      { ...all, choice: 'none' },
    ],
  ])('%s', (_what, toolChoice, dialect, expected) => {
    expect(choice(toolChoice, dialect)).toEqual(expected)
  })

  const thinks: Dialect = {
    toolChoice: 'auto-when-thinking',
    reasoning: 'thinking',
    efforts: ['none', 'high'],
  }
  it('is given up for thinking that was asked for', () => {
    expect(choice({ type: 'required' }, thinks, { mode: 'adaptive' })).toEqual({
      choice: undefined,
      tools: 2,
      thinking: { type: 'enabled' },
      notes: 1,
    })
  })

  it('switches off thinking that nobody asked for', () => {
    expect(choice({ type: 'required' }, thinks)).toEqual({
      choice: 'required',
      tools: 2,
      thinking: { type: 'disabled' },
      notes: 1,
    })
  })

  it('is given up where thinking cannot be switched off', () => {
    expect(
      choice({ type: 'required' }, { ...thinks, efforts: ['low', 'high'] }, { mode: 'off' }),
    ).toMatchObject({
      choice: undefined,
      thinking: { type: 'enabled' },
    })
  })
})

describe('the switch for thinking', () => {
  const OFF: IrReasoning = { mode: 'off' }
  const HARD: IrReasoning = { mode: 'on', effort: 'xhigh' }
  const BUDGET: IrReasoning = { mode: 'on', budgetTokens: 20_000 }
  const ADAPTIVE: IrReasoning = { mode: 'adaptive' }
  it.each<[IrReasoning, Dialect, JsonObject]>([
    [OFF, { reasoning: 'thinking' }, { thinking: { type: 'disabled' } }],
    [HARD, { reasoning: 'thinking' }, { thinking: { type: 'enabled' } }],
    [
      HARD,
      { reasoning: 'thinking', efforts: ['none', 'low', 'high', 'max'] },
      { thinking: { type: 'enabled' }, reasoning_effort: 'max' },
    ],
    [
      OFF,
      { reasoning: 'thinking', efforts: ['low', 'high'] },
      { thinking: { type: 'enabled' }, reasoning_effort: 'low' },
    ],
    [
      { mode: 'on', effort: 'minimal' },
      { reasoning: 'thinking', efforts: ['none', 'low'] },
      { thinking: { type: 'enabled' }, reasoning_effort: 'low' },
    ],
    [OFF, { reasoning: 'enable-thinking' }, { enable_thinking: false }],
    [BUDGET, { reasoning: 'enable-thinking' }, { enable_thinking: true, thinking_budget: 20_000 }],
    [ADAPTIVE, { reasoning: 'enable-thinking' }, { enable_thinking: true }],
    [OFF, { reasoning: 'reasoning' }, { reasoning: { enabled: false } }],
    [HARD, { reasoning: 'reasoning' }, { reasoning: { enabled: true } }],
    [BUDGET, { reasoning: 'reasoning', efforts: ['none', 'low', 'high'] }, { reasoning: { effort: 'high' } }],
    [OFF, { reasoning: 'reasoning', efforts: ['none', 'low', 'high'] }, { reasoning: { enabled: false } }],
    [
      OFF,
      { reasoning: 'chat-template' },
      { chat_template_kwargs: { enable_thinking: false, thinking: false } },
    ],
    [HARD, { reasoning: 'none' }, {}],
    [ADAPTIVE, {}, {}],
  ])('%j is told in dialect %j as %j', (reasoning, dialect, expected) => {
    const plain = encode({}, dialect).body
    const { body } = encode({ reasoning }, dialect)
    expect(Object.fromEntries(Object.entries(body).filter(([name]) => plain[name] === undefined))).toEqual(
      expected,
    )
  })
})

describe('the order of messages', () => {
  const turns = [system('be good'), user('hi'), call, result, system('hurry'), user('now')]
  const short = (list: JsonObject[]) =>
    list.map((message) => `${text(message, 'role')}: ${text(message, 'content') ?? 'nothing'}`)

  it('tells later words of the system as reminders, in one message with the user’s', () => {
    expect(short(messages({ turns }, { systemMessages: false }))).toEqual([
      'system: be good',
      'user: hi',
      'assistant: nothing',
      'tool: seen',
      'user: <system-reminder>\nhurry\n</system-reminder>\n\nnow',
    ])
  })

  it('keeps what was sent when the conversation grows', () => {
    const before = short(messages({ turns: turns.slice(0, 4) }, { systemMessages: false }))
    expect(short(messages({ turns }, { systemMessages: false })).slice(0, before.length)).toEqual(before)
  })

  it('puts an assistant between a tool and a user, and marks the beginning of an answer', () => {
    const ends = [
      ...turns.slice(0, 4),
      user('now'),
      { role: 'assistant', parts: [{ type: 'text', text: 'So' }] },
    ] as const
    const list = messages({ turns: ends }, { strictTurns: true })
    expect(list.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
      'assistant',
    ])
    expect(list.at(-1)).toEqual({ role: 'assistant', content: 'So', prefix: true })
  })

  it('names the tool of a result where that is wanted', () => {
    expect(messages({ turns, tools }, { toolMessageNames: true })[3]).toMatchObject({
      role: 'tool',
      name: 'look',
    })
    expect(messages({ turns, tools })[3]).not.toHaveProperty('name')
  })
})

describe('an answer', () => {
  it('is asked for as JSON in words where no schema can be given', () => {
    const schema = { type: 'object', properties: { title: { type: 'string' } } }
    const asked = {
      turns: [system('be good'), user('hi')],
      format: { type: 'json-schema', name: 'n', schema },
    } as const
    const { body, notes } = encode(asked, { jsonSchema: false })
    expect(body['response_format']).toEqual({ type: 'json_object' })
    expect(text(messages(asked, { jsonSchema: false })[0] ?? {}, 'content')).toContain(JSON.stringify(schema))
    expect(notes.map(({ kind }) => kind)).toEqual(['emulated'])
  })

  it('that opens with <think> is text where the vendor never thinks aloud', () => {
    const said = (dialect: Dialect) =>
      decodeChunks(
        [delta({ content: '<think>hm</think>yes' }), finish('stop')],
        decodeContext({ dialect }),
      ).map(({ type }) => type)
    expect(said({})).toContain('reasoning-delta')
    expect(said({ thinkTags: false })).not.toContain('reasoning-delta')
  })
})

it('tells images as words to a model that cannot see, also those of results', () => {
  const source = { type: 'base64', mediaType: 'image/png', data: 'AA==' } as const
  const image = { type: 'media', kind: 'image', source, name: 'a.png' } as const
  const shown: IrTurn = {
    role: 'tool',
    parts: [{ type: 'tool-result', callId: 'c1', kind: 'function', content: [image] }],
  }
  const asked = { turns: [user(image, 'look'), call, shown], tools }
  const { body, notes } = encode(asked, { images: false })
  expect(JSON.stringify(body)).not.toContain('image_url')
  expect(messages(asked, { images: false }).map((message) => text(message, 'content'))).toEqual([
    '[image a.png: this model cannot see images]\n\nlook',
    undefined,
    '[image a.png: this model cannot see images]',
  ])
  expect(notes).toHaveLength(2)
  expect(JSON.stringify(encode(asked).body)).toContain('image_url')
})

it('drops tools that a provider runs itself where it runs none', () => {
  const search: IrTool = {
    type: 'server',
    name: 'web_search',
    carry: { protocol: 'anthropic-messages', fields: {} },
  }
  const { body, notes } = encode(
    { tools: [search, ...tools] },
    { serverTools: false, webSearchOptions: true },
  )
  expect(body['tools']).toHaveLength(2)
  expect(body).not.toHaveProperty('web_search_options')
  expect(notes).toHaveLength(1)
})
