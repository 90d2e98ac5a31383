// The life of one model request, top to bottom: authenticate, read, identify, route, try targets, answer, record.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { asHubError, HubError } from '../base/errors.js'
import type { Codec, ErrorContext } from '../protocol/codec.js'
import { formatSse } from '../protocol/sse/format.js'
import type { EndSignal } from '../upstream/end-signal.js'
import { allFailed } from './all-failed.js'
import { openAnswer } from './answer.js'
import { arrayAnswer } from './array-answer.js'
import { authenticateOn, type KeyRing } from './authenticate.js'
import { readBody } from './body.js'
import type { Named } from './endpoints.js'
import { answerError, answerRaw, isRawWorthy } from './error-answer.js'
import { finishedRecord, startedRecord } from './exchange-record.js'
import type { Exchange, ExchangeDeps, ExchangeOutcome, ExchangeSettings } from './exchange-state.js'
import { glanceAt } from './glance.js'
import { type HangUp, hangUp } from './hang-up.js'
import { credentialsIn } from './hide-credential.js'
import { agentOf, identify, type TraceSettings } from './identify.js'
import { HOP_HEADER, refuseLoop } from './loop-guard.js'
import { type Arrival, refusedRecords } from './refused-record.js'
import { requestIdHeader } from './request-id.js'
import { logFinished, logRefused } from './request-line.js'
import { tryTargets } from './try-targets.js'

export type ExchangeQuestion = {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly path: string
  readonly search: string
  readonly codec: Codec
  /** Model and streaming, where the path says them and not the body. */
  readonly named?: Named | undefined
  /** A key of the query, on paths that may have one. */
  readonly queryKey?: string | undefined
  readonly requestId: string
  readonly keys: KeyRing
  readonly trace: TraceSettings
  readonly maxAttempts: number
}

/** How much of an answer the trace keeps, bytes. */
const CAPTURE_LIMIT = 8 * 1024 * 1024

/** Aborted when the agent hangs up; the drain may abort it too, with its own reason. */
function hangUpOf(outgoing: ServerResponse): HangUp {
  const end = hangUp()
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) end.abort(new HubError('canceled', 'The agent hung up.'))
  })
  return end
}

function errorContextOf(
  question: ExchangeQuestion,
  deps: ExchangeDeps,
  model: string,
  stream: boolean,
  agent = agentOf(question.incoming.headers).agent,
): ErrorContext {
  return {
    model,
    requestId: question.requestId,
    newId: deps.newId,
    nowSeconds: Math.floor(deps.clock.now() / 1000),
    stream,
    agent,
  }
}

/** `arrival` is filled on the way, for a request that does not get to its end. */
async function open(
  question: ExchangeQuestion,
  deps: ExchangeDeps,
  settings: ExchangeSettings,
  signal: EndSignal,
  arrival: Arrival,
): Promise<Exchange> {
  const { incoming, outgoing, codec } = question
  refuseLoop(incoming.headers, settings.instance)
  const caller = authenticateOn(incoming, question.queryKey, question.keys)
  // Only now: nothing is recorded of who has no key, and his inventions would push out the secrets that are known.
  deps.know(credentialsIn(incoming.headers))
  if (question.queryKey !== undefined) deps.know([question.queryKey])
  arrival.caller = caller
  const body = await readBody(incoming)
  arrival.body = body
  const glance = glanceAt(
    body,
    question.trace.extraTraceBodyFields.map((path) => path.split('.')[0] ?? ''),
    question.named,
  )
  const identity = identify(incoming.headers, glance, question.trace, () => deps.newId('at-'))
  const errorContext = errorContextOf(question, deps, glance.model, glance.stream, identity.agent)
  const stream: Exchange['stream'] = {}
  const outcome: ExchangeOutcome = { notes: [], reasons: [] }
  const keepAlive = () => {
    const { machine } = stream
    if (machine === undefined || outgoing.writableEnded) return ''
    // Blanks may stand between the elements of an array.
    if (inArray) return '\n'
    const state = {
      started: machine.started,
      model: glance.model,
      responseId: machine.responseId ?? question.requestId,
      nowSeconds: Math.floor(deps.clock.now() / 1000),
      agent: identity.agent,
    }
    return codec.server.keepAlive(state).map(formatSse).join('')
  }
  const inArray = question.named?.stream === true && !/[?&]alt=sse\b/.test(question.search)
  const opened = openAnswer({
    outgoing,
    keepAlive,
    keepAliveMs: settings.keepAliveMs,
    holdMs: settings.holdMs,
    captureLimit: settings.captureBodies ? CAPTURE_LIMIT : 0,
    monotonic: () => deps.clock.monotonic(),
  })
  return {
    id: question.requestId,
    incoming,
    path: question.path,
    search: question.search,
    codec,
    body,
    glance,
    caller,
    identity,
    answer: inArray ? arrayAnswer(opened) : opened,
    signal,
    errorContext,
    deps,
    settings,
    baseHeaders: requestIdHeader(incoming.headers, settings.requestHeader, question.requestId),
    stream,
    outcome,
  }
}

