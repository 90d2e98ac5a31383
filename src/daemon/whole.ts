// Answers that are not streamed, and the two crossings: a stream for an agent that wants one object, one object for an
// agent that wants a stream.

import { HubError } from '../base/errors.js'
import type { JsonObject } from '../base/json.js'
import { isObject, parseJson } from '../base/json.js'
import type { FinishReason, IrResponse } from '../protocol/ir/response.js'
import type { IrUsage } from '../protocol/ir/usage.js'
import { readAll, type UpstreamAnswer } from '../upstream/client.js'
import { afterOpening } from './early-head.js'
import type { Exchange } from './exchange-state.js'

/** A whole answer is held in memory once; images make them large, nothing makes them larger than this. */
export const ANSWER_LIMIT = 256 * 1024 * 1024

/** How a good answer is to be read, by its content type; providers that name none send JSON. */
export function contentKind(upstream: UpstreamAnswer): 'stream' | 'json' | 'other' {
  const type = upstream.headers['content-type'] ?? ''
  if (type.includes('event-stream')) return 'stream'
  return type.includes('json') || type === '' ? 'json' : 'other'
}

/** Throws the answer away; the error says what came instead (a login page, a proxy's notice). */
export function strangeContent(upstream: UpstreamAnswer): HubError {
  upstream.discard()
  const type = upstream.headers['content-type'] ?? 'no content type'
  return new HubError('upstream-failed', `The provider answered with ${type}, not with a model's answer.`, {
    hint: 'Check the base URL of the channel.',
  })
}

/** All bytes of an answer that is not streamed. Throws HubError `upstream-failed` when they are too many. */
export function readWhole(upstream: UpstreamAnswer): Promise<Buffer> {
  return readAll(upstream.body, ANSWER_LIMIT)
}

/** Throws HubError `upstream-failed` when the answer is no JSON object. */
export function jsonAnswer(bytes: Buffer): JsonObject {
  const json = parseJson(bytes.toString('utf8'))
  if (!isObject(json)) {
    const start = bytes.subarray(0, 120).toString('utf8').replaceAll(/\s+/g, ' ').trim()
    throw new HubError('upstream-failed', `The provider answered something that is not JSON: "${start}".`, {
      hint: 'Check the base URL of the channel.',
    })
  }
  return json
}

/** Notes usage, stop reason and first token of a whole answer. */
export function noteResponse(exchange: Exchange, { finish, usage }: IrResponse): void {
  noteFigures(exchange, finish.reason, usage)
}

export function noteFigures(exchange: Exchange, reason: FinishReason, usage: IrUsage | undefined): void {
  exchange.outcome.firstTokenAt ??= exchange.deps.clock.monotonic()
  exchange.outcome.stopReason = reason
  if (usage !== undefined) exchange.outcome.usage = usage
}

/** Throws HubError `canceled` when the agent hung up before all of its answer was out. */
export function wantReader({ signal, answer }: Pick<Exchange, 'signal' | 'answer'>): void {
  const { aborted, reason } = signal
  if (answer.lost) throw new HubError('canceled', 'The agent hung up.')
  // A hub that is stopped aborts too, but here nothing is missing any more.
  if (aborted && reason instanceof HubError && reason.code === 'canceled') throw reason
}

/**
 * Sends one JSON answer; `headers` are its own, and filled. A promise when the reader has not yet room for all of it; whether he took
 * it, `wantReader` says.
 */
export function sendJson(
  exchange: Exchange,
  status: number,
  headers: Record<string, string>,
  body: Uint8Array | string,
): Promise<void> | undefined {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  headers['content-type'] ??= 'application/json'
  Object.assign(headers, exchange.baseHeaders)
  headers['content-length'] = String(bytes.length)
  exchange.answer.head(status, headers)
  return exchange.answer.whole(bytes)
}

/**
 * Sends an answer that is already complete as the stream the agent asked for; its head must be set. Throws as `wantReader` does.
 */
export async function sendStreamText(exchange: Exchange, text: string): Promise<void> {
  exchange.answer.commit()
  await exchange.answer.write([afterOpening(exchange, text)])
  exchange.answer.end()
  wantReader(exchange)
}
