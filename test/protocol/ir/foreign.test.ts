// Parts that are told as others, and the numbers of those around them.
import { describe, expect, it } from 'vitest'
import { collect } from '../../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { type Telling, toldEvents, toldResponse } from '../../../src/protocol/ir/foreign.js'
import type { OpaquePart } from '../../../src/protocol/ir/part.js'
import { violation } from '../reading.js'

const search: OpaquePart = {
  type: 'opaque',
  protocol: 'anthropic-messages',
  value: { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
  fallback: 'web_search(q)',
  search: { id: 's', query: 'q', results: [] },
}
/** Texts that are open while two searches come whole. */
const events: readonly IrEvent[] = [
  { type: 'start' },
  { type: 'text-start', index: 0 },
  { type: 'opaque', index: 1, part: search },
  { type: 'text-delta', index: 0, text: 'a' },
  { type: 'text-start', index: 2 },
  { type: 'opaque', index: 3, part: search },
  { type: 'text-delta', index: 2, text: 'b' },
  { type: 'text-delta', index: 0, text: 'c' },
  { type: 'text-end', index: 0 },
  { type: 'text-end', index: 2 },
  { type: 'finish', reason: 'stop' },
]
const telling = (more: Partial<Telling>): Telling => ({
  asker: 'openai-responses',
  searches: false,
  footprint: 'f',
  notes: [],
  ...more,
})

describe.each([
  ['openai-responses', true, ['text', 'reasoning', 'opaque', 'text', 'reasoning', 'opaque']],
  ['openai-chat', true, ['text', 'reasoning', 'text', 'reasoning']],
  ['anthropic-messages', false, ['text', 'opaque', 'text', 'opaque']],
] as const)('a search of Messages told to %s', (asker, searches, types) => {
  it('stands in its place, and leaves every other part whole', () => {
    const machine = toldEvents(telling({ asker, searches }))
    const told = [...events.flatMap((event) => machine.push(event)), ...machine.end()]
    expect(violation(told)).toBeUndefined()
    const answer = collect(told)
    expect(answer.parts.map((part) => part.type)).toEqual(types)
    expect(answer.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))).toEqual(['ac', 'b'])
  })

  it('is the same in a stream and in a whole answer', () => {
    const machine = toldEvents(telling({ asker, searches }))
    const streamed = collect(events.flatMap((event) => machine.push(event)))
    expect(toldResponse(collect(events), telling({ asker, searches }))).toEqual(streamed)
  })
})
