// The life of one model request, top to bottom: authenticate, read, identify, route, try targets, answer, record.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { asHubError, HubError } from '../base/errors.js'
import type { Codec, ErrorContext } from '../protocol/codec.js'
import { formatSse } from '../protocol/sse/format.js'
import { allFailed, type Failure } from './all-failed.js'
import { openAnswer } from './answer.js'
import { attempt } from './attempt.js'
import { authenticate, type KeyRing } from './authenticate.js'
import { readBody } from './body.js'
import { answerError, answerRaw, isRawWorthy } from './error-answer.js'
import { finishedRecord, startedRecord } from './exchange-record.js'
import type {
  AttemptResult,
  Exchange,
  ExchangeDeps,
  ExchangeOutcome,
  ExchangeSettings,
} from './exchange-state.js'
import { glanceAt } from './glance.js'
import { healthEvent } from './health-report.js'
import { agentOf, identify, type TraceSettings } from './identify.js'
import type { Target } from './target.js'

export type ExchangeQuestion = {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly path: string
  readonly search: string
  readonly codec: Codec
  readonly requestId: string
  readonly keys: KeyRing
  readonly trace: TraceSettings
  readonly maxAttempts: number
}

/** Errors for which another channel may do better. The rest would fail everywhere. */
const TRY_NEXT = new Set([
  'upstream-authentication',
  'rate-limited',
  'quota-exhausted',
  'overloaded',
  'upstream-failed',
  'upstream-unreachable',
  'upstream-timeout',
  'upstream-truncated',
  'secret-unavailable',
  'permission',
])

/** How much of an answer the trace keeps, bytes. */
const CAPTURE_LIMIT = 8 * 1024 * 1024

/** Aborted when the agent hangs up; the drain may abort it too, with its own reason. */
function hangUpController(outgoing: ServerResponse): AbortController {
  const controller = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort(new HubError('canceled', 'The agent hung up.'))
  })
  return controller
}

function errorContextOf(
  question: ExchangeQuestion,
  deps: ExchangeDeps,
  model: string,
  stream: boolean,
): ErrorContext {
  const { agent } = agentOf(question.incoming.headers)
  return {
    model,
    requestId: question.requestId,
    newId: deps.newId,
    nowSeconds: Math.floor(deps.clock.now() / 1000),
    stream,
    ...(agent === 'other' ? {} : { agent }),
  }
}

