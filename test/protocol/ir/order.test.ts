// Tool results stand where providers want them, whatever order the agent sent.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeResults } from '../../../src/protocol/ir/order.js'
import type { IrPart } from '../../../src/protocol/ir/part.js'
import type { IrRequest, IrTurn } from '../../../src/protocol/ir/request.js'

const text = (content: string): IrPart => ({ type: 'text', text: content })
const call = (id: string): IrPart => ({ type: 'tool-call', id, kind: 'function', name: 'run', input: '{}' })
const result = (callId: string, content = `result of ${callId}`): IrPart => ({
  type: 'tool-result',
  callId,
  kind: 'function',
  content: [{ type: 'text', text: content }],
})
const user = (...parts: IrPart[]): IrTurn => ({ role: 'user', parts })
const assistant = (...parts: IrPart[]): IrTurn => ({ role: 'assistant', parts })
const tool = (...parts: IrPart[]): IrTurn => ({ role: 'tool', parts })
const system = (content: string): IrTurn => ({ role: 'system', parts: [text(content)] })
const ask = (...turns: IrTurn[]): IrRequest => ({ model: 'm', stream: true, turns, tools: [], sampling: {} })

const placed = (...turns: IrTurn[]) => placeResults(ask(...turns)).value.turns
const notes = (...turns: IrTurn[]) => placeResults(ask(...turns)).notes.map((note) => note.kind)

describe('placing tool results', () => {
  it('puts parallel results into the order of their calls', () => {
    expect(
      placed(assistant(call('a'), call('b'), call('c')), user(result('c'), result('a'), result('b'))),
    ).toEqual([assistant(call('a'), call('b'), call('c')), tool(result('a'), result('b'), result('c'))])
  })

  it('lets text and media that came with the results follow them, in their order', () => {
    const image: IrPart = { type: 'media', kind: 'image', source: { type: 'url', url: 'http://x/y.png' } }
    expect(placed(assistant(call('a')), user(text('first'), result('a'), image, text('last')))).toEqual([
      assistant(call('a')),
      tool(result('a')),
      user(text('first'), image, text('last')),
    ])
  })

  it('lets system turns between a call and its result follow the result', () => {
    expect(
      placed(assistant(call('a')), system('news'), tool(result('a')), system('late'), user(text('on'))),
    ).toEqual([assistant(call('a')), tool(result('a')), system('news'), system('late'), user(text('on'))])
  })

  it('keeps a run of assistant turns together and its results behind it', () => {
    const turns = [assistant(text('thinking aloud')), assistant(call('a')), assistant(call('b'))]
    expect(placed(...turns, tool(result('b')), tool(result('a')))).toEqual([
      ...turns,
      tool(result('a'), result('b')),
    ])
  })

  it('leaves calls that follow one another each with its own result', () => {
    const turns = [assistant(call('a')), tool(result('a')), assistant(call('b')), tool(result('b'))]
    expect(placed(...turns)).toEqual(turns)
    expect(notes(...turns)).toEqual([])
  })

  it('tells a result whose call is unknown as text of the user', () => {
    expect(placed(user(text('hello')), tool(result('gone', 'precious')))).toEqual([
      user(text('hello')),
      user(text('Result of a tool call that is not in the history (gone):'), text('precious')),
    ])
    expect(notes(tool(result('gone')))).toEqual(['approximated'])
  })

  it('gives a call without a result an error result when the conversation went on', () => {
    const turns = placed(assistant(call('a'), call('b')), user(result('b'), text('never mind a')))
    expect(turns[1]?.parts).toEqual([
      {
        type: 'tool-result',
        callId: 'a',
        kind: 'function',
        content: [{ type: 'text', text: 'No result was recorded for this tool call.' }],
        isError: true,
      },
      result('b'),
    ])
    expect(notes(assistant(call('a')), user(text('go on')))).toEqual(['emulated'])
  })

  it('leaves a call at the very end pending, also before a system turn', () => {
    const turns = [user(text('do it')), assistant(call('a')), system('reminder')]
    expect(placed(...turns)).toEqual(turns)
    expect(notes(...turns)).toEqual([])
  })

  it('drops a result that says the same again, and tells one that says something else', () => {
    const turns = [assistant(call('a')), user(result('a')), user(result('a')), user(result('a', 'changed'))]
    expect(placed(...turns)).toEqual([
      assistant(call('a')),
      tool(result('a')),
      user(text('Result of a tool call that is not in the history (a):'), text('changed')),
    ])
    expect(notes(...turns)).toEqual(['dropped', 'approximated'])
  })

  it('makes ids unique where a vendor uses one id again and again, or none', () => {
    const round = (id: string, content: string) => [assistant(call(id)), tool(result(id, content))]
    expect(placed(...round('call_0', 'one'), ...round('call_0', 'two'), ...round('', 'three'))).toEqual([
      assistant(call('call_0')),
      tool(result('call_0', 'one')),
      assistant(call('call_0_2')),
      tool(result('call_0_2', 'two')),
      assistant(call('call_2')),
      tool(result('call_2', 'three')),
    ])
  })

  it('gives the result the kind of its call', () => {
    const custom: IrPart = { type: 'tool-call', id: 'a', kind: 'custom', name: 'exec', input: 'x' }
    expect(placed(assistant(custom), tool(result('a')))[1]?.parts[0]).toMatchObject({ kind: 'custom' })
  })

  it('keeps what a tool turn carries', () => {
    const carry = { protocol: 'openai-chat', fields: { name: 'run' } } as const
    const turns = [assistant(call('a'), call('b')), { ...tool(result('a')), carry }, tool(result('b'))]
    expect(placed(...turns)).toEqual(turns)
  })
})

