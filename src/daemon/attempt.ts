// One try of one target: build the request, send it, and bring the answer back by relay or conversion. What went
// wrong before the first byte is returned, so that the next target can be tried; nothing is ever sent twice.

import { asHubError, HubError } from '../base/errors.js'
import { parseJson } from '../base/json.js'
import { onceForEach } from '../base/once-for-each.js'
import type { AttemptFinished } from '../store/record.js'
import { readAll, type UpstreamAnswer } from '../upstream/client.js'
import { convertAttempt } from './attempt-convert.js'
import { relayAttempt } from './attempt-relay.js'
import { type ChunkTimes, chunkTimes } from './chunk-times.js'
import { openEarly } from './early-head.js'
import type { Draft } from './exchange-record.js'
import type { AttemptResult, Exchange } from './exchange-state.js'
import { recordedAnswerHeaders, upstreamRequestId } from './headers.js'
import { credentialsIn, errorWithoutCredential, withoutCredential } from './hide-credential.js'
import { hopHeaders, loopAnswer } from './loop-guard.js'
import type { Target } from './target.js'

/** A way to ask one target: the request that goes up, and how its good answer comes down. */
export type Plan = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** The body is worth keeping beside the agent's own (conversion). */
  readonly keepBodies: boolean
  answer(upstream: UpstreamAnswer): Promise<AttemptResult>
}

const ERROR_LIMIT = 1024 * 1024

/** How much of a converted upstream's answer the trace keeps, bytes. */
const CAPTURE_LIMIT = 8 * 1024 * 1024

async function readError(
  exchange: Exchange,
  target: Target,
  plan: Plan,
  upstream: UpstreamAnswer,
): Promise<AttemptResult> {
  const told = await readAll(upstream.body, ERROR_LIMIT).catch(() => Buffer.alloc(0))
  const { instance } = exchange.settings
  const loop = loopAnswer(upstream.status, upstream.headers, instance, target.baseUrl)
  if (loop !== undefined) return { type: 'failed', error: loop }
  const words = told.toString('utf8')
  const text = withoutCredential(words, plan.headers)
  const body = text === words ? told : Buffer.from(text, 'utf8')
  const codec = exchange.deps.codecOf(target.protocol)
  const error = errorWithoutCredential(
    codec.client.decodeError(
      upstream.status,
      upstream.headers,
      parseJson(text) ?? text,
      exchange.deps.clock.now(),
    ),
    plan.headers,
  )
  const raw = { status: upstream.status, headers: upstream.headers, body }
  return { type: 'failed', error, raw, ...(target.mode === 'convert' ? { sent: plan.body } : {}) }
}

/** Keeps a copy of what passes by, up to the limit. */
function capturing(
  upstream: UpstreamAnswer,
  { kept, times }: Progress,
  monotonic: () => number,
): UpstreamAnswer {
  async function* copy(): AsyncGenerator<Uint8Array> {
    let size = 0
    for await (const chunk of upstream.body) {
      if (size < CAPTURE_LIMIT) {
        kept.push(chunk)
        times.note(chunk.length, monotonic())
      }
      size += chunk.length
      yield chunk
    }
  }
  return { ...upstream, body: copy() }
}

type Progress = {
  status?: number
  headers: Readonly<Record<string, string>>
  firstByteAt?: number
  readonly kept: Uint8Array[]
  readonly times: ChunkTimes
}

/** Without its query, which may hold a key. */
const addressOf = onceForEach(({ origin, pathname }: URL) => origin + pathname)

