// One line of the log for each model request, when it is over: who asked for what, who answered, how long it took.
// Names and figures only; what was said is the trace's.

import type { ErrorCode, HubError } from '../base/errors.js'
import type { RequestFinished } from '../store/record.js'
import type { Exchange } from './exchange-state.js'
import type { Log } from './log.js'

/** Whoever asks chooses the name; a log line stays a line. */
const LONGEST_NAME = 120

function modelWords(asked: string, used: string | undefined): string {
  const words = used === undefined || used === asked ? asked : `${asked} → ${used}`
  return words.length > LONGEST_NAME ? `${words.slice(0, LONGEST_NAME)}…` : words
}

/** `warn` with the error's code when it failed, else `info`. `ms`: from the first byte asked to the last one told. */
export function logFinished({ identity, glance, deps }: Exchange, finished: RequestFinished): void {
  const { outcome, modelUsed, channel, status, errorCode, durationMs } = finished
  deps.log[outcome === 'failed' ? 'warn' : 'info']('request', {
    request: finished.requestId,
    agent: identity.agent,
    model: modelWords(glance.model, modelUsed),
    channel,
    status: status === 0 ? undefined : status,
    ms: Math.round(durationMs),
    code: errorCode,
  })
}

/** A request that was refused before anything was known of it. */
export function logRefused(
  log: Log,
  refused: { readonly requestId: string; readonly agent: string; readonly status: number },
  error: HubError,
): void {
  const { requestId, agent, status } = refused
  log.warn('request', { request: requestId, agent, status, code: error.code })
}

/** A request that is passed on without a trace (embeddings and the like). `path` is one of the endpoint table. */
export function logUntraced(
  log: Log,
  told: {
    readonly requestId: string
    readonly agent: string
    readonly path: string
    readonly durationMs: number
    readonly status?: number
    readonly code?: ErrorCode
  },
): void {
  const { requestId, agent, path, status, durationMs, code } = told
  const failed = code !== undefined || (status ?? 0) >= 400
  log[failed && code !== 'canceled' ? 'warn' : 'info']('request', {
    request: requestId,
    agent,
    path,
    status,
    ms: Math.round(durationMs),
    code,
  })
}