describe('the laws of placing', () => {
  const id = fc.constantFrom('a', 'b', 'c', '')
  const words = fc.string({ minLength: 1, maxLength: 4 })
  const part = fc.oneof(
    words.map(text),
    fc.tuple(id, words).map(([to, content]) => result(to, content)),
  )
  const turn = fc.oneof(
    fc
      .array(fc.oneof(id.map(call), words.map(text)), { minLength: 1, maxLength: 3 })
      .map((parts) => assistant(...parts)),
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => user(...parts)),
    fc.tuple(id, words).map(([to, content]) => tool(result(to, content))),
    words.map(system),
  )
  const history = fc.array(turn, { maxLength: 10 }).map((turns) => ask(...turns))

  it('changes nothing when done twice', () => {
    fc.assert(
      fc.property(history, (request) => {
        const once = placeResults(request).value
        expect(placeResults(once)).toEqual({ value: once, notes: [] })
      }),
    )
  })

  it('loses no text but that of a result given before', () => {
    const said = (request: IrRequest) =>
      new Set(
        request.turns
          .flatMap((turn) => turn.parts)
          .flatMap((part): readonly IrPart[] => (part.type === 'tool-result' ? part.content : [part]))
          .flatMap((part) => (part.type === 'text' ? [part.text] : [])),
      )
    fc.assert(
      fc.property(history, (request) => {
        const after = said(placeResults(request).value)
        for (const sentence of said(request)) expect(after).toContain(sentence)
      }),
    )
  })

  it('leaves results only in tool turns right behind the assistant turns with their calls, each once', () => {
    fc.assert(
      fc.property(history, (request) => {
        const { turns } = placeResults(request).value
        const callsOf = (parts: readonly IrPart[]) =>
          parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
        const resultsOf = (parts: readonly IrPart[]) =>
          parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : []))
        let due: string[] = []
        for (const { role, parts } of turns) {
          const results = resultsOf(parts)
          expect(results.length === 0 || role === 'tool').toBe(true)
          expect(due.slice(0, results.length)).toEqual(results)
          due = [...due.slice(results.length), ...(role === 'assistant' ? callsOf(parts) : [])]
        }
        const ids = turns.flatMap((turn) => callsOf(turn.parts))
        expect(new Set(ids).size).toBe(ids.length)
      }),
    )
  })
})
