// Tools that only one protocol knows, sent as functions and restored.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect } from '../../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import type { IrPart, ToolCallPart } from '../../../src/protocol/ir/part.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { FunctionTool, IrRequest, IrTool, IrToolChoice } from '../../../src/protocol/ir/request.js'
import { type Flattened, flattenTools } from '../../../src/protocol/tools/flatten.js'
import { isFlatName, toolNames } from '../../../src/protocol/tools/names.js'

const schema = { type: 'object', properties: {} }
const fn = (name: string, namespace?: string): FunctionTool => ({
  type: 'function',
  name,
  schema,
  ...(namespace === undefined ? {} : { namespace, namespaceDescription: `About ${namespace}.` }),
})
const applyPatch: IrTool = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Edits files.',
  grammar: { syntax: 'lark', definition: 'start: "x"' },
}
const search: IrTool = { type: 'search', name: 'tool_search', description: 'Finds tools.', schema }
const ask = (tools: IrTool[], parts: IrPart[] = [], toolChoice?: IrToolChoice): IrRequest => ({
  model: 'm',
  stream: true,
  tools,
  turns: [{ role: 'assistant', parts }],
  sampling: {},
  ...(toolChoice === undefined ? {} : { toolChoice }),
})
const call = (fields: Partial<ToolCallPart> & { readonly name: string }): ToolCallPart => ({
  type: 'tool-call',
  id: 'c1',
  kind: 'function',
  input: '{}',
  ...fields,
})

/** What the agent gets when the upstream calls this function: streamed in small pieces, and as a whole. */
function answered(flattened: Flattened, upstream: ToolCallPart): IrPart[] {
  const response = { parts: [upstream], finish: { reason: 'tool-calls' } } as const
  const step = flattened.restore()
  const events = replay(response).flatMap((event): IrEvent[] =>
    event.type === 'tool-call-delta' ? event.input.split('').map((input) => ({ ...event, input })) : [event],
  )
  const streamed = collect([...events.flatMap((event) => step.push(event)), ...step.end()])
  expect(flattened.restoreResponse(response)).toEqual(streamed)
  return [...streamed.parts]
}

describe('flattening the tools', () => {
  it('leaves functions with valid names untouched', () => {
    const request = ask([fn('exec_command'), fn('mcp__server__tool')], [call({ name: 'exec_command' })])
    expect(flattenTools(request).request).toEqual({ value: request, notes: [] })
  })

  it('sends a custom tool as a function with one text that tells the grammar', () => {
    const { value, notes } = flattenTools(ask([applyPatch])).request
    expect(value.tools).toEqual([
      {
        type: 'function',
        name: 'apply_patch',
        description: 'Edits files.\n\nThe text in `input` must match this lark grammar:\nstart: "x"',
        schema: {
          type: 'object',
          properties: {
            input: { type: 'string', description: 'The whole input of the tool, as plain text.' },
          },
          required: ['input'],
          additionalProperties: false,
        },
      },
    ])
    expect(notes).toMatchObject([{ kind: 'emulated', path: 'tools.apply_patch' }])
  })

  it('joins namespace and name, tells the namespace once, and notes it once', () => {
    const { value, notes } = flattenTools(ask([fn('spawn', 'agents'), fn('wait', 'agents')])).request
    expect(value.tools).toEqual([
      { type: 'function', name: 'agents__spawn', description: 'About agents.', schema },
      { type: 'function', name: 'agents__wait', schema },
    ])
    expect(notes).toMatchObject([{ kind: 'emulated', path: 'tools.agents' }])
  })

  it('rewrites the calls, the results and the tool choice of the history', () => {
    const parts: IrPart[] = [
      call({ kind: 'custom', name: 'apply_patch', input: 'a "b"\n' }),
      call({ name: 'spawn', namespace: 'agents', input: '{"x":1}' }),
      call({ kind: 'search', name: 'tool_search', input: '{"query":"q"}' }),
      { type: 'tool-result', callId: 'c1', kind: 'custom', content: [] },
    ]
    const choice = { type: 'tool', name: 'spawn', namespace: 'agents' } as const
    const { value } = flattenTools(ask([applyPatch, fn('spawn', 'agents'), search], parts, choice)).request
    expect(value.turns[0]?.parts).toEqual([
      call({ name: 'apply_patch', input: '{"input":"a \\"b\\"\\n"}' }),
      call({ name: 'agents__spawn', input: '{"x":1}' }),
      call({ name: 'tool_search', input: '{"query":"q"}' }),
      { type: 'tool-result', callId: 'c1', kind: 'function', content: [] },
    ])
    expect(value.toolChoice).toEqual({ type: 'tool', name: 'agents__spawn' })
  })

  it('tells what a search found by the names that are offered', () => {
    const found = (text: string): IrPart => ({
      type: 'tool-result',
      callId: 'c1',
      kind: 'search',
      content: [{ type: 'text', text }],
    })
    const parts = [
      found('{"tools":[{"namespace":"agents","name":"spawn"},{"name":"plain"}]}'),
      found('nothing'),
    ]
    const { value } = flattenTools(ask([search, fn('spawn', 'agents')], parts)).request
    const texts = value.turns[0]?.parts.flatMap((part) => (part.type === 'tool-result' ? part.content : []))
    expect(texts).toEqual([
      { type: 'text', text: '{"tools":[{"name":"agents__spawn"},{"name":"plain"}]}' },
      { type: 'text', text: 'nothing' },
    ])
  })

  it('offers a tool once that came twice, and notes it when the two differ', () => {
    const { value, notes } = flattenTools(
      ask([fn('a'), fn('a'), { ...fn('a'), description: 'other' }]),
    ).request
    expect(value.tools).toHaveLength(1)
    expect(notes).toMatchObject([{ kind: 'dropped', path: 'tools.a' }])
  })

  it('keeps the name of a plain tool that a joined name would collide with', () => {
    const flattened = flattenTools(ask([fn('b', 'a'), fn('a__b')]))
    const names = flattened.request.value.tools.map((tool) => tool.name)
    expect(names[1]).toBe('a__b')
    expect(names[0]).toMatch(/^a__b_[0-9a-f]{8}$/)
    expect(answered(flattened, call({ name: 'a__b' }))).toEqual([call({ name: 'a__b' })])
    expect(answered(flattened, call({ name: names[0] ?? '' }))).toEqual([call({ name: 'b', namespace: 'a' })])
  })

  it('shortens names over 64 letters and replaces letters that are not allowed, and leads them back', () => {
    const long = `mcp__${'x'.repeat(80)}`
    const flattened = flattenTools(ask([fn(long), fn('get.file'), fn('žluť')]))
    for (const [index, name] of [long, 'get.file', 'žluť'].entries()) {
      const flat = flattened.request.value.tools[index]?.name ?? ''
      expect(isFlatName(flat)).toBe(true)
      expect(answered(flattened, call({ name: flat }))).toEqual([call({ name })])
    }
  })

  it('names the tools of the history the same although they are offered no more', () => {
    const parts = [call({ name: 'spawn', namespace: 'agents' })]
    expect(flattenTools(ask([], parts)).request.value.turns[0]?.parts).toEqual([
      call({ name: 'agents__spawn' }),
    ])
  })
})