function attemptRecord(
  exchange: Exchange,
  target: Target,
  number: number,
  startedAt: { wall: number; monotonic: number },
  plan: Plan | undefined,
  progress: Progress,
  result: AttemptResult | { type: 'canceled' },
): AttemptFinished {
  const error = result.type === 'failed' ? result.error : exchange.outcome.error
  const { status, firstByteAt, kept, times } = progress
  const record: Draft<AttemptFinished> = {
    type: 'attempt-finished',
    requestId: exchange.id,
    number,
    channel: target.channel,
    protocol: target.protocol,
    mode: target.mode,
    url: plan === undefined ? target.baseUrl : addressOf(plan.url),
    modelUsed: target.model,
    startedAt: startedAt.wall,
    durationMs: exchange.deps.clock.monotonic() - startedAt.monotonic,
    outcome: result.type === 'canceled' ? 'canceled' : error === undefined ? 'completed' : 'failed',
    headers: recordedAnswerHeaders(progress.headers),
  }
  if (target.key !== undefined) record.key = target.key
  if (firstByteAt !== undefined) record.firstByteMs = firstByteAt - startedAt.monotonic
  if (status !== undefined) record.status = status
  if (error !== undefined) {
    record.errorCode = error.code
    record.errorText = error.message
  }
  const requestId = upstreamRequestId(progress.headers)
  if (requestId !== undefined) record.upstreamRequestId = requestId
  if (plan?.keepBodies !== true || !exchange.settings.captureBodies) return record
  record.requestBody = plan.body
  if (kept.length > 0) {
    record.responseBody = kept
    record.responseTimes = times.since(startedAt.monotonic)
  }
  return record
}

async function send(
  exchange: Exchange,
  target: Target,
  plan: Plan,
  progress: Progress,
): Promise<AttemptResult> {
  const { deps, incoming, settings, signal } = exchange
  const stopWaiting = openEarly(exchange)
  let answer: UpstreamAnswer
  try {
    answer = await deps.upstream.send({
      method: 'POST',
      url: plan.url,
      headers: { ...plan.headers, ...hopHeaders(incoming.headers, settings.instance, target) },
      body: plan.body,
      signal,
      silenceMs: settings.silenceMs,
    })
  } finally {
    stopWaiting?.()
  }
  const upstream = exchange.deps.quota?.observe(target, plan.headers, answer) ?? answer
  progress.status = upstream.status
  progress.headers = upstream.headers
  progress.firstByteAt = exchange.deps.clock.monotonic()
  if (upstream.status >= 300) return readError(exchange, target, plan, upstream)
  exchange.outcome.channel = target.channel
  exchange.outcome.modelUsed = target.model
  exchange.outcome.mode = target.mode
  return plan.answer(
    plan.keepBodies && exchange.settings.captureBodies
      ? capturing(upstream, progress, () => exchange.deps.clock.monotonic())
      : upstream,
  )
}

/** Throws HubError `canceled` when the agent hung up; every other fault of the target is returned. */
export async function attempt(exchange: Exchange, target: Target, number: number): Promise<AttemptResult> {
  const { clock } = exchange.deps
  const startedAt = { wall: clock.now(), monotonic: clock.monotonic() }
  const progress: Progress = { headers: {}, kept: [], times: chunkTimes() }
  let plan: Plan | undefined
  exchange.stream.asking = target
  const finished = (result: AttemptResult | { type: 'canceled' }) =>
    exchange.deps.record(attemptRecord(exchange, target, number, startedAt, plan, progress, result))
  try {
    const credential = await target.credential()
    exchange.deps.know(credentialsIn(credential))
    plan =
      target.mode === 'relay'
        ? relayAttempt(exchange, target, credential)
        : convertAttempt(exchange, target, credential)
    const result = await send(exchange, target, plan, progress)
    finished(result)
    return result
  } catch (thrown) {
    const error = asHubError(thrown)
    if (error.code === 'canceled' || exchange.signal.aborted) {
      finished({ type: 'canceled' })
      throw error.code === 'canceled'
        ? error
        : new HubError('canceled', 'The agent hung up.', { cause: error })
    }
    const result = {
      type: 'failed',
      error: plan === undefined ? error : errorWithoutCredential(error, plan.headers),
    } as const
    finished(result)
    return result
  }
}
