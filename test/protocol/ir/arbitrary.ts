// Arbitrary answers and event streams for the laws of the IR.
import fc from 'fast-check'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import type { Carry, IrPart, Seal } from '../../../src/protocol/ir/part.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import type { IrUsage } from '../../../src/protocol/ir/usage.js'

const protocol = fc.constantFrom('openai-chat', 'openai-responses', 'anthropic-messages')
const carry: fc.Arbitrary<Carry> = fc.record({
  protocol,
  fields: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))),
})
export const seal: fc.Arbitrary<Seal> = fc.record(
  {
    maker: protocol,
    footprint: fc.string(),
    data: fc.string(),
    redacted: fc.constant(true),
    id: fc.string(),
  },
  { requiredKeys: ['maker', 'footprint', 'data'] },
)
const words = fc.string({ unit: 'grapheme' })
const calls = fc.oneof(
  fc.record({ kind: fc.constantFrom('function', 'search'), input: fc.json() }),
  fc.record({ kind: fc.constant('custom'), input: words }),
)

const part: fc.Arbitrary<IrPart> = fc.oneof(
  fc.record(
    { type: fc.constant('text'), text: words, refusal: fc.constant(true), carry },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record(
    {
      type: fc.constant('reasoning'),
      text: words,
      visibility: fc.constantFrom('summary', 'raw'),
      seal,
      carry,
    },
    { requiredKeys: ['type', 'text', 'visibility'] },
  ),
  fc
    .tuple(
      calls,
      fc.record(
        { id: fc.string(), name: fc.string(), namespace: fc.string(), carry },
        { requiredKeys: ['id', 'name'] },
      ),
    )
    .map(([call, rest]) => ({ type: 'tool-call', ...call, ...rest }) as const),
  fc.record({
    type: fc.constant('media'),
    kind: fc.constantFrom('image', 'audio'),
    source: fc.record({ type: fc.constant('url'), url: fc.webUrl() }),
  }),
  fc.record(
    {
      type: fc.constant('opaque'),
      protocol,
      value: fc.dictionary(fc.string(), fc.string()),
      fallback: words,
    },
    { requiredKeys: ['type', 'protocol', 'value'] },
  ),
)

export const usage: fc.Arbitrary<IrUsage> = fc.record({
  inputFresh: fc.nat(),
  cacheRead: fc.nat(),
  cacheWrite5m: fc.nat(),
  cacheWrite1h: fc.nat(),
  output: fc.nat(),
  reasoning: fc.nat(),
})

export const response: fc.Arbitrary<IrResponse> = fc.record(
  {
    id: fc.string(),
    model: fc.string(),
    parts: fc.array(part, { maxLength: 6 }),
    finish: fc.record(
      {
        reason: fc.constantFrom('stop', 'tool-calls', 'length', 'context', 'filter', 'pause'),
        stopSequence: fc.string(),
      },
      { requiredKeys: ['reason'] },
    ),
    usage,
    carry,
  },
  { requiredKeys: ['parts', 'finish'] },
)

/** The events of an answer with its parts overlapping as the seed wants, indexes in order of start. */
export function overlapped(answer: IrResponse, picks: readonly number[]): IrEvent[] {
  const events = replay(answer)
  const lanes = answer.parts.map((_, index) =>
    events.filter((event) => 'index' in event && event.index === index),
  )
  const inner: IrEvent[] = []
  let started = 0
  for (let turn = 0; lanes.some((lane) => lane.length > 0); turn++) {
    const pick = (picks[turn % Math.max(picks.length, 1)] ?? 0) % (started + 1)
    const lane = lanes[pick]?.length ? lanes[pick] : (lanes.find((other) => other.length > 0) ?? [])
    const event = lane.shift()
    if (event === undefined) continue
    if ('index' in event && event.index === started) started += 1
    inner.push(event)
  }
  return [...events.slice(0, 1), ...inner, ...events.slice(-1)]
}