describe('restoring the calls', () => {
  const flattened = flattenTools(
    ask([applyPatch, fn('spawn', 'agents'), fn('run', 'a'), fn('run', 'b'), search]),
  )

  it.each<[string, ToolCallPart, ToolCallPart]>([
    [
      'a custom tool, its text unwrapped',
      call({ name: 'apply_patch', input: '{"input":"*** \\ud83e\\udd9c\\n"}' }),
      call({ kind: 'custom', name: 'apply_patch', input: '*** 🦜\n' }),
    ],
    ['a namespace', call({ name: 'agents__spawn' }), call({ name: 'spawn', namespace: 'agents' })],
    [
      'a bare name that only one tool has',
      call({ name: 'spawn' }),
      call({ name: 'spawn', namespace: 'agents' }),
    ],
    ['a dotted name', call({ name: 'b.run' }), call({ name: 'run', namespace: 'b' })],
    [
      'a name with the prefix of a prompt format',
      call({ name: 'functions.agents__spawn' }),
      call({ name: 'spawn', namespace: 'agents' }),
    ],
    ['a bare name that two tools have, as it is', call({ name: 'run' }), call({ name: 'run' })],
    ['a tool search', call({ name: 'tool_search' }), call({ kind: 'search', name: 'tool_search' })],
    ['a tool that nobody offered, as it is', call({ name: 'nope' }), call({ name: 'nope' })],
  ])('gives back %s', (_, upstream, expected) => {
    expect(answered(flattened, upstream)).toEqual([expected])
  })

  it('keeps calls apart that stream at the same time', () => {
    const step = flattened.restore()
    const start = (index: number): IrEvent => ({
      type: 'tool-call-start',
      index,
      id: `c${index}`,
      kind: 'function',
      name: 'apply_patch',
    })
    const delta = (index: number, input: string): IrEvent => ({ type: 'tool-call-delta', index, input })
    const events = [
      start(0),
      start(1),
      delta(0, '{"input":"a'),
      delta(1, '{"input":"b'),
      delta(0, 'c"}'),
      delta(1, 'd"}'),
    ]
    expect(
      events.flatMap((event) => step.push(event)).filter((event) => event.type === 'tool-call-delta'),
    ).toEqual([delta(0, 'a'), delta(1, 'b'), delta(0, 'c'), delta(1, 'd')])
  })
})

describe('the law of names', () => {
  it('gives every tool a valid name of its own that leads back to it', () => {
    const word = fc.oneof(
      fc.constantFrom('a', 'b', 'a__b', 'a.b', 'x'.repeat(70), `${'x'.repeat(70)}y`, ''),
      fc.string({ maxLength: 5 }),
    )
    const address = fc
      .tuple(word, fc.option(word, { nil: undefined }))
      .map(
        ([name, namespace]) =>
          ({ kind: 'function', name, ...(namespace === undefined ? {} : { namespace }) }) as const,
      )
    fc.assert(
      fc.property(fc.uniqueArray(address, { selector: (item) => JSON.stringify(item) }), (addresses) => {
        const names = toolNames()
        const flat = addresses.map((item) => names.flat(item))
        expect(flat.every(isFlatName)).toBe(true)
        expect(new Set(flat).size).toBe(flat.length)
        expect(flat.map((name) => names.find(name))).toEqual(addresses)
        expect(addresses.map((item) => names.flat(item))).toEqual(flat)
      }),
    )
  })
})
