import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EventLine, eventLines } from '../../src/store/event-lines.js'

function told(stream: string): EventLine[] {
  const lines: EventLine[] = []
  eventLines(stream, (line) => lines.push(line))
  return lines
}

/** The line without its values. */
function skeleton({ line, values }: EventLine, at: number): string {
  const from = [at, ...values.map((value) => value.at + value.raw.length)]
  const to = [...values.map((value) => value.at), at + line.length]
  return from.map((start, index) => line.slice(start - at, (to[index] ?? 0) - at)).join('…')
}

const text = fc.constantFrom(
  '',
  'a',
  'some words',
  '\\"',
  '\\\\',
  'x\\',
  '"',
  'y"}',
  'data:',
  '\\u00e9',
  'b\\\n',
)
const line = fc.oneof(
  fc.record({ text }).map(({ text }) => `data: {"type":"d","delta":{"text":"${text}"}}`),
  fc
    .record({ text, number: fc.constantFrom('1', '22', '', 'x') })
    .map(({ text, number }) => `data: {"delta":"${text}","sequence_number":${number}}`),
  fc.constantFrom(
    'event: d',
    'event: e',
    '',
    '',
    ': ping',
    'data: [DONE]',
    'data: {"text":"cut off',
    'data:',
  ),
)
/** Runs of one kind of event, as answers have them, among others. */
const run = fc
  .tuple(
    fc.constantFrom(['event: d'], [], ['event: d', ': ping'], ['event: e', '']),
    line,
    fc.array(text, { maxLength: 6 }),
  )
  .map(([before, first, texts]) =>
    [first, ...texts.map((words) => first.replace(/"(?:text|delta)":"[^"]*"/, () => `"text":"${words}"`))]
      .flatMap((data) => [...before, data, ''])
      .join('\n'),
  )
const stream = fc
  .record({ parts: fc.array(fc.oneof(line, run, run), { maxLength: 8 }), isEnded: fc.boolean() })
  .map(({ parts, isEnded }) => parts.join('\n') + (isEnded ? '\n' : ''))

describe('the lines of an event stream', () => {
  it('are told as they stand there: each that carries data, once and in order', () => {
    fc.assert(
      fc.property(stream, (all) => {
        const data = told(all).flatMap(({ line }) => (line.startsWith('data:') ? [line] : []))
        expect(data).toEqual(all.split('\n').filter((line) => line.startsWith('data:')))
      }),
      { numRuns: 500 },
    )
  })

  it('name values where they stand, and are the line before but for these when they are told again', () => {
    fc.assert(
      fc.property(stream, (all) => {
        let from = 0
        let before = ''
        for (const each of told(all).filter(({ line }) => line.startsWith('data:'))) {
          const at = /^data:/.test(all.slice(from)) ? from : all.indexOf('\ndata:', from) + 1
          for (const { at, raw } of each.values) expect(all.slice(at, at + raw.length)).toBe(raw)
          const own = skeleton(each, at)
          expect(each.type === 'again' ? own : before).toBe(before)
          before = own
          from = at + each.line.length
        }
      }),
      { numRuns: 500 },
    )
  })

  it('tell a run of events that differ in their text alone as such', () => {
    const events = ['One', ' two', '', ' \\"three\\"', ' four'].map(
      (words) => `event: d\ndata: {"type":"d","delta":{"text":"${words}"}}\n\n`,
    )
    const lines = told(events.join(''))
    expect(lines.map(({ type }) => type)).toEqual(['new', 'new', 'again', 'again', 'again', 'again'])
    expect(lines.flatMap(({ values }) => values.map(({ raw }) => raw))).toEqual([
      'One',
      ' two',
      '',
      ' \\"three\\"',
      ' four',
    ])
  })
})
