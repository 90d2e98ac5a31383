// Server-sent events, and what the codecs make of them.
import { Buffer } from 'node:buffer'
import { answerModelKey, relayStream } from '../../../src/protocol/relay.js'
import { formatSse } from '../../../src/protocol/sse/format.js'
import { sseFramer } from '../../../src/protocol/sse/frame.js'
import { sseParser } from '../../../src/protocol/sse/parse.js'
import { translateStream } from '../../../src/protocol/translate.js'
import { answering, crossed, pairs, question } from '../../protocol/crossing.js'
import { protocols, streams } from '../../protocol/fixture-files.js'
import { decodedBytes, violation } from '../../protocol/reading.js'
import type { Chance } from '../chance.js'
import type { Target } from '../engine.js'
import { must } from '../laws.js'
import { seedsOf } from '../seeds.js'

/** The input in up to five pieces. */
function pieces(input: Uint8Array, dice: Chance): Uint8Array[] {
  const places = Array.from({ length: dice.below(5) }, () => dice.below(input.length + 1)).sort(
    (a, b) => a - b,
  )
  return [0, ...places].map((from, index) => input.subarray(from, places[index] ?? input.length))
}

function eventsOf(chunks: readonly Uint8Array[]): string {
  const parser = sseParser()
  return JSON.stringify([...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()])
}

function blocksOf(chunks: readonly Uint8Array[]): Buffer {
  const framer = sseFramer()
  const blocks = chunks.flatMap((chunk) => framer.push(chunk))
  return Buffer.concat([...blocks, framer.end()])
}

export const sse: Target = {
  name: 'sse',
  shape: 'bytes',
  seeds: () =>
    seedsOf(
      'sse',
      protocols.flatMap(streams).map(({ bytes }) => bytes),
    ),
  check(input, dice) {
    const chunks = pieces(input, dice)
    must(blocksOf(chunks).equals(input), 'the blocks together are the bytes that came in')
    must(eventsOf(chunks) === eventsOf([input]), 'the split makes no difference')
    for (const event of sseParser().push(input)) {
      const again = sseParser().push(Buffer.from(formatSse(event)))
      must(JSON.stringify(again) === JSON.stringify([event]), 'an event that is written reads the same')
    }
  },
}

export const relayedStreams: Target = {
  name: 'relayed-streams',
  shape: 'stream',
  seeds: () =>
    seedsOf(
      'relayed-streams',
      protocols.flatMap(streams).map(({ bytes }) => bytes),
    ),
  check(input, dice) {
    for (const protocol of protocols) {
      const relay = relayStream({ protocol, askedModel: 'asked' })
      const out = pieces(input, dice).flatMap((chunk) => relay.push(chunk))
      const passed = Buffer.concat([...out, relay.end().held])
      const again = relayStream({ protocol, askedModel: 'asked' })
      const twice = Buffer.concat([...again.push(passed), again.end().held])
      must(twice.equals(passed), 'what was relayed once is relayed untouched')
      if (!Buffer.from(input).includes(`"${answerModelKey(protocol)}"`))
        must(passed.equals(input), 'without a model no byte changes')
    }
  },
}

const translations = pairs.map((pair) => ({
  ...pair,
  translated: crossed(pair, question(pair.from)),
}))

export const answerStreams: Target = {
  name: 'answer-streams',
  shape: 'stream',
  seeds: () =>
    seedsOf(
      'answer-streams',
      protocols.flatMap(streams).map(({ bytes }) => bytes),
    ),
  check(input, dice) {
    const chosen = dice.pick(translations)
    if (chosen === undefined) return
    const wrong = violation(decodedBytes(chosen.to, Buffer.from(input)))
    must(wrong === undefined, `${chosen.to.id}: ${wrong}`)
    const stream = translateStream(answering(chosen.translated))
    const events = pieces(input, dice).flatMap((chunk) => stream.push(chunk))
    events.push(...stream.end())
    const ended = (stream.finish === undefined ? 0 : 1) + (stream.error === undefined ? 0 : 1)
    must(ended === 1, `${chosen.pair}: a stream ends once`)
    must(stream.error?.code !== 'internal', `${chosen.pair}: ${stream.error?.message}`)
    must(events.length > 0 || stream.error !== undefined, `${chosen.pair}: the end is told`)
  },
}
