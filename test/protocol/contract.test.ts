// What every codec promises, whatever its protocol: the laws of streams, at every byte and at every cut.
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { collect } from '../../src/protocol/ir/collect.js'
import { formatSse } from '../../src/protocol/sse/format.js'
import { expectedAnswers } from './expected-answers.js'
import { allCodecs, captures, recordedStreams, streams } from './fixture-files.js'
import { answerOf, decoded, decodedBytes, encoded, parsed, told, violation } from './reading.js'

describe.each(allCodecs)('a stream of $id', (codec) => {
  const fixtures = streams(codec.id)

  it.each(fixtures)('$name: says what its bytes say', ({ name, bytes }) => {
    const answer = answerOf(codec, bytes)
    expect({
      says: told(answer),
      finish: answer.finish.reason,
      ...(answer.usage === undefined ? {} : { usage: Object.values(answer.usage) }),
    }).toEqual(expectedAnswers[codec.id][name])
  })

  it.each(fixtures)('$name: breaks no rule of the grammar and ends with a finish', ({ bytes }) => {
    const events = decodedBytes(codec, bytes)
    expect(violation(events)).toBeUndefined()
    expect(events.at(-1)?.type).toBe('finish')
  })

  it.each(fixtures)('$name: reads the same at every byte split', ({ name, bytes }) => {
    const whole = JSON.stringify(parsed([bytes]))
    const places = [...bytes.keys()]
    const halves = (at: number) => [bytes.subarray(0, at), bytes.subarray(at)]
    expect(places.filter((at) => JSON.stringify(parsed(halves(at))) !== whole)).toEqual([])
    const events = JSON.stringify(decodedBytes(codec, bytes))
    const some = places.filter((at) => name === 'everything' || at % 97 === 0)
    expect(some.filter((at) => JSON.stringify(decodedBytes(codec, ...halves(at))) !== events)).toEqual([])
  })

  it.each(fixtures)('$name: ends with one error and no finish when cut behind any event', ({ bytes }) => {
    const events = parsed([bytes])
    const whole = decoded(codec, events)
    for (let count = 0; count < events.length; count++) {
      const cut = decoded(codec, events.slice(0, count))
      expect(violation(cut)).toBeUndefined()
      const ends = cut.filter((event) => event.type === 'finish' || event.type === 'error')
      expect(ends).toHaveLength(1)
      // Where the end was told already, as by `finish_reason`, what is missing are counters or a closing mark.
      const answered = cut.slice(0, -1).length >= whole.length - 2 && ends[0]?.type === 'finish'
      expect(answered || (ends[0]?.type === 'error' && ends[0].error.code === 'upstream-truncated')).toBe(
        true,
      )
    }
  })

  it.each(fixtures)('$name: says the same after it was written for an agent and read again', ({ bytes }) => {
    const answer = answerOf(codec, bytes)
    const again = collect(decoded(codec, encoded(codec, decodedBytes(codec, bytes))))
    expect(told(again)).toEqual(told(answer))
    expect(again.finish).toEqual(answer.finish)
    expect(again.usage).toEqual(answer.usage)
  })

  it.each(fixtures)('$name: is written as events that a byte parser reads back', ({ bytes }) => {
    const events = encoded(codec, decodedBytes(codec, bytes))
    expect(parsed([Buffer.from(events.map(formatSse).join(''))])).toEqual(events)
  })
})

describe.each(allCodecs)('a recorded stream of $id', (codec) => {
  describe.skipIf(captures === undefined)('(skipped when AXONHUB_CAPTURES is not set)', () => {
    it.each(recordedStreams(codec.id))('$name: obeys the grammar, whole and in pieces', ({ bytes }) => {
      const events = decodedBytes(codec, bytes)
      expect(violation(events)).toBeUndefined()
      expect(events.at(-1)?.type).toBe('finish')
      for (let at = 1; at < bytes.length; at += Math.ceil(bytes.length / 8))
        expect(decodedBytes(codec, bytes.subarray(0, at), bytes.subarray(at))).toEqual(events)
    })

    it.each(recordedStreams(codec.id))(
      '$name: says the same after it was written and read again',
      ({ bytes }) => {
        const answer = answerOf(codec, bytes)
        const again = collect(decoded(codec, encoded(codec, decodedBytes(codec, bytes))))
        expect(told(again)).toEqual(told(answer))
        expect(again.finish).toEqual(answer.finish)
        expect(again.usage).toEqual(answer.usage)
      },
    )
  })
})