async function open(
  question: ExchangeQuestion,
  deps: ExchangeDeps,
  settings: ExchangeSettings,
  signal: AbortSignal,
): Promise<Exchange> {
  const { incoming, outgoing, codec } = question
  const caller = authenticate(incoming.headers, undefined, question.keys)
  const body = await readBody(incoming)
  const glance = glanceAt(
    body,
    question.trace.extraTraceBodyFields.map((path) => path.split('.')[0] ?? ''),
  )
  const identity = identify(incoming.headers, glance, question.trace, () => deps.newId('at-'))
  const errorContext = errorContextOf(question, deps, glance.model, glance.stream)
  const stream: Exchange['stream'] = {}
  const outcome: ExchangeOutcome = { notes: [], reasons: [] }
  const keepAlive = () => {
    const { machine } = stream
    if (machine === undefined || outgoing.writableEnded) return ''
    const state = {
      started: machine.started,
      model: glance.model,
      responseId: machine.responseId ?? question.requestId,
      nowSeconds: Math.floor(deps.clock.now() / 1000),
      ...(identity.agent === 'other' ? {} : { agent: identity.agent }),
    }
    return codec.server.keepAlive(state).map(formatSse).join('')
  }
  const answer = openAnswer({
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
    answer,
    signal,
    errorContext,
    deps,
    settings,
    baseHeaders: { [settings.requestHeader]: question.requestId },
    stream,
    outcome,
  }
}

/** One attempt, and what it tells about the channel. */
async function watched(exchange: Exchange, target: Target, number: number): Promise<AttemptResult> {
  const { deps, outcome } = exchange
  const report = (error: HubError | undefined) => deps.report(healthEvent(target, error, deps.clock.now()))
  if (target.probe) deps.report({ type: 'probed', channel: target.channel, model: target.model })
  try {
    const result = await attempt(exchange, target, number)
    report(result.type === 'failed' ? result.error : outcome.error)
    return result
  } catch (thrown) {
    report(asHubError(thrown))
    throw thrown
  }
}

/** Tries the targets in order; what failed, or nothing when the agent was answered. */
async function tryTargets(exchange: Exchange, maxAttempts: number): Promise<readonly Failure[]> {
  const { deps, glance, caller, identity, codec, outcome } = exchange
  const route = deps.route({ glance, caller, identity, protocol: codec.id })
  outcome.reasons = route.reasons
  const failures: Failure[] = []
  for (const [index, target] of route.targets.slice(0, maxAttempts).entries()) {
    const result = await watched(exchange, target, index + 1)
    if (result.type === 'answered') {
      if (outcome.error === undefined) deps.served(identity.traceId, target.channel)
      return []
    }
    const { error, raw } = result
    failures.push({ target, error, ...(raw === undefined ? {} : { raw }) })
    outcome.reasons = [...outcome.reasons, `channel ${target.channel}: failed, ${error.message}`]
    deps.log.warn('upstream.failed', {
      request: exchange.id,
      channel: target.channel,
      code: error.code,
      status: error.detail.status,
    })
    if (!TRY_NEXT.has(error.code)) break
  }
  return failures
}

async function live(exchange: Exchange, maxAttempts: number): Promise<void> {
  const failures = await tryTargets(exchange, maxAttempts)
  const [only, ...others] = failures
  if (only === undefined) return
  const error = others.length === 0 ? only.error : allFailed(failures, exchange.deps.clock.now())
  exchange.outcome.error = error
  const { raw, target } = only
  const passOn = others.length === 0 && raw !== undefined && target.mode === 'relay'
  if (passOn && isRawWorthy(exchange, raw, target.ownLogin)) await answerRaw(exchange, raw)
  else await answerError(exchange, error)
}

/** Never rejects: what goes wrong is answered in the asker's protocol and recorded. */
export async function exchange(question: ExchangeQuestion, deps: ExchangeDeps): Promise<void> {
  const settings = deps.settings()
  const startedAt = { wall: deps.clock.now(), monotonic: deps.clock.monotonic() }
  const controller = hangUpController(question.outgoing)
  const leave = deps.enter(controller)
  let current: Exchange | undefined
  try {
    current = await open(question, deps, settings, controller.signal)
    deps.record(startedRecord(current, startedAt.wall))
    await live(current, question.maxAttempts)
  } catch (thrown) {
    const error = asHubError(thrown)
    if (error.code === 'internal')
      deps.log.error('request.internal', { request: question.requestId, message: error.message })
    if (current === undefined) refuse(question, deps, error)
    else {
      current.outcome.error = error
      if (error.code === 'canceled') question.outgoing.destroy()
      else await answerError(current, error)
    }
  } finally {
    if (current !== undefined) deps.record(finishedRecord(current, startedAt))
    leave()
  }
}

/** An error before anything is known of the request. */
function refuse(question: ExchangeQuestion, deps: ExchangeDeps, error: HubError): void {
  const { outgoing, incoming, codec } = question
  if (error.code === 'canceled' || outgoing.destroyed) return
  const wire = codec.server.encodeError(error, errorContextOf(question, deps, '', false))
  const body = Buffer.from(JSON.stringify(wire.body))
  outgoing.writeHead(wire.status, {
    ...wire.headers,
    [deps.settings().requestHeader]: question.requestId,
    'content-type': 'application/json',
    'content-length': String(body.length),
    // The rest of a refused body is not worth reading for ever.
    ...(incoming.complete ? {} : { connection: 'close' }),
  })
  outgoing.end(body)
  incoming.resume()
}
