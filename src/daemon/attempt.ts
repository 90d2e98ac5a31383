// One try of one target: build the request, send it, and bring the answer back by relay or conversion. What went
// wrong before the first byte is returned, so that the next target can be tried; nothing is ever sent twice.

import type { Draft } from '../base/draft.js'
import { asHubError, HubError } from '../base/errors.js'
import { parseJson } from '../base/json.js'
import { onceForEach } from '../base/once-for-each.js'
import type { AttemptFinished } from '../store/record.js'
import { readAll, type UpstreamAnswer } from '../upstream/client.js'
import { convertAttempt } from './attempt-convert.js'
import { relayAttempt } from './attempt-relay.js'
import { type ChunkTimes, chunkTimes } from './chunk-times.js'
import { openEarly } from './early-head.js'
import type { AttemptResult, Exchange } from './exchange-state.js'
import { recordedAnswerHeaders, upstreamRequestId } from './headers.js'
import { healthEvent } from './health-report.js'
import { credentialsIn, errorWithoutCredential, withoutCredential } from './hide-credential.js'
import { hopHeaders, loopAnswer } from './loop-guard.js'
import type { Target } from './target.js'

/** A way to ask one target: the request that goes up, and how its good answer comes down. */
export type Plan = {
  readonly url: URL
  /** Made for this try alone. */
  readonly headers: Record<string, string>
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
function capturing(upstream: UpstreamAnswer, progress: Progress, monotonic: () => number): UpstreamAnswer {
  const kept: Uint8Array[] = []
  const times = chunkTimes()
  progress.kept = { pieces: kept, times }
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
  /** What came of an answer that is worth keeping. */
  kept: { readonly pieces: readonly Uint8Array[]; readonly times: ChunkTimes } | undefined
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
  const { status, firstByteAt, kept } = progress
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
  if (kept !== undefined && kept.pieces.length > 0) {
    record.responseBody = kept.pieces
    record.responseTimes = kept.times.since(startedAt.monotonic)
  }
  return record
}

/** One try while it runs. What can be done without waiting stands here, because each async function costs a request its frame. */
class Try {
  private readonly startedAt: { readonly wall: number; readonly monotonic: number }
  private readonly progress: Progress = { headers: {}, kept: undefined }
  private plan: Plan | undefined

  constructor(
    private readonly exchange: Exchange,
    private readonly target: Target,
    private readonly number: number,
  ) {
    const { deps } = exchange
    this.startedAt = { wall: deps.clock.now(), monotonic: deps.clock.monotonic() }
    exchange.stream.asking = target
    if (target.probe) {
      const { channel, model, key } = target
      deps.report({ type: 'probed', channel, model, key })
    }
  }

  /** Sends the request. */
  send(credential: Readonly<Record<string, string>>): Promise<UpstreamAnswer> {
    const { exchange, target } = this
    const { deps, incoming, settings, signal } = exchange
    deps.know(credentialsIn(credential))
    const plan =
      target.mode === 'relay'
        ? relayAttempt(exchange, target, credential)
        : convertAttempt(exchange, target, credential)
    this.plan = plan
    Object.assign(plan.headers, hopHeaders(incoming.headers, settings.instance, target))
    const stopWaiting = openEarly(exchange)
    const answer = deps.upstream.send({
      method: 'POST',
      url: plan.url,
      headers: plan.headers,
      body: plan.body,
      signal,
      silenceMs: settings.silenceMs,
    })
    return stopWaiting === undefined ? answer : answer.finally(stopWaiting)
  }

  /** Brings the answer to the agent, or reads why there is none. */
  read(answer: UpstreamAnswer): Promise<AttemptResult> {
    const { exchange, target, plan, progress } = this
    if (plan === undefined) throw new HubError('internal', 'An answer came to what was not asked.')
    const { deps, outcome, settings } = exchange
    const upstream = deps.quota?.observe(target, plan.headers, answer) ?? answer
    progress.status = upstream.status
    progress.headers = upstream.headers
    progress.firstByteAt = deps.clock.monotonic()
    if (upstream.status >= 300) return readError(exchange, target, plan, upstream)
    outcome.channel = target.channel
    outcome.modelUsed = target.model
    outcome.mode = target.mode
    return plan.answer(
      plan.keepBodies && settings.captureBodies
        ? capturing(upstream, progress, () => deps.clock.monotonic())
        : upstream,
    )
  }

  /** Records how it ended, and tells the router how the channel did. */
  ended(result: AttemptResult | { readonly type: 'canceled' }, error: HubError | undefined): void {
    const { exchange, target } = this
    const { deps } = exchange
    deps.record(
      attemptRecord(exchange, target, this.number, this.startedAt, this.plan, this.progress, result),
    )
    deps.report(healthEvent(target, error, deps.clock.now()))
  }

  /** Throws why the request was ended from outside (`canceled` when the agent hung up); all else is a fault of the target. */
  failed(thrown: unknown): AttemptResult {
    const error = asHubError(thrown)
    const { aborted, reason } = this.exchange.signal
    if (error.code === 'canceled' || aborted) {
      const canceled =
        error.code === 'canceled' ? error : new HubError('canceled', 'The agent hung up.', { cause: error })
      // Whatever it was, it was none of the channel's.
      this.ended({ type: 'canceled' }, canceled)
      throw reason instanceof HubError ? reason : canceled
    }
    const told = this.plan === undefined ? error : errorWithoutCredential(error, this.plan.headers)
    const result = { type: 'failed', error: told } as const
    this.ended(result, told)
    return result
  }
}

/** Throws HubError when the request was ended from outside (`canceled`: the agent hung up); every fault of the target is returned. */
export async function attempt(exchange: Exchange, target: Target, number: number): Promise<AttemptResult> {
  const one = new Try(exchange, target, number)
  let result: AttemptResult
  try {
    const credential = target.credential()
    const answer = await one.send(credential instanceof Promise ? await credential : credential)
    result = await one.read(answer)
  } catch (thrown) {
    return one.failed(thrown)
  }
  if (result.type === 'failed' && exchange.signal.aborted) return one.failed(result.error)
  one.ended(result, result.type === 'failed' ? result.error : exchange.outcome.error)
  return result
}
