// Events that are like the one before: whatever is cut out of their text instead of being parsed, the answer is the same.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { alikeEvents } from '../../../src/protocol/sse/alike.js'
import type { SseEvent } from '../../../src/protocol/sse/event.js'
import { numberedForm, wordsForm } from '../../../src/protocol/sse/form.js'
import { allCodecs, recordedStreams, streams } from '../fixture-files.js'
import { decoded, encoded, parsed } from '../reading.js'

/** A blank before the data of every other event changes nothing of its meaning, and makes it unlike its neighbours. */
function unlike(events: readonly SseEvent[]): SseEvent[] {
  return events.map((event, index) => (index % 2 === 0 ? event : { ...event, data: ` ${event.data}` }))
}

/** Each event some times: what an answer says is nonsense then, but its deltas follow each other. */
function repeated(events: readonly SseEvent[]): SseEvent[] {
  return events.flatMap((event) => (event.data.includes('elta') ? [event, event, event] : [event]))
}

const words = fc.array(
  fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\n', '\\"', '</', 'é"')),
  {
    minLength: 3,
    maxLength: 12,
  },
)

describe.each(allCodecs)('a stream of $id', (codec) => {
  it.each([...streams(codec.id), ...recordedStreams(codec.id)])(
    '$name: says the same when no event is like the one before',
    ({ bytes }) => {
      const events = parsed([bytes])
      expect(decoded(codec, events)).toEqual(decoded(codec, unlike(events)))
      expect(decoded(codec, repeated(events))).toEqual(decoded(codec, unlike(repeated(events))))
    },
  )

  it('keeps every letter of texts, thoughts and calls', () => {
    fc.assert(
      fc.property(words, words, words, (texts, thoughts, inputs) => {
        const events: IrEvent[] = [
          { type: 'start' },
          { type: 'reasoning-start', index: 0, visibility: 'summary' },
          ...thoughts.map((text): IrEvent => ({ type: 'reasoning-delta', index: 0, text: `t${text}` })),
          { type: 'reasoning-end', index: 0 },
          { type: 'text-start', index: 1 },
          ...texts.map((text): IrEvent => ({ type: 'text-delta', index: 1, text: `w${text}` })),
          { type: 'text-end', index: 1 },
          { type: 'tool-call-start', index: 2, id: 'call_1', kind: 'function', name: 'read' },
          ...inputs.map((input): IrEvent => ({ type: 'tool-call-delta', index: 2, input: `i${input}` })),
          { type: 'tool-call-end', index: 2 },
          { type: 'finish', reason: 'tool-calls' },
        ]
        const wire = encoded(codec, events)
        const read = decoded(codec, wire)
        expect(read).toEqual(decoded(codec, unlike(wire)))
        const said = (type: IrEvent['type']) =>
          read.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('')
        expect(said('text-delta')).toBe(texts.map((text) => `w${text}`).join(''))
      }),
      { numRuns: 60 },
    )
  })
})

describe('an event that is like the learned one', () => {
  const event = (data: string, name?: string): SseEvent =>
    name === undefined ? { data } : { event: name, data }
  const learned = (data: string, name?: string) => {
    const alike = alikeEvents<string>(['n', 'pad'])
    const value: JsonObject = JSON.parse(data)
    alike.learn(event(data, name), value, { key: 'text', words: 'one', again: (text) => [text] })
    return alike
  }
  const first = '{"n":1,"a":{"text": "one"},"pad":"x"}'

  it.each([
    ['{"n":20,"a":{"text": "two"},"pad":""}', 'two'],
    ['{"n":0,"a":{"text": "\\n\\"\\\\"},"pad":"\\\\"}', '\n"\\'],
    ['{"n":1,"a":{"text": ""},"pad":"x"}', ''],
  ])('%s is read without being parsed', (data, expected) => {
    expect(learned(first).push(event(data))).toEqual([expected])
  })

  it.each([
    ['another member', '{"n":1,"b":{"text": "two"},"pad":"x"}'],
    ['more behind it', '{"n":1,"a":{"text": "two"},"pad":"x"} '],
    ['a member more', '{"n":1,"a":{"text": "two","more":1},"pad":"x"}'],
    ['a number that is none', '{"n":01,"a":{"text": "two"},"pad":"x"}'],
    ['no number', '{"n":,"a":{"text": "two"},"pad":"x"}'],
    ['a letter that JSON does not allow', '{"n":1,"a":{"text": "t\two"},"pad":"x"}'],
    ['such a letter in a passing member', '{"n":1,"a":{"text": "two"},"pad":"\t"}'],
    ['an unknown escape', '{"n":1,"a":{"text": "\\x"},"pad":"x"}'],
    ['no end', '{"n":1,"a":{"text": "two'],
  ])('is not one with %s', (_, data) => {
    expect(learned(first).push(event(data))).toBeUndefined()
  })

  it('has the same name', () => {
    expect(learned(first, 'delta').push(event(first, 'delta'))).toEqual(['one'])
    expect(learned(first, 'delta').push(event(first, 'error'))).toBeUndefined()
  })

  it.each([
    ['the words stand twice', '{"text":"one","a":{"text":"one"}}'],
    ['a key is written with escapes', '{"text":"one","te\\u0078t":"one"}'],
    ['a passing member stands deeper as well', '{"n":1,"a":{"n":2},"text":"one"}'],
    ['the key names no text', '{"text":1}'],
    ['the key stands nowhere', '{"words":"one"}'],
    ['the words are others', '{"text":"two"}'],
  ])('is not known where %s', (_, data) => {
    expect(learned(data).push(event(data))).toBeUndefined()
  })

  it('is forgotten when another one was read', () => {
    const alike = learned(first)
    alike.learn(event(first), {}, undefined)
    expect(alike.push(event(first))).toBeUndefined()
  })
})

describe('JSON that is written many times', () => {
  it('is what JSON.stringify writes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.nat(),
        (name, text, place) => {
          const worded = (said: string) => ({ name, a: { said }, after: [1] })
          const numbered = (at: number | string, said: string) => ({ name, at, b: { said, z: null } })
          expect(wordsForm(worded)(text)).toBe(JSON.stringify(worded(text)))
          expect(numberedForm(numbered)(place, text)).toBe(JSON.stringify(numbered(place, text)))
        },
      ),
    )
  })

  it('is so too where the rest holds the mark of the place', () => {
    const mark = '\uE0F5axonhub\uE0F5'
    expect(wordsForm((said) => ({ mark, said }))('x')).toBe(JSON.stringify({ mark, said: 'x' }))
    expect(numberedForm((at, said) => ({ at, said, mark }))(3, 'x')).toBe(
      JSON.stringify({ at: 3, said: 'x', mark }),
    )
  })
})