async function live(exchange: Exchange, maxAttempts: number): Promise<void> {
  const failures = await tryTargets(exchange, maxAttempts)
  const [only, ...others] = failures
  if (only === undefined) return
  const error = allFailed(failures, exchange.deps.clock.now())
  exchange.outcome.error = error
  const { raw, target } = only
  // Google calls a false key of the channel a bad request: said to the agent, it would be the agent's own key.
  const isAboutKey = only.error.code === 'upstream-authentication' && !target.ownLogin
  const passOn = others.length === 0 && raw !== undefined && target.mode === 'relay' && !isAboutKey
  if (passOn && isRawWorthy(exchange, raw, target.ownLogin)) await answerRaw(exchange, raw)
  else await answerError(exchange, error)
}

/** Never rejects: what goes wrong is answered in the asker's protocol and recorded. */
export async function exchange(question: ExchangeQuestion, deps: ExchangeDeps): Promise<void> {
  const settings = deps.settings()
  const startedAt = { wall: deps.clock.now(), monotonic: deps.clock.monotonic() }
  const controller = hangUpOf(question.outgoing)
  const leave = deps.enter(controller)
  const arrival: Arrival = { startedAt }
  let current: Exchange | undefined
  let unwatch: (() => void) | undefined
  try {
    current = await open(question, deps, settings, controller.signal, arrival)
    unwatch = deps.live.enter(current, startedAt.monotonic)
    deps.record(startedRecord(current, startedAt.wall))
    await live(current, question.maxAttempts)
  } catch (thrown) {
    const error = asHubError(thrown)
    if (error.code === 'internal')
      deps.log.error('request.internal', { request: question.requestId, message: error.message })
    if (current === undefined) refuse(question, deps, error, arrival)
    else {
      current.outcome.error = error
      if (error.code === 'canceled') question.outgoing.destroy()
      else await answerError(current, error)
    }
  } finally {
    if (current !== undefined) {
      unwatch?.()
      const finished = finishedRecord(current, startedAt)
      deps.record(finished)
      logFinished(current, finished)
      // In the pieces in which it came, as a whole, and once more for the trace, for some time.
      deps.passed((settings.captureBodies ? 4 : 2) * current.body.length + current.answer.bytes)
    }
    leave()
  }
}

/**
 * An error before the request can be routed. Of somebody with a key it is recorded as a failed one; who has none gets no line of the
 * database, or anybody on this machine could fill it.
 */
function refuse(
  question: ExchangeQuestion,
  deps: ExchangeDeps,
  error: HubError,
  { caller, ...arrival }: Arrival,
): void {
  const answer = sendRefusal(question, deps, error)
  if (caller === undefined) deps.refused()
  else
    for (const message of refusedRecords(question, deps, error, { ...arrival, caller }, answer))
      deps.record(message)
}

/** What the asker was answered; nothing where he is gone. */
function sendRefusal(
  question: ExchangeQuestion,
  deps: ExchangeDeps,
  error: HubError,
): { readonly status: number; readonly body: Buffer } | undefined {
  const { outgoing, incoming, codec } = question
  if (error.code === 'canceled' || outgoing.destroyed) return undefined
  const wire = codec.server.encodeError(error, errorContextOf(question, deps, '', false))
  const { agent } = agentOf(incoming.headers)
  logRefused(deps.log, { requestId: question.requestId, agent, status: wire.status }, error)
  const body = Buffer.from(JSON.stringify(wire.body))
  outgoing.writeHead(wire.status, {
    ...wire.headers,
    ...requestIdHeader(incoming.headers, deps.settings().requestHeader, question.requestId),
    ...(error.code === 'loop' ? { [HOP_HEADER]: deps.settings().instance } : {}),
    'content-type': 'application/json',
    'content-length': String(body.length),
    // The rest of a refused body is not worth reading for ever.
    ...(incoming.complete ? {} : { connection: 'close' }),
  })
  outgoing.end(body)
  incoming.resume()
  return { status: wire.status, body }
}
