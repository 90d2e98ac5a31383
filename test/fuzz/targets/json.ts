// JSON that passes: the places found in it, requests and whole answers through all pairs of protocols.
import { Buffer } from 'node:buffer'
import { isDeepStrictEqual } from 'node:util'
import { isObject, parseJson } from '../../../src/base/json.js'
import { elements, members, textAt, topLevelSpans } from '../../../src/protocol/json-spans.js'
import { spliceModel } from '../../../src/protocol/relay.js'
import { responseToStream, translateResponse } from '../../../src/protocol/translate.js'
import { answering, crossed, pairs, question } from '../../protocol/crossing.js'
import { allCodecs, protocols, requests, streams } from '../../protocol/fixture-files.js'
import { answerOf, encoding } from '../../protocol/reading.js'
import type { Target } from '../engine.js'
import { must, orRefused } from '../laws.js'
import { seedsOf } from '../seeds.js'

const bodies = () => protocols.flatMap(requests).map(({ body }) => JSON.stringify(body))

/** Whole answers, as each codec writes those of the fixtures. */
const answers = () =>
  allCodecs.flatMap((codec) =>
    streams(codec.id).map(({ bytes }) =>
      JSON.stringify(codec.server.encodeResponse(answerOf(codec, bytes), encoding()).value),
    ),
  )

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
}

function checkElements(bytes: Uint8Array, span: { start: number; end: number }, value: unknown): void {
  if (!Array.isArray(value)) return
  const spans = elements(bytes, span) ?? []
  must(spans.length === value.length, 'each element of a list is found')
  const read = spans.map((one) => parseJson(textAt(bytes, one)))
  must(isDeepStrictEqual(read, value), 'an element is where it is said to be')
}

export const spans: Target = {
  name: 'spans',
  shape: 'json',
  seeds: () => seedsOf('spans', bodies()),
  check(input) {
    const value = parseJson(textOf(input))
    const spliced = spliceModel(input, 'na"me')
    topLevelSpans(input, ['messages', 'model'])
    const start = textOf(input).length < Buffer.from(input).toString('utf8').length ? 3 : 0
    const found = members(input, { start, end: input.length })
    if (!isObject(value)) return
    // Bytes that are no UTF-8 are replaced when they are read: offsets then speak of another text.
    if (!Buffer.from(Buffer.from(input).toString('utf8')).equals(input)) return
    must(found !== undefined, 'the members of an object are found')
    for (const { key, value: span } of found) {
      const read = parseJson(textAt(input, span))
      must(read !== undefined, 'what a span holds is JSON')
      checkElements(input, span, read)
      if (found.findLast((one) => one.key === key)?.value === span)
        must(isDeepStrictEqual(read, value[key]), 'the last of equal keys is what a reader sees')
    }
    must((spliced !== undefined) === Object.hasOwn(value, 'model'), 'a model is replaced where there is one')
    if (spliced === undefined) return
    const after = parseJson(textOf(spliced))
    must(isDeepStrictEqual(after, { ...value, model: 'na"me' }), 'nothing but the model changes')
  },
}

export const requestBodies: Target = {
  name: 'requests',
  shape: 'json',
  seeds: () => seedsOf('requests', bodies()),
  check(input) {
    const body = parseJson(textOf(input))
    if (!isObject(body)) return
    for (const pair of pairs) {
      const translated = orRefused(() => crossed(pair, body), ['invalid-request', 'unsupported'])
      if (translated === undefined) continue
      const wire = JSON.stringify(translated.wire.body)
      must(isObject(parseJson(wire)), `${pair.pair}: what goes up is an object`)
    }
  },
}

const asked = pairs.map((pair) => ({ ...pair, translated: crossed(pair, question(pair.from, false)) }))

export const answerBodies: Target = {
  name: 'answers',
  shape: 'json',
  seeds: () => seedsOf('answers', answers()),
  check(input) {
    const body = parseJson(textOf(input))
    if (!isObject(body)) return
    for (const { pair, to, translated } of asked) {
      const whole = orRefused(() => translateResponse(answering(translated), body))
      const streamed = orRefused(() => responseToStream(answering(translated), body))
      must((whole === undefined) === (streamed === undefined), `${pair}: whole and streamed agree`)
      if (whole !== undefined) must(isObject(parseJson(JSON.stringify(whole.body))), `${pair}: an object`)
      const error = to.client.decodeError(429, { 'retry-after': '1' }, body, 0)
      must(typeof error.message === 'string', `${pair}: an error has words`)
    }
  },
}
