// Whatever agents and upstreams send: a request becomes a request or an `invalid-request`, an answer becomes an
// answer or an error, once, and nothing throws anything else.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import { isObject, type JsonObject, type JsonValue, parseJson } from '../../src/base/json.js'
import { formatSse } from '../../src/protocol/sse/format.js'
import { translateStream } from '../../src/protocol/translate.js'
import { answering, crossed, type Pair, pairs, question } from './crossing.js'
import { requests, streams } from './fixture-files.js'
import { decodedBytes, parsed, violation } from './reading.js'

/** How to harm a value: at which place (counted through all its inner values), and with what; `gone`: left out. */
type Harm = { readonly place: number; readonly with: JsonValue }

const harm: fc.Arbitrary<Harm> = fc.record({
  place: fc.nat({ max: 400 }),
  with: fc.constantFrom<JsonValue>('gone', null, 0, -1.5, true, '', 'x', [], {}, [null], [[{}]], {
    type: 'x',
  }),
})

/** The value with one of its inner values replaced or left out. */
function harmed(value: JsonValue, { place, with: other }: Harm): JsonValue {
  let next = 0
  const copy = (inner: JsonValue): JsonValue => {
    const own = next++
    if (own > 0 && own === place) return other
    if (Array.isArray(inner)) return inner.map(copy).filter((element) => element !== 'gone')
    if (!isObject(inner)) return inner
    const members = Object.entries(inner).map(([key, member]) => [key, copy(member)] as const)
    return Object.fromEntries(members.filter(([, member]) => member !== 'gone'))
  }
  return copy(value)
}

function asObject(value: JsonValue): JsonObject {
  return isObject(value) ? value : {}
}

/** What becomes of a request; anything thrown but a HubError goes on. */
function outcome(pair: Pair, body: JsonObject): string {
  try {
    const { wire } = crossed(pair, body)
    return parseJson(JSON.stringify(wire.body)) === undefined ? 'no JSON' : 'a request'
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown.code
    throw thrown
  }
}

describe.each(pairs)('$pair', (pair: Pair) => {
  it('turns a harmed request into a request or an invalid-request', () => {
    const bodies = requests(pair.from.id).map(({ body }) => body)
    fc.assert(
      fc.property(
        fc.constantFrom(...bodies),
        fc.array(harm, { minLength: 1, maxLength: 3 }),
        (body, harms) => {
          const broken = asObject(harms.reduce<JsonValue>(harmed, body))
          expect(['a request', 'invalid-request']).toContain(outcome(pair, broken))
        },
      ),
      { numRuns: 80 },
    )
  })

  it('ends a harmed answer once, and without throwing', () => {
    const files = streams(pair.to.id).map(({ bytes }) => parsed([bytes]))
    const translated = crossed(pair, question(pair.from))
    const spot = fc.record({ event: fc.nat({ max: 60 }), harm })
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(spot, { minLength: 1, maxLength: 3 }),
        (events, spots) => {
          const broken = events.map((event, index) => {
            const data = spots
              .filter((one) => one.event % events.length === index)
              .reduce<JsonValue | undefined>(
                (value, one) => harmed(value ?? {}, one.harm),
                parseJson(event.data),
              )
            return data === undefined ? event : { ...event, data: JSON.stringify(data) }
          })
          const stream = translateStream(answering(translated))
          const out = [
            ...broken.flatMap((event) => stream.push(Buffer.from(formatSse(event)))),
            ...stream.end(),
          ]
          const read = decodedBytes(pair.from, Buffer.from(out.map(formatSse).join('')))
          expect(violation(read)).toBeUndefined()
          expect(read.at(-1)?.type).toBe(stream.error === undefined ? 'finish' : 'error')
        },
      ),
      { numRuns: 80 },
    )
  })

  it('ends an answer of events that were lost, doubled or shuffled once, and without throwing', () => {
    const files = streams(pair.to.id).map(({ bytes }) => parsed([bytes]))
    const translated = crossed(pair, question(pair.from))
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.nat({ max: 60 }), { maxLength: 40 }),
        (events, order) => {
          const stream = translateStream(answering(translated))
          const picked = order.flatMap((place) => events[place % events.length] ?? [])
          const out = [
            ...picked.flatMap((event) => stream.push(Buffer.from(formatSse(event)))),
            ...stream.end(),
          ]
          const read = decodedBytes(pair.from, Buffer.from(out.map(formatSse).join('')))
          expect(violation(read)).toBeUndefined()
          expect(read.at(-1)?.type).toBe(stream.error === undefined ? 'finish' : 'error')
        },
      ),
      { numRuns: 80 },
    )
  })
})
