// Conversion: the agent's request is decoded, re-encoded for the target, and the answer brought back the same way.
// What could not be carried is a Note, counted in `AH-Notes` and stored with the request.

import { HubError } from '../base/errors.js'
import { isObject, type JsonObject, parseJson } from '../base/json.js'
import type { Note } from '../protocol/ir/note.js'
import { asDeepAnswer, asDeepRequest, refuseDeepAnswer, refuseDeepRequest } from '../protocol/json-depth.js'
import { formatSse } from '../protocol/sse/format.js'
import {
  type AnswerOptions,
  responseToStream,
  streamToResponse,
  type TranslatedRequest,
  translateRequest,
  translateResponse,
  translateStream,
} from '../protocol/translate.js'
import type { UpstreamAnswer } from '../upstream/client.js'
import type { Plan } from './attempt.js'
import { withCredential } from './credentials.js'
import type { AttemptResult, Exchange } from './exchange-state.js'
import { withAdvice } from './note-advice.js'
import { pump } from './pump.js'
import { convertMachine } from './stream-machine.js'
import type { Target } from './target.js'
import {
  contentKind,
  jsonAnswer,
  noteResponse,
  readWhole,
  sendJson,
  sendStreamText,
  strangeContent,
  wantReader,
} from './whole.js'

/** Only what a waiting client can use; the provider's other headers describe an answer that is no longer theirs. */
const KEPT = /^(retry-after|x-request-id|request-id|x-ratelimit-.*|anthropic-ratelimit-.*)$/

function answerHeaders(
  exchange: Exchange,
  upstream: UpstreamAnswer,
  contentType: string,
): Record<string, string> {
  const kept = Object.entries(upstream.headers).filter(([name]) => KEPT.test(name))
  return {
    ...Object.fromEntries(kept),
    ...exchange.baseHeaders,
    'content-type': contentType,
    'ah-notes': String(exchange.outcome.notes.length),
  }
}

function parsedBody(exchange: Exchange): JsonObject {
  refuseDeepRequest(exchange.body)
  const body = parseJson(exchange.body.toString('utf8'))
  // Gemini's path says the two, and the codec reads them in the body.
  if (isObject(body)) return exchange.codec.id === 'gemini' ? { ...body, ...namedOf(exchange) } : body
  throw new HubError('invalid-request', 'The body is not valid JSON.', {
    hint: 'Check the JSON that is sent.',
  })
}

function namedOf({ glance: { model, stream } }: Exchange): JsonObject {
  return { model, stream }
}

type Conversation = {
  readonly exchange: Exchange
  readonly options: AnswerOptions
  readonly notes: readonly Note[]
}

function streamHead(exchange: Exchange, upstream: UpstreamAnswer): void {
  exchange.answer.head(200, {
    ...answerHeaders(exchange, upstream, 'text/event-stream'),
    'cache-control': 'no-cache',
  })
}

async function streamed(
  { exchange, options, notes }: Conversation,
  upstream: UpstreamAnswer,
): Promise<AttemptResult> {
  streamHead(exchange, upstream)
  const machine = convertMachine(translateStream(options))
  const result = await pump(exchange, upstream, machine)
  exchange.outcome.notes = [...notes, ...machine.notes]
  return result
}

/** The upstream streams, the agent wants one object. */
async function collected(
  { exchange, options, notes }: Conversation,
  upstream: UpstreamAnswer,
): Promise<AttemptResult> {
  const collector = streamToResponse(options)
  for await (const chunk of upstream.body) collector.push(chunk)
  const answer = collector.end()
  exchange.outcome.notes = [...notes, ...answer.notes]
  noteResponse(exchange, answer.response)
  const body = JSON.stringify(answer.body)
  await sendJson(exchange, 200, answerHeaders(exchange, upstream, 'application/json'), body)
  wantReader(exchange)
  return { type: 'answered' }
}

async function whole(
  { exchange, options, notes }: Conversation,
  upstream: UpstreamAnswer,
): Promise<AttemptResult> {
  const bytes = await readWhole(upstream)
  const json = jsonAnswer(bytes)
  refuseDeepAnswer(bytes)
  if (!exchange.glance.stream) {
    const answer = translateResponse(options, json)
    exchange.outcome.notes = [...notes, ...answer.notes]
    noteResponse(exchange, answer.response)
    const body = JSON.stringify(answer.body)
    await sendJson(exchange, 200, answerHeaders(exchange, upstream, 'application/json'), body)
    wantReader(exchange)
    return { type: 'answered' }
  }
  const replayed = responseToStream(options, json)
  exchange.outcome.notes = [...notes, ...replayed.notes]
  noteResponse(exchange, replayed.response)
  streamHead(exchange, upstream)
  await sendStreamText(exchange, replayed.events.map(formatSse).join(''))
  return { type: 'answered' }
}

async function answered(conversation: Conversation, upstream: UpstreamAnswer): Promise<AttemptResult> {
  const kind = contentKind(upstream)
  if (kind === 'json') return whole(conversation, upstream)
  if (kind === 'other') throw strangeContent(upstream)
  return conversation.exchange.glance.stream
    ? streamed(conversation, upstream)
    : collected(conversation, upstream)
}

/** Throws HubError `invalid-request`, also for what is nested so deeply that no walk through it ends. */
function translatedFor(exchange: Exchange, target: Target): TranslatedRequest {
  try {
    return translateRequest({
      from: exchange.codec,
      to: exchange.deps.codecOf(target.protocol),
      body: parsedBody(exchange),
      model: target.model,
      dialect: target.dialect,
      footprint: target.footprint,
    })
  } catch (thrown) {
    throw asDeepRequest(thrown)
  }
}

export function convertAttempt(
  exchange: Exchange,
  target: Target,
  credential: Readonly<Record<string, string>>,
): Plan {
  const { deps, settings, identity } = exchange
  const translated = translatedFor(exchange, target)
  const { wire } = translated
  const notes = withAdvice(translated.notes)
  exchange.outcome.notes = notes
  const options: AnswerOptions = {
    translated,
    requestId: exchange.id,
    newId: deps.newId,
    nowSeconds: Math.floor(deps.clock.now() / 1000),
    agent: identity.agent,
  }
  const conversation = { exchange, options, notes }
  return {
    url: new URL(target.baseUrl + wire.path),
    headers: withCredential(
      {
        'user-agent': `axonhub/${settings.version}`,
        accept: translated.upstreamRequest.stream ? 'text/event-stream' : 'application/json',
        'content-type': 'application/json',
        ...wire.headers,
        ...target.headers,
      },
      credential,
    ),
    body: Buffer.from(JSON.stringify(wire.body), 'utf8'),
    keepBodies: true,
    answer: (upstream) =>
      answered(conversation, upstream).catch((thrown: unknown) => {
        throw asDeepAnswer(thrown)
      }),
  }
}
