// The life of one model request, top to bottom: authenticate, read, identify, route, try targets, answer, record.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { asHubError, HubError } from '../base/errors.js'
import type { Codec, ErrorContext } from '../protocol/codec.js'
import { formatSse } from '../protocol/sse/format.js'
import { allFailed, type Failure } from './all-failed.js'
import { openAnswer } from './answer.js'
import { arrayAnswer } from './array-answer.js'
import { authenticateOn, type Caller, type KeyRing } from './authenticate.js'
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

/** A request from its arrival on, whatever becomes of it. */
type Begun = {
  readonly question: ExchangeQuestion
  readonly deps: ExchangeDeps
  readonly settings: ExchangeSettings
  readonly controller: HangUp
  /** Filled on the way, for a request that does not get to its end. */
  readonly arrival: Arrival
  /** Ends its place among those that run. */
  readonly leave: () => void
  unwatch?: () => void
}

function begin(question: ExchangeQuestion, deps: ExchangeDeps): Begun {
  const controller = hangUpOf(question.outgoing)
  const startedAt = { wall: deps.clock.now(), monotonic: deps.clock.monotonic() }
  const leave = deps.enter(controller)
  return { question, deps, settings: deps.settings(), controller, arrival: { startedAt }, leave }
}

/** Who asks, before anything of his is read. */
function admit({ question, deps, settings, arrival }: Begun): Caller {
  const { incoming, queryKey } = question
  refuseLoop(incoming.headers, settings.instance)
  const caller = authenticateOn(incoming, queryKey, question.keys)
  // Only now: nothing is recorded of who has no key, and his inventions would push out the secrets that are known.
  deps.know(credentialsIn(incoming.headers))
  if (queryKey !== undefined) deps.know([queryKey])
  arrival.caller = caller
  return caller
}

function open(
  { question, deps, settings, controller, arrival }: Begun,
  caller: Caller,
  body: Buffer,
): Exchange {
  const { incoming, outgoing, codec } = question
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
    signal: controller.signal,
    errorContext,
    deps,
    settings,
    baseHeaders: requestIdHeader(incoming.headers, settings.requestHeader, question.requestId),
    stream,
    outcome,
  }
}

/** Known to who watches and to the trace from here on. */
function enter(begun: Begun, exchange: Exchange): void {
  const { deps, arrival } = begun
  const { wall, monotonic } = arrival.startedAt
  begun.unwatch = deps.live.enter(exchange, monotonic)
  deps.record(startedRecord(exchange, wall))
}

/** What the agent is told when no target answered. */
function tellFailures(exchange: Exchange, failures: readonly [Failure, ...Failure[]]): Promise<void> {
  const [only, ...others] = failures
  const error = allFailed(failures, exchange.deps.clock.now())
  exchange.outcome.error = error
  const { raw, target } = only
  // Google calls a false key of the channel a bad request: said to the agent, it would be the agent's own key.
  const isAboutKey = only.error.code === 'upstream-authentication' && !target.ownLogin
  const passOn = others.length === 0 && raw !== undefined && target.mode === 'relay' && !isAboutKey
  if (passOn && isRawWorthy(exchange, raw, only.error, target)) return answerRaw(exchange, raw)
  return answerError(exchange, error)
}

/** What the asker is told of an error that is none of a target. */
async function tellError(
  { question, deps, arrival }: Begun,
  current: Exchange | undefined,
  thrown: unknown,
): Promise<void> {
  const error = asHubError(thrown)
  if (error.code === 'internal')
    deps.log.error('request.internal', { request: question.requestId, message: error.message })
  if (current === undefined) {
    refuse(question, deps, error, arrival)
    return
  }
  current.outcome.error = error
  if (error.code === 'canceled') question.outgoing.destroy()
  else await answerError(current, error)
}

function over({ deps, arrival, leave, unwatch }: Begun, current: Exchange | undefined): void {
  if (current !== undefined) {
    unwatch?.()
    const finished = finishedRecord(current, arrival.startedAt)
    deps.record(finished)
    logFinished(current, finished)
    // In the pieces in which it came, and as a whole.
    deps.passed(2 * current.body.length + current.answer.bytes)
  }
  leave()
}

/**
 * Never rejects: what goes wrong is answered in the asker's protocol and recorded. Little stands here itself: the frame of an async
 * function lives as long as the request.
 */
export async function exchange(question: ExchangeQuestion, deps: ExchangeDeps): Promise<void> {
  const begun = begin(question, deps)
  let current: Exchange | undefined
  try {
    const caller = admit(begun)
    current = open(begun, caller, await readBody(question.incoming))
    enter(begun, current)
    const [first, ...others] = await tryTargets(current, question.maxAttempts)
    if (first !== undefined) await tellFailures(current, [first, ...others])
  } catch (thrown) {
    await tellError(begun, current, thrown)
  } finally {
    over(begun, current)
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
