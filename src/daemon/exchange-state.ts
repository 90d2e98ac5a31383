// What one request knows about itself while it runs, and what it may use.

import type { IncomingMessage } from 'node:http'
import type { Clock } from '../base/clock.js'
import type { HubError } from '../base/errors.js'
import type { Codec, ErrorContext, NewId } from '../protocol/codec.js'
import type { Note } from '../protocol/ir/note.js'
import type { IrUsage } from '../protocol/ir/usage.js'
import type { Place } from '../routing/affinity.js'
import type { HealthEvent } from '../routing/health.js'
import type { RecordMessage } from '../store/record.js'
import type { UpstreamClient } from '../upstream/client.js'
import type { EndSignal } from '../upstream/end-signal.js'
import type { Answer } from './answer.js'
import type { Caller } from './authenticate.js'
import type { Glance } from './glance.js'
import type { HangUp } from './hang-up.js'
import type { Identity } from './identify.js'
import type { LearnedBook } from './learned.js'
import type { LiveBook } from './live-book.js'
import type { Log } from './log.js'
import type { QuotaEar } from './quota-ear.js'
import type { StreamMachine } from './stream-machine.js'
import type { Target } from './target.js'

export type Route = {
  readonly profile: string | undefined
  readonly targets: readonly Target[]
  /** One decision a line, in the order they were taken. */
  readonly reasons: readonly string[]
  /** Tells how the request ended, so that a tool loop that works is not torn out of its profile. */
  settled(outcome: 'answered' | 'failed'): void
}

export type RouteQuestion = {
  readonly glance: Glance
  readonly caller: Caller
  readonly identity: Identity
  readonly protocol: Codec['id']
}

export type ExchangeSettings = {
  /** Headers that the hub gives a meaning to, in lower case: they do not go up. */
  readonly ownHeaders: ReadonlySet<string>
  readonly requestHeader: string
  /** The longest silence of an upstream, ms. */
  readonly silenceMs: number
  readonly keepAliveMs: number
  readonly holdMs: number
  /** An agent that gives up on a late beginning has its stream opened after this much silence, ms. */
  readonly earlyHeadMs: number
  readonly captureBodies: boolean
  readonly version: string
  /** Marks what this hub sends up, so that it knows its own requests (loop-guard.ts). */
  readonly instance: string
}

export type ExchangeDeps = {
  readonly clock: Clock
  readonly newId: NewId
  readonly upstream: UpstreamClient
  readonly log: Log
  record(message: RecordMessage): void
  /** Counts a request that showed no key of this hub. */
  refused(): void
  /** Credentials that were met: they are never recorded, wherever they stand. */
  know(secrets: readonly string[]): void
  codecOf(protocol: Codec['id']): Codec
  settings(): ExchangeSettings
  /** Throws HubError `unknown-model`, `no-channel` or `profile-missing`. */
  route(question: RouteQuestion): Route
  /** Tells the router that a channel answered, so that the conversation stays there. */
  served(traceId: string, place: Place): void
  /** Tells the router how a channel did. */
  report(event: HealthEvent): void
  /** What upstreams refused before. */
  readonly learned: Pick<LearnedBook, 'lessonsFor' | 'learn'>
  /** Hears what answers tell of the account's quota. */
  readonly quota?: QuotaEar
  /** Knows what runs, for who watches it. */
  readonly live: Pick<LiveBook, 'enter'>
  /** Bytes of bodies that were held for a request and are done with. */
  passed(bytes: number): void
  /** Makes the exchange known to the drain; returns its end. */
  enter(controller: Pick<HangUp, 'abort'>): () => void
}

/** The request, once it is known who asks for what. */
export type Exchange = {
  readonly id: string
  readonly incoming: IncomingMessage
  /** Path asked, and its query string with the question mark, or ''. */
  readonly path: string
  readonly search: string
  readonly codec: Codec
  readonly body: Buffer
  readonly glance: Glance
  readonly caller: Caller
  readonly identity: Identity
  readonly answer: Answer
  readonly signal: EndSignal
  readonly errorContext: ErrorContext
  readonly deps: ExchangeDeps
  readonly settings: ExchangeSettings
  /** Headers of every answer: the request's id. */
  readonly baseHeaders: Readonly<Record<string, string>>
  /** The stream that runs, for keep-alives that fit its state. */
  readonly stream: {
    machine?: StreamMachine
    openedEarly?: boolean
    /** Whom the current try asks. */
    asking?: Pick<Target, 'channel' | 'model' | 'mode' | 'login' | 'ownLogin'>
  }
  /** Filled while the answer runs; what the trace says in the end. */
  readonly outcome: ExchangeOutcome
}

/** `from`: ms of the monotonic clock. */
export type Gap = { readonly from: number; readonly durationMs: number }

export type ExchangeOutcome = {
  /** Whose rules decided; absent: none. */
  profile?: string
  channel?: string
  modelUsed?: string
  mode?: 'relay' | 'convert'
  /** Ms of the monotonic clock. */
  firstTokenAt?: number
  /** Silences of the provider inside its answer. */
  gaps?: Gap[]
  usage?: IrUsage
  stopReason?: string
  error?: HubError
  notes: readonly Note[]
  reasons: readonly string[]
}

/** A provider's error, whole, for relays that pass it on as it came. */
export type RawAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export type AttemptResult =
  /** The agent has its answer, or the part of it that came before an error. */
  | { readonly type: 'answered' }
  /** Nothing was sent; another target may be tried. */
  | {
      readonly type: 'failed'
      readonly error: HubError
      readonly raw?: RawAnswer
      /** The body that was refused, where the hub itself wrote it. */
      readonly sent?: Uint8Array
    }
