// What the trace is told of a request, at its start and at its end.

import { sentence } from '../base/errors.js'
import type { RequestFinished, RequestStarted } from '../store/record.js'
import type { Exchange, ExchangeSettings } from './exchange-state.js'
import type { Glance } from './glance.js'
import { recordedRequestHeaders } from './headers.js'
import { recordedQuery } from './recorded-query.js'

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  const result: { [P in K]?: V } = {}
  if (value !== undefined) result[key] = value
  return result
}

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
  return {
    type: 'request-started',
    requestId: exchange.id,
    traceId: identity.traceId,
    traceSource: identity.traceSource,
    ...optional('threadId', identity.threadId),
    ...optional('turnKey', identity.turnKey),
    ...optional('subagent', identity.subagent),
    ...optional('parentSubagent', identity.parentSubagent),
    agent: identity.agent,
    ...optional('agentVersion', identity.agentVersion),
    purpose: identity.purpose,
    keyName: caller.keyName,
    method: incoming.method ?? 'POST',
    path: exchange.path + recordedQuery(exchange.search),
    protocol: exchange.codec.id,
    modelAsked: exchange.glance.model,
    stream: exchange.glance.stream,
    startedAt,
    ...optional('directory', identity.directory),
    headers: recordedRequestHeaders(incoming.headers),
    ...(settings.captureBodies && body !== undefined ? { body } : {}),
  }
}

export function finishedRecord(
  exchange: Exchange,
  startedAt: { wall: number; monotonic: number },
): RequestFinished {
  const { outcome, answer, deps } = exchange
  const now = deps.clock.monotonic()
  const since = (at: number | undefined) => (at === undefined ? undefined : at - startedAt.monotonic)
  const { error } = outcome
  const { firstByteAt } = answer
  const { firstTokenAt } = outcome
  return {
    type: 'request-finished',
    requestId: exchange.id,
    finishedAt: deps.clock.now(),
    outcome: error === undefined ? 'completed' : error.code === 'canceled' ? 'canceled' : 'failed',
    status: answer.status,
    ...optional('errorCode', error?.code),
    ...optional('errorText', error === undefined ? undefined : sentence(error)),
    ...optional('profile', outcome.profile),
    ...optional('channel', outcome.channel),
    ...optional('modelUsed', outcome.modelUsed),
    ...optional('mode', outcome.mode),
    ...optional('firstByteMs', since(firstByteAt)),
    // A token that was held back reached the agent with the first byte.
    ...optional(
      'firstTokenMs',
      since(firstTokenAt === undefined ? undefined : Math.max(firstTokenAt, firstByteAt ?? firstTokenAt)),
    ),
    durationMs: now - startedAt.monotonic,
    ...optional(
      'gaps',
      outcome.gaps?.map(({ from, durationMs }) => ({ atMs: from - startedAt.monotonic, durationMs })),
    ),
    ...optional('usage', outcome.usage),
    ...optional('stopReason', outcome.stopReason),
    notes: outcome.notes,
    decision: outcome.reasons,
    ...(exchange.settings.captureBodies && answer.committed
      ? { responseBody: answer.captured(), responseTimes: answer.times.since(startedAt.monotonic) }
      : {}),
  }
}
