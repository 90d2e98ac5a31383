// What the trace is told of a request that could not be read: too large, broken, no JSON, or its sender hung up. Its headers
// alone say whose it is and to which conversation it belongs.

import type { IncomingMessage } from 'node:http'
import { type HubError, sentence } from '../base/errors.js'
import type { Codec } from '../protocol/codec.js'
import type { RecordMessage } from '../store/record.js'
import type { Caller } from './authenticate.js'
import { startedRecord } from './exchange-record.js'
import type { ExchangeDeps } from './exchange-state.js'
import { identify, type TraceSettings } from './identify.js'

/** How far a request came before it was refused. `monotonic`, `wall`: ms. */
export type Arrival = {
  readonly startedAt: { readonly wall: number; readonly monotonic: number }
  caller?: Caller
  body?: Buffer
}

/** What is kept of a body that cannot be read, bytes: its mistake is worth seeing, its megabytes are not. */
const KEPT_BODY = 256 * 1024

/** The request and its end, as the recorder takes them. `answer` is absent when nobody was left to answer. */
export function refusedRecords(
  question: {
    readonly incoming: IncomingMessage
    readonly path: string
    readonly search: string
    readonly codec: Codec
    readonly requestId: string
    readonly trace: TraceSettings
  },
  deps: ExchangeDeps,
  error: HubError,
  { startedAt, caller, body }: Arrival & { readonly caller: Caller },
  answer: { readonly status: number; readonly body: Buffer } | undefined,
): readonly RecordMessage[] {
  const { incoming, requestId: id, path, search, codec } = question
  const settings = deps.settings()
  const identity = identify(incoming.headers, undefined, question.trace, () => deps.newId('at-'))
  // Its model stands in the body, which could not be read.
  const glance = { model: '', stream: false }
  const kept = body?.subarray(0, KEPT_BODY)
  return [
    startedRecord(
      { id, identity, caller, incoming, path, search, codec, settings, glance, body: kept },
      startedAt.wall,
    ),
    {
      type: 'request-finished',
      requestId: id,
      finishedAt: deps.clock.now(),
      outcome: error.code === 'canceled' ? 'canceled' : 'failed',
      status: answer?.status ?? 0,
      errorCode: error.code,
      errorText: sentence(error),
      durationMs: deps.clock.monotonic() - startedAt.monotonic,
      notes: [],
      decision: [],
      ...(settings.captureBodies && answer !== undefined ? { responseBody: answer.body } : {}),
    },
  ]
}
