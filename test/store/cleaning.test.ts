import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openCleaner } from '../../src/store/cleaning.js'
import { eventLines } from '../../src/store/event-lines.js'

const SECRET = 'sk-proj-abcDEF0123456789abcDEF'
const KNOWN = 'my-own-credential-77'

/** Bytes that no fast way can call clean. */
const DIRTY = Buffer.from(`\nevent: end\ndata: {"note":"${SECRET}"}\n`)

const words = fc.oneof(
  fc.constantFrom(
    SECRET,
    KNOWN,
    'password=',
    'Bearer ',
    'hunter2hunter2',
    '-----BEGIN PRIVATE KEY-----',
    ' ',
  ),
  fc.constantFrom(
    SECRET.slice(0, 9),
    SECRET.slice(9),
    KNOWN.slice(0, 5),
    KNOWN.slice(5),
    'AKIAABCDEFGH',
    '01234567',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)

const lines = fc.oneof(
  {
    weight: 6,
    arbitrary: words.map((delta) => ['event: delta', { type: 'delta', index: 0, delta }] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(words, words, fc.nat())
      .map(
        ([delta, obfuscation, sequence_number]) =>
          ['event: out', { type: 'out', delta, item_id: 'a', obfuscation, sequence_number }] as const,
      ),
  },
  { weight: 1, arbitrary: words.map((text) => ['id: 1', { other: text, text, content: text }] as const) },
)

const streams = fc
  .array(lines, { maxLength: 12 })
  .map((events) =>
    Buffer.from(events.map(([head, data]) => `${head}\ndata: ${JSON.stringify(data)}\n\n`).join('')),
  )

function cleaner() {
  const opened = openCleaner()
  opened.know([KNOWN])
  return opened
}

describe('an answer that comes as a stream', () => {
  it('is cleaned alike on the short way and on the long one', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const short = cleaner().answer(Buffer.concat([Buffer.from('event: first\n'), stream]))
        const long = cleaner().answer(Buffer.concat([Buffer.from('event: first\n'), stream, DIRTY]))
        expect(Buffer.from(long.bytes).subarray(0, short.bytes.length).toString()).toBe(
          Buffer.from(short.bytes).toString(),
        )
        expect(long.removed - short.removed).toBe(1)
      }),
      { numRuns: 400 },
    )
  })

  it('keeps its bytes when it holds no secret, and loses one that any of its events brings', () => {
    const type = 'response.output_text.delta'
    const event = (text: string) => `data: {"type":"${type}","delta":"${text}"}\n\n`
    const clean = Buffer.from(Array.from({ length: 50 }, (_, at) => event(`word ${at}`)).join(''))
    const words = Array.from({ length: 50 }, (_, at) => `word ${at}`).join('')
    expect(cleaner().answer(clean)).toEqual({ bytes: clean, removed: 0, words })
    const dirty = Buffer.concat([clean, Buffer.from(event(SECRET)), clean])
    const { bytes, removed } = cleaner().answer(dirty)
    expect(removed).toBe(1)
    expect(bytes.length).toBe(dirty.length)
    expect(Buffer.from(bytes).toString()).not.toContain(SECRET)
  })
})

describe('the words of an answer', () => {
  const hidden = SECRET.replace('s', '\\u0073')
  const call = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"run","args":{"command":"x ${hidden}"}}}]}}]}`
  it.each([`data: ${call}\n\n`, `[${call}]`])('hold no secret that an escape hides in %s', (answer) => {
    const { words } = cleaner().answer(Buffer.from(answer))
    expect(words).toContain('command')
    expect(words).not.toContain(SECRET)
  })
})

describe('the lines of a stream', () => {
  it('tell each value where it stands, whether or not their event is like the last one', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const text = stream.toString('latin1')
        const told: string[] = []
        eventLines(text, ({ line, values }) => {
          if (!line.startsWith('data:')) return
          told.push(line)
          for (const { at, raw, kind } of values) {
            expect(text.slice(at, at + raw.length)).toBe(raw)
            expect(kind === 'number' || text[at + raw.length] === '"').toBe(true)
          }
        })
        expect(told).toEqual(text.split('\n').filter((line) => line.startsWith('data:')))
      }),
    )
  })

  it('say that an event is like the one before only when nothing but its values differs', () => {
    const types: string[] = []
    const stream = [
      '{"a":1,"text":"x"}',
      '{"a":1,"text":"y \\"z\\""}',
      '{"a":2,"text":"y"}',
      '{"a":2,"text":"y","b":""}',
    ]
    eventLines(stream.map((data) => `data: ${data}\n`).join(''), ({ type }) => types.push(type))
    expect(types).toEqual(['new', 'again', 'new', 'new'])
  })
})
