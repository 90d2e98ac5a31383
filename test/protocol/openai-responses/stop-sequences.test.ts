// Answers are cut at stop sequences, which the protocol does not know.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import { openaiResponses } from '../../../src/protocol/openai-responses/codec.js'
import { decodeContext, decodeEvents, foreign } from './support.js'

const usage = { input_tokens: 5, output_tokens: 9, total_tokens: 14 }

function delta(told: string): JsonObject {
  return { type: 'response.output_text.delta', item_id: 'm', output_index: 0, content_index: 0, delta: told }
}
function call(place: number): JsonObject {
  const item = {
    type: 'function_call',
    id: `fc_${place}`,
    call_id: `c_${place}`,
    name: 'run',
    arguments: '{}',
  }
  return { type: 'response.output_item.done', output_index: place, item }
}
function stopped(stop: string[], ...data: JsonObject[]) {
  const request = foreign({ sampling: { stop } })
  const end = { type: 'response.completed', response: { id: 'r', usage } }
  return collect(decodeEvents([...data, end], { request }))
}

describe('a stop sequence', () => {
  it('ends the text before it, however the text is split', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 })
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 6 }), stops, (pieces, stop) => {
        const whole = pieces.join('')
        const found = stop.filter((one) => whole.includes(one))
        const ends = found.map((one) => whole.indexOf(one) + one.length)
        const first = found.filter((_, index) => ends[index] === Math.min(...ends))
        const cut = Math.min(...ends) - Math.max(...first.map((one) => one.length))
        const answer = stopped(stop, ...pieces.map(delta))
        const told = answer.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
        expect(told).toBe(found.length === 0 ? whole : whole.slice(0, cut))
        expect(answer.finish.stopSequence === undefined).toBe(found.length === 0)
      }),
      { numRuns: 500 },
    )
  })

  it('is named, and all that was made is still counted', () => {
    const answer = stopped(['END'], delta('one E'), delta('ND two'))
    expect(answer).toMatchObject({
      parts: [{ text: 'one ' }],
      finish: { reason: 'stop', stopSequence: 'END' },
      usage: { output: 9 },
    })
  })

  it('lets nothing begin after it, and keeps the calls before it', () => {
    expect(stopped(['END'], delta('one END'), call(1))).toMatchObject({
      parts: [{ type: 'text', text: 'one ' }],
      finish: { reason: 'stop' },
    })
    const before = stopped(['END'], call(1), { ...delta('one END two'), output_index: 2 })
    expect(before.parts.map((part) => part.type)).toEqual(['tool-call', 'text'])
    expect(before.finish).toEqual({ reason: 'tool-calls' })
  })

  it('cuts a whole answer as well', () => {
    const item = {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'one END two' }],
    }
    const request = foreign({ sampling: { stop: ['END'] } })
    expect(
      openaiResponses.client.decodeResponse(
        { id: 'r', status: 'completed', output: [item] },
        decodeContext({ request }),
      ),
    ).toMatchObject({ parts: [{ text: 'one ' }], finish: { stopSequence: 'END' } })
  })
})
