// The laws of IR streams: collect undoes replay, the grammar knows right from wrong, sequential loses nothing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { grammar } from '../../../src/protocol/ir/grammar.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import { sequential } from '../../../src/protocol/ir/sequential.js'
import { NO_USAGE } from '../../../src/protocol/ir/usage.js'
import { overlapped, response } from './arbitrary.js'

const picks = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 12 })

function firstViolation(events: readonly IrEvent[]): string | undefined {
  const law = grammar()
  for (const event of events) {
    const wrong = law.push(event)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function inOrder(events: readonly IrEvent[]): IrEvent[] {
  const step = sequential()
  return [...events.flatMap((event) => step.push(event)), ...step.end()]
}

/** The most parts that were open at the same time. */
function mostOpen(events: readonly IrEvent[]): number {
  let open = 0
  let most = 0
  for (const event of events) {
    if (event.type.endsWith('-start')) open += 1
    if (event.type.endsWith('-end')) open -= 1
    most = Math.max(most, open)
  }
  return most
}

describe('collect', () => {
  it('gives back the answer that replay told', () => {
    fc.assert(
      fc.property(response, (answer) => {
        expect(collect(replay(answer))).toEqual(answer)
      }),
    )
  })

  it('gives the same answer when parts overlapped', () => {
    fc.assert(
      fc.property(response, picks, (answer, seed) => {
        expect(collect(overlapped(answer, seed))).toEqual(answer)
      }),
    )
  })

  it('takes the newest usage, and that of the finish before all others', () => {
    const early = { type: 'usage', usage: { ...NO_USAGE, inputFresh: 3 } } as const
    const late = { type: 'usage', usage: { ...NO_USAGE, inputFresh: 3, output: 7 } } as const
    const finish = { type: 'finish', reason: 'stop' } as const
    expect(collect([{ type: 'start' }, early, late, finish]).usage).toEqual(late.usage)
    expect(collect([{ type: 'start' }, late, { ...finish, usage: early.usage }]).usage).toEqual(early.usage)
    expect(collect([{ type: 'start' }, finish]).usage).toBeUndefined()
  })

  it('reads a function call without arguments as an empty object, a custom call without input as empty', () => {
    const call = (kind: 'function' | 'custom', index: number): IrEvent[] => [
      { type: 'tool-call-start', index, id: `call_${index}`, kind, name: 'run' },
      { type: 'tool-call-end', index },
    ]
    const answer = collect([
      { type: 'start' },
      ...call('function', 0),
      ...call('custom', 1),
      { type: 'finish', reason: 'tool-calls' },
    ])
    expect(answer.parts.map((part) => part.type === 'tool-call' && part.input)).toEqual(['{}', ''])
  })

  it('throws the error of the stream, and upstream-truncated when there is no finish', () => {
    const error = new HubError('overloaded', 'Too many at once.')
    expect(() => collect([{ type: 'start' }, { type: 'error', error }])).toThrow(error)
    expect(() => collect([{ type: 'start' }])).toThrow(
      expect.objectContaining({ code: 'upstream-truncated' }),
    )
  })
})

describe('grammar', () => {
  it('accepts every replayed and every overlapping answer', () => {
    fc.assert(
      fc.property(response, picks, (answer, seed) => {
        expect(firstViolation(replay(answer))).toBeUndefined()
        expect(firstViolation(overlapped(answer, seed))).toBeUndefined()
      }),
    )
  })

  const start: IrEvent = { type: 'start' }
  const finish: IrEvent = { type: 'finish', reason: 'stop' }
  const open: IrEvent = { type: 'text-start', index: 0 }
  const delta: IrEvent = { type: 'text-delta', index: 0, text: 'a' }
  const close: IrEvent = { type: 'text-end', index: 0 }
  const error: IrEvent = { type: 'error', error: new HubError('overloaded', 'Busy.') }
  it.each<[string, IrEvent[]]>([
    ['anything before start', [open]],
    ['a second start', [start, start]],
    ['an index that is not the next', [start, { ...open, index: 1 }]],
    ['an index used twice', [start, open, close, open]],
    ['a delta of a part that is not open', [start, delta]],
    ['a delta after the end of its part', [start, open, close, delta]],
    ['a delta of another type', [start, open, { type: 'reasoning-delta', index: 0, text: 'a' }]],
    ['an end of another type', [start, open, { type: 'reasoning-end', index: 0 }]],
    ['a second end', [start, open, close, close]],
    ['finish while a part is open', [start, open, finish]],
    ['anything after finish', [start, finish, { type: 'usage', usage: NO_USAGE }]],
    ['anything after error', [start, error, finish]],
    ['an error after finish', [start, finish, error]],
  ])('refuses %s', (_, events) => {
    const law = grammar()
    const verdicts = events.map((event) => law.push(event))
    expect(verdicts).toEqual([...events.slice(1).map(() => undefined), expect.any(String)])
  })

  it('accepts an error at any point before the end', () => {
    for (const before of [[], [start], [start, open], [start, open, delta, close]])
      expect(firstViolation([...before, error])).toBeUndefined()
  })
})

describe('sequential', () => {
  it('keeps at most one part open, breaks no rule and loses nothing', () => {
    fc.assert(
      fc.property(response, picks, (answer, seed) => {
        const events = inOrder(overlapped(answer, seed))
        expect(mostOpen(events)).toBeLessThanOrEqual(1)
        expect(firstViolation(events)).toBeUndefined()
        expect(collect(events)).toEqual(answer)
      }),
    )
  })

  it('passes the deltas of the part in front at once and holds only those of later parts', () => {
    const step = sequential()
    step.push({ type: 'start' })
    step.push({ type: 'text-start', index: 0 })
    expect(step.push({ type: 'text-start', index: 1 })).toEqual([])
    expect(step.push({ type: 'text-delta', index: 0, text: 'now' })).toHaveLength(1)
    expect(step.push({ type: 'text-delta', index: 1, text: 'later' })).toEqual([])
    expect(step.push({ type: 'text-end', index: 0 }).map((event) => event.type)).toEqual([
      'text-end',
      'text-start',
      'text-delta',
    ])
    expect(step.push({ type: 'text-delta', index: 1, text: 'now too' })).toHaveLength(1)
  })

  it('passes an error at once and nothing after it', () => {
    const step = sequential()
    for (const event of [
      { type: 'start' },
      { type: 'text-start', index: 0 },
      { type: 'text-start', index: 1 },
    ] as const)
      step.push(event)
    expect(step.push({ type: 'error', error: new HubError('overloaded', 'Busy.') })).toHaveLength(1)
    expect(step.end()).toEqual([])
  })
})
