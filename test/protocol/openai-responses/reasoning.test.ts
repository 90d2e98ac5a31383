// Reasoning and its proofs: what an agent is given comes back on its next turn, and goes only to its maker.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import type { Dialect } from '../../../src/protocol/dialect.js'
import type { ReasoningPart, Seal } from '../../../src/protocol/ir/part.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import { ENVELOPE_PREFIX } from '../../../src/protocol/ir/seal.js'
import {
  assistant,
  codexBody,
  decode,
  decodeEvents,
  encode,
  encodeEvents,
  foreign,
  items,
  lastResponse,
  message,
} from './support.js'

const anthropicSeal: Seal = { maker: 'anthropic-messages', footprint: 'channel-b', data: 'sig' }
const thought: ReasoningPart = { type: 'reasoning', text: 'hm, hm', visibility: 'summary' }

/** The item an agent gets for a part of an answer. */
function told(part: ReasoningPart): JsonObject | undefined {
  const events = replay({ parts: [part, { type: 'text', text: 'so' }], finish: { reason: 'stop' } })
  return items(lastResponse(encodeEvents(events).data)['output']).find((item) => item['type'] === 'reasoning')
}

/** The part that an echoed item becomes on the next turn. */
function echoed(item: JsonObject): ReasoningPart | undefined {
  const { turns } = decode(codexBody({ input: [item, message('assistant', 'so')] }))
  return turns[0]?.parts.find((part) => part.type === 'reasoning')
}

describe('what an agent is given', () => {
  it('comes back with text and proof, whoever made it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('summary', 'raw'),
        fc.option(
          fc.record({
            maker: fc.constantFrom('anthropic-messages', 'openai-chat'),
            footprint: fc.string(),
            data: fc.string({ minLength: 1 }),
          }),
          { nil: undefined },
        ),
        (text, visibility, seal) => {
          const part: ReasoningPart = {
            type: 'reasoning',
            text,
            visibility,
            ...(seal === undefined ? {} : { seal }),
          }
          const item = told(part)
          const back = item === undefined ? undefined : echoed(item)
          const silent = text === '' && seal === undefined
          expect(back === undefined).toBe(silent)
          expect([back?.text ?? '', back?.seal]).toEqual([text, seal])
        },
      ),
    )
  })

  it('comes back whole from an agent that forgets raw content', () => {
    const item = told({ ...thought, visibility: 'raw' }) ?? {}
    expect(item['content']).toEqual([{ type: 'reasoning_text', text: 'hm, hm' }])
    expect(echoed({ ...item, content: null })).toMatchObject({ text: 'hm, hm', visibility: 'raw' })
  })

  it('is marked as foreign even without a proof, so that it is never relayed to another maker', () => {
    expect(told(thought)?.['encrypted_content']).toMatch(ENVELOPE_PREFIX)
    expect(echoed(told(thought) ?? {})?.seal).toBeUndefined()
  })

  it('is an item of its own when only the proof was told', () => {
    const item = told({ ...thought, text: '', seal: { ...anthropicSeal, redacted: true } })
    expect(item).toMatchObject({ type: 'reasoning', summary: [] })
    expect(echoed(item ?? {})?.seal).toEqual({ ...anthropicSeal, redacted: true })
  })

  it('has the bare proof and the id of a maker of this protocol', () => {
    const seal: Seal = { maker: 'openai-responses', footprint: 'a', data: 'ENC', id: 'rs_9' }
    const item = told({ ...thought, seal })
    expect(item).toMatchObject({ id: 'rs_9', encrypted_content: 'ENC' })
    expect(echoed(item ?? {})?.seal).toEqual({ ...seal, footprint: '' })
  })

  it('keeps the upstream’s id from the first event on', () => {
    const events = decodeEvents([
      { type: 'response.created', response: { id: 'r' } },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { type: 'reasoning', id: 'rs_7', summary: [] },
      },
      { type: 'response.reasoning_summary_text.delta', item_id: 'rs_7', summary_index: 0, delta: 'hm' },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: {
          type: 'reasoning',
          id: 'rs_7',
          summary: [{ type: 'summary_text', text: 'hm' }],
          encrypted_content: 'E',
        },
      },
      { type: 'response.completed', response: { id: 'r' } },
    ])
    const { data } = encodeEvents(events)
    const ids = data.flatMap((one) => (typeof one['item_id'] === 'string' ? [one['item_id']] : []))
    expect(new Set(ids)).toEqual(new Set(['rs_7']))
  })
})

describe('what an upstream of this protocol is sent', () => {
  const proof = (seal: Seal, dialect: Dialect = {}) =>
    encode(foreign({ turns: [assistant({ ...thought, seal }, 'so')] }), dialect)

  it.each([
    ['the same channel', 'channel-a'],
    ['nobody knows which', ''],
  ])('has the proof of %s', (_, footprint) => {
    const { input, notes } = proof({ maker: 'openai-responses', footprint, data: 'ENC', id: 'rs_1' })
    expect(input[0]).toEqual({
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'hm, hm' }],
      encrypted_content: 'ENC',
    })
    expect(notes).toEqual([])
  })

  it.each<[string, Seal]>([
    ['another channel', { maker: 'openai-responses', footprint: 'channel-b', data: 'ENC' }],
    ['another protocol', anthropicSeal],
  ])('has nothing of %s but a note', (_, seal) => {
    const { input, notes } = proof(seal)
    expect(input).toEqual([message('assistant', 'so')])
    expect(notes).toMatchObject([{ kind: 'dropped', path: 'turns[0].parts[0]' }])
  })

  it('has the bare text where the vendor wants it back', () => {
    const call = { type: 'tool-call', id: 'c', kind: 'function', name: 'run', input: '{}' } as const
    const plain = { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'hm, hm' }] }
    const turns = [assistant(thought, 'so'), assistant(thought, call)]
    const sent = (replayReasoning: 'always' | 'tool-loop') =>
      encode(foreign({ turns }), { replayReasoning }).input.filter((item) => item['type'] === 'reasoning')
    expect(sent('always')).toEqual([plain, plain])
    expect(sent('tool-loop')).toEqual([plain])
  })

  it('stands directly before what followed it', () => {
    const seal: Seal = { maker: 'openai-responses', footprint: '', data: 'ENC', id: 'rs_1' }
    const call = { type: 'tool-call', id: 'c', kind: 'function', name: 'run', input: '{}' } as const
    const { input } = encode(foreign({ turns: [assistant('first', { ...thought, seal }, call)] }))
    expect(input.map((item) => item['type'])).toEqual(['message', 'reasoning', 'function_call'])
  })
})

it('treats a damaged envelope as no proof at all', () => {
  expect(
    echoed({ type: 'reasoning', summary: [], encrypted_content: `${ENVELOPE_PREFIX}%%%` })?.seal,
  ).toBeUndefined()
})
