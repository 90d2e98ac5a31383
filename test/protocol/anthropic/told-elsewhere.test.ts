// What a request says in ways that only Messages has, and how the other protocols are told it.
import { describe, expect, it } from 'vitest'
import { type JsonObject, objects, text } from '../../../src/base/json.js'
import { crossed, pairs } from '../crossing.js'

const others = pairs.filter(({ from, to }) => from.id === 'anthropic-messages' && to !== from)
const asked = (more: JsonObject, ...content: JsonObject[]): JsonObject => ({
  model: 'asked',
  max_tokens: 100,
  messages: [{ role: 'user', content: [...content, { type: 'text', text: 'Do it.' }] }],
  ...more,
})
const schema = { type: 'object', properties: { a: { type: 'string' } } }
const system = (content: JsonObject[], more: JsonObject = {}): JsonObject => ({
  role: 'system',
  content,
  ...more,
})

describe.each(others)('$pair', (pair) => {
  it('tells what the user says of a document before the document', () => {
    const document = {
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'the document' },
      context: 'said of it',
    }
    const { wire, notes } = crossed(pair, asked({}, document))
    expect(JSON.stringify(wire.body)).toMatch(/said of it.*the document.*Do it\./)
    expect(notes).toEqual([])
  })

  it('offers a tool that a message of the system has added', () => {
    const definition = { name: 'late', description: 'comes late', input_schema: schema }
    const addition = { type: 'tool_addition', tool: { type: 'tool_definition', definition } }
    const body = asked({ tools: [{ name: 'early', input_schema: schema }] })
    const { upstreamRequest, wire } = crossed(pair, {
      ...body,
      messages: [...objects(body, 'messages'), system([addition])],
    })
    expect(upstreamRequest.tools).toMatchObject([{ name: 'early' }, { name: 'late' }])
    expect(JSON.stringify(wire.body['tools'])).toContain('comes late')
  })

  it('notes nothing of an effort that is honoured, and notes what is not', () => {
    const effort = (level: string) => ({ output_config: { effort: level } })
    const body = asked(effort('low'))
    const messages = [...objects(body, 'messages'), system([], effort('high'))]
    const { wire, notes } = crossed(pair, { ...body, messages })
    expect(JSON.stringify(wire.body)).toContain('"high"')
    expect(notes).toEqual([])
    const odd = crossed(
      pair,
      asked({ output_config: { effort: 'sideways', task_budget: { type: 'tokens' } } }),
    )
    expect(odd.notes.map(({ path }) => path)).toEqual(['output_config.task_budget', 'output_config.effort'])
  })
})

describe('a tool that a message of the system has added', () => {
  it('is told once by Messages itself', () => {
    const pair = pairs.find(({ from, to }) => from.id === 'anthropic-messages' && from === to)
    if (pair === undefined) throw new Error('there is such a pair')
    const definition = { name: 'late', input_schema: schema }
    const addition = { type: 'tool_addition', tool: { type: 'tool_definition', definition } }
    const body = asked({ tools: [{ name: 'early', input_schema: schema }] })
    const { wire } = crossed(pair, { ...body, messages: [...objects(body, 'messages'), system([addition])] })
    expect(objects(wire.body, 'tools').map((tool) => text(tool, 'name'))).toEqual(['early'])
    expect(JSON.stringify(wire.body['messages'])).toContain('late')
  })
})

describe('a blank last message', () => {
  it('still asks for an answer of Messages', () => {
    const pair = pairs.find(({ from, to }) => from.id === 'openai-chat' && to.id === 'anthropic-messages')
    if (pair === undefined) throw new Error('there is such a pair')
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: '  ' },
    ]
    const { wire, notes } = crossed(pair, { model: 'asked', messages })
    expect(objects(wire.body, 'messages').map((message) => message['role'])).toEqual([
      'user',
      'assistant',
      'user',
    ])
    expect(notes).toHaveLength(1)
  })
})
