// Relay: the agent and the target speak the same protocol. The body goes through as it came, only the model's name is
// replaced in place; the answer likewise. A copy is read for usage and the trace.

import { asHubError, HubError } from '../base/errors.js'
import type { JsonObject } from '../base/json.js'
import { stripEnvelopes } from '../protocol/envelopes.js'
import { replay } from '../protocol/ir/replay.js'
import { answerModelKey, relayStream, spliceModel } from '../protocol/relay.js'
import { formatSse } from '../protocol/sse/format.js'
import { tapStream } from '../protocol/tap.js'
import type { UpstreamAnswer } from '../upstream/client.js'
import type { Plan } from './attempt.js'
import { decodeContext, encodeContext } from './contexts.js'
import { withCredential } from './credentials.js'
import type { AttemptResult, Exchange } from './exchange-state.js'
import { headersDown, headersUp, jsonType } from './headers.js'
import { generateUrl } from './operation-url.js'
import { pump } from './pump.js'
import { relayMachine } from './stream-machine.js'
import type { Target } from './target.js'
import {
  contentKind,
  jsonAnswer,
  noteFigures,
  noteResponse,
  readWhole,
  sendJson,
  sendStreamText,
  strangeContent,
  wantReader,
} from './whole.js'

function relayBody(exchange: Exchange, target: Target): Uint8Array {
  const { body, glance, codec } = exchange
  const own = stripEnvelopes(codec.id, body)
  // Gemini's path names the model.
  if (glance.model === target.model || codec.id === 'gemini') return own
  const spliced = spliceModel(own, target.model)
  if (spliced === undefined) throw new HubError('invalid-request', 'The body is not a JSON object.')
  return spliced
}

/** Reads a copy of a whole answer for the trace; what cannot be read costs only the figures. */
function listen(exchange: Exchange, target: Target, json: JsonObject): void {
  try {
    const { client } = exchange.codec
    const figures = client.figuresOf?.(json)
    if (figures === undefined)
      noteResponse(exchange, client.decodeResponse(json, decodeContext(exchange, target)))
    else noteFigures(exchange, figures.reason, figures.usage)
  } catch (thrown) {
    exchange.deps.log.info('tap.unreadable', { request: exchange.id, why: asHubError(thrown).message })
  }
}

/** The answer as it came, but for the model's name where the provider calls it otherwise than the agent. */
function underAskedName({ codec, glance }: Exchange, bytes: Buffer, json: JsonObject): Uint8Array {
  const key = answerModelKey(codec.id)
  if (json[key] === undefined || json[key] === glance.model) return bytes
  return spliceModel(bytes, glance.model, key) ?? bytes
}

async function relayWhole(
  exchange: Exchange,
  target: Target,
  upstream: UpstreamAnswer,
): Promise<AttemptResult> {
  const bytes = await readWhole(upstream)
  const json = jsonAnswer(bytes)
  const headers = headersDown(upstream.headers)
  if (exchange.glance.stream) {
    const response = exchange.codec.client.decodeResponse(json, decodeContext(exchange, target))
    noteResponse(exchange, response)
    exchange.answer.head(200, { ...headers, ...exchange.baseHeaders, 'content-type': 'text/event-stream' })
    const encoder = exchange.codec.server.encodeStream(encodeContext(exchange), [])
    const events = [...replay(response).flatMap((event) => encoder.push(event)), ...encoder.end()]
    await sendStreamText(exchange, events.map(formatSse).join(''))
  } else {
    const room = sendJson(exchange, upstream.status, headers, underAskedName(exchange, bytes, json))
    if (room !== undefined) await room
    listen(exchange, target, json)
    wantReader(exchange)
  }
  return { type: 'answered' }
}

async function relayStreamed(
  exchange: Exchange,
  target: Target,
  upstream: UpstreamAnswer,
): Promise<AttemptResult> {
  const { codec, glance, answer, baseHeaders } = exchange
  answer.head(upstream.status, { ...headersDown(upstream.headers), ...baseHeaders })
  const machine = relayMachine(
    codec.id,
    (listener) => relayStream({ protocol: codec.id, askedModel: glance.model, listener }),
    tapStream(codec, decodeContext(exchange, target)),
  )
  return pump(exchange, upstream, machine)
}

export function relayAttempt(
  exchange: Exchange,
  target: Target,
  credential: Readonly<Record<string, string>>,
): Plan {
  const { incoming, settings, search } = exchange
  const url = generateUrl(target, { stream: exchange.glance.stream, search })
  const headers = headersUp(incoming.headers, url.hostname, settings.ownHeaders, {
    ownLogin: target.ownLogin,
    shownKey: exchange.caller.shownKey,
  })
  return {
    url,
    headers: withCredential(Object.assign(headers, jsonType(incoming.headers), target.headers), credential),
    body: relayBody(exchange, target),
    keepBodies: false,
    answer(upstream) {
      const kind = contentKind(upstream)
      if (kind === 'stream') return relayStreamed(exchange, target, upstream)
      if (kind === 'json') return relayWhole(exchange, target, upstream)
      throw strangeContent(upstream)
    },
  }
}
