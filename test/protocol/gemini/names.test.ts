// The names of tools on the way to Gemini and back: what it refuses is changed, and every answer finds its tool again.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { objects, text } from '../../../src/base/json.js'
import { PLAIN } from '../../../src/protocol/dialect.js'
import { gemini } from '../../../src/protocol/gemini/codec.js'
import type { IrRequest } from '../../../src/protocol/ir/request.js'

function offering(names: readonly string[], more: Partial<IrRequest> = {}): IrRequest {
  const tools = names.map((name) => ({ type: 'function', name, schema: {} }) as const)
  return { model: 'm', stream: true, turns: [], tools, sampling: {}, ...more }
}

const bodyOf = (request: IrRequest) =>
  gemini.client.encodeRequest(request, { dialect: PLAIN, footprint: '' }).value.body

/** The names under which the tools are offered, in their order. */
const offered = (request: IrRequest): string[] =>
  objects(bodyOf(request), 'tools')
    .flatMap((tool) => objects(tool, 'functionDeclarations'))
    .map((one) => text(one, 'name') ?? '')

/** The name under which the agent hears of a call. */
function called(request: IrRequest, name: string): unknown {
  const answer = { candidates: [{ content: { parts: [{ functionCall: { name, args: {} } }] } }] }
  const context = { request, dialect: PLAIN, footprint: '', newId: () => 'c' }
  const [part] = gemini.client.decodeResponse(answer, context).parts
  return part?.type === 'tool-call' ? part.name : undefined
}

describe('a name that begins with a digit', () => {
  it.each([[['1x', '_1x']], [['_1x', '1x']], [['1x', '_1x', 'other']]])(
    'has one of its own among %j',
    (names) => {
      const request = offering(names)
      const wire = offered(request)
      expect(new Set(wire).size).toBe(names.length)
      expect(wire[names.indexOf('_1x')]).toBe('_1x')
      expect(wire.map((name) => called(request, name))).toEqual(names)
    },
  )

  it('of 64 letters stays within 64', () => {
    const names = [`3${'d'.repeat(63)}`, `3${'d'.repeat(62)}e`]
    const request = offering(names)
    const wire = offered(request)
    for (const name of wire) expect(name).toMatch(/^_3d{53}_[0-9a-f]{8}$/)
    expect(wire.map((name) => called(request, name))).toEqual(names)
  })

  it('is the same in the choice and in the history, where it need not be offered any more', () => {
    const call = (name: string) =>
      ({ type: 'tool-call', id: name, kind: 'function', name, input: '{}' }) as const
    const request = offering(['1x', '_1x'], {
      toolChoice: { type: 'tool', name: '1x' },
      turns: [
        { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', parts: [call('1x'), call('_1x'), call('2x')] },
      ],
    })
    const [own] = offered(request)
    const body = JSON.stringify(bodyOf(request))
    expect(own).not.toBe('_1x')
    expect(body).toContain(`"allowedFunctionNames":["${own}"]`)
    const history = [...body.matchAll(/"functionCall":{"id":"[^"]*","name":"([^"]*)"/g)].map(
      ([, name]) => name,
    )
    expect(history).toEqual([own, '_1x', '_2x'])
  })
})

const letters = (least: number, most: number) =>
  fc
    .array(fc.constantFrom('1', '2', '_', 'x'), { minLength: least, maxLength: most })
    .map((all) => all.join(''))
const long = fc
  .tuple(letters(1, 3), letters(1, 2))
  .map(([start, end]) => start + 'y'.repeat(64 - start.length - end.length) + end)

const some = fc.uniqueArray(fc.oneof(letters(1, 4), long), { minLength: 1, maxLength: 12 })

it('different tools have different names that Gemini takes, the same each time, and answers lead back', () => {
  fc.assert(
    fc.property(some, (names) => {
      const request = offering(names)
      const wire = offered(request)
      expect(new Set(wire).size).toBe(names.length)
      for (const name of wire) expect(name).toMatch(/^[A-Za-z_][\w-]{0,63}$/)
      expect(offered(request)).toEqual(wire)
      expect(wire.map((name) => called(request, name))).toEqual(names)
    }),
  )
})
