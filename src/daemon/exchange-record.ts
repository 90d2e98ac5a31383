// What the trace is told of a request, at its start and at its end.

import type { Draft } from '../base/draft.js'
import { sentence } from '../base/errors.js'
import type { RequestFinished, RequestStarted } from '../store/record.js'
import type { Exchange, ExchangeOutcome, ExchangeSettings } from './exchange-state.js'
import type { Glance } from './glance.js'
import { recordedRequestHeaders } from './headers.js'
import { recordedQuery } from './recorded-query.js'

/** What a request is known by, whether it could be read or not. */
export type StartedFacts = Pick<
  Exchange,
  'id' | 'identity' | 'caller' | 'incoming' | 'path' | 'search' | 'codec'
> & {
  readonly settings: Pick<ExchangeSettings, 'captureBodies'>
  readonly glance: Pick<Glance, 'model' | 'stream'>
  readonly body: Buffer | undefined
}

/** `startedAt`: ms since the epoch. */
export function startedRecord(exchange: StartedFacts, startedAt: number): RequestStarted {
  const { identity, caller, incoming, settings, body } = exchange
  const { threadId, turnKey, subagent, parentSubagent, agentVersion, directory } = identity
  const record: Draft<RequestStarted> = {
    type: 'request-started',
    requestId: exchange.id,
    traceId: identity.traceId,
    traceSource: identity.traceSource,
    agent: identity.agent,
    purpose: identity.purpose,
    keyName: caller.keyName,
    method: incoming.method ?? 'POST',
    path: exchange.path + recordedQuery(exchange.search),
    protocol: exchange.codec.id,
    modelAsked: exchange.glance.model,
    stream: exchange.glance.stream,
    startedAt,
    headers: recordedRequestHeaders(incoming.headers),
  }
  if (threadId !== undefined) record.threadId = threadId
  if (turnKey !== undefined) record.turnKey = turnKey
  if (subagent !== undefined) record.subagent = subagent
  if (parentSubagent !== undefined) record.parentSubagent = parentSubagent
  if (agentVersion !== undefined) record.agentVersion = agentVersion
  if (directory !== undefined) record.directory = directory
  if (settings.captureBodies && body !== undefined) record.body = body
  return record
}

export function finishedRecord(
  exchange: Exchange,
  startedAt: { wall: number; monotonic: number },
): RequestFinished {
  const { outcome, answer, deps } = exchange
  const { monotonic: start } = startedAt
  const { error, firstTokenAt } = outcome
  const { firstByteAt } = answer
  const record: Draft<RequestFinished> = {
    type: 'request-finished',
    requestId: exchange.id,
    finishedAt: deps.clock.now(),
    outcome: error === undefined ? 'completed' : error.code === 'canceled' ? 'canceled' : 'failed',
    status: answer.status,
    durationMs: deps.clock.monotonic() - start,
    notes: outcome.notes,
    decision: outcome.reasons,
  }
  if (error !== undefined) {
    record.errorCode = error.code
    record.errorText = sentence(error)
  }
  if (firstByteAt !== undefined) record.firstByteMs = firstByteAt - start
  // A token that was held back reached the agent with the first byte.
  if (firstTokenAt !== undefined)
    record.firstTokenMs = Math.max(firstTokenAt, firstByteAt ?? firstTokenAt) - start
  tellOutcome(record, outcome, start)
  if (exchange.settings.captureBodies && answer.committed) {
    record.responseBody = answer.captured()
    record.responseTimes = answer.times.since(start)
  }
  return record
}

function tellOutcome(record: Draft<RequestFinished>, outcome: ExchangeOutcome, start: number): void {
  const { profile, channel, modelUsed, mode, gaps, usage, stopReason } = outcome
  if (profile !== undefined) record.profile = profile
  if (channel !== undefined) record.channel = channel
  if (modelUsed !== undefined) record.modelUsed = modelUsed
  if (mode !== undefined) record.mode = mode
  if (gaps !== undefined)
    record.gaps = gaps.map(({ from, durationMs }) => ({ atMs: from - start, durationMs }))
  if (usage !== undefined) record.usage = usage
  if (stopReason !== undefined) record.stopReason = stopReason
}
