// All pairs of protocols, and the ways through them that the cross tests take.
import { Buffer } from 'node:buffer'
import type { JsonObject } from '../../src/base/json.js'
import type { Codec } from '../../src/protocol/codec.js'
import { type Dialect, PLAIN } from '../../src/protocol/dialect.js'
import type { IrEvent } from '../../src/protocol/ir/event.js'
import { formatSse } from '../../src/protocol/sse/format.js'
import {
  type AnswerOptions,
  type TranslatedRequest,
  translateRequest,
  translateStream,
} from '../../src/protocol/translate.js'
import { allCodecs, type RequestFixture, requests } from './fixture-files.js'
import { countingIds, encoded, FOOTPRINT } from './reading.js'

export type Pair = { readonly from: Codec; readonly to: Codec; readonly pair: string }

/** Agent's protocol → upstream's protocol, all of them. */
export const pairs: readonly Pair[] = allCodecs.flatMap((from) =>
  allCodecs.map((to) => ({ from, to, pair: `${from.id} → ${to.id}` })),
)

/** Upstreams of the Responses protocol that know all kinds of tools, beside those that do not. */
export const FULL: Dialect = { customTools: true, developerRole: true }

export const UPSTREAM_MODEL = 'upstream-model'

export function crossed(
  { from, to }: Pair,
  body: JsonObject,
  options: { readonly dialect?: Dialect; readonly footprint?: string; readonly stream?: boolean } = {},
): TranslatedRequest {
  const { dialect = PLAIN, footprint = FOOTPRINT, stream } = options
  const more = stream === undefined ? {} : { stream }
  return translateRequest({ from, to, body, model: UPSTREAM_MODEL, dialect, footprint, ...more })
}

/** The agent's plain question in its own protocol, so that an answer has a request to belong to. */
export function question(from: Codec, stream = true): JsonObject {
  const model = 'asked'
  switch (from.id) {
    case 'openai-chat':
      return {
        model,
        stream,
        stream_options: { include_usage: true },
        messages: [{ role: 'user', content: 'Do it.' }],
      }
    case 'openai-responses':
      return { model, stream, input: [{ type: 'message', role: 'user', content: 'Do it.' }] }
    case 'anthropic-messages':
      return { model, stream, max_tokens: 9000, messages: [{ role: 'user', content: 'Do it.' }] }
    case 'gemini':
      return { model, stream, contents: [{ role: 'user', parts: [{ text: 'Do it.' }] }] }
  }
}

/** What an upstream reads of a request: Gemini's path says what the others' bodies do. */
export function upstreamReads({ wire }: TranslatedRequest): JsonObject {
  const [, model, streams] = /^\/models\/(.+):(stream)?[gG]enerateContent/.exec(wire.path) ?? []
  return model === undefined ? wire.body : { ...wire.body, model, stream: streams !== undefined }
}

export function answering(translated: TranslatedRequest): AnswerOptions {
  return { translated, requestId: 'req_1', newId: countingIds(), nowSeconds: 1_790_000_000 }
}

/** What the agent gets, as bytes, when the upstream sends these. */
export function answeredBytes(translated: TranslatedRequest, upstream: Uint8Array): Uint8Array {
  const stream = translateStream(answering(translated))
  return Buffer.from([...stream.push(upstream), ...stream.end()].map(formatSse).join(''), 'utf8')
}

/** The bytes of an upstream that says these events. */
export function spoken(codec: Codec, events: readonly IrEvent[]): Uint8Array {
  return Buffer.from(encoded(codec, events).map(formatSse).join(''), 'utf8')
}

/** Every pair with every request fixture of the agent's side. */
export const crossings: readonly (Pair & { readonly fixture: RequestFixture; readonly name: string })[] =
  pairs.flatMap((pair) =>
    requests(pair.from.id).map((fixture) => ({ ...pair, fixture, name: `${pair.pair}: ${fixture.name}` })),
  )
