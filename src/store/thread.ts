// What the recorder's thread and the store's worker say to each other. Batches are stored in order, questions
// are answered when they come; what was posted before a question is stored before it is answered.
import { type ErrorCode, HubError } from '../base/errors.js'
import type { PaceCell } from './pace.js'
import type { Queries } from './queries.js'
import type { PruneQuestion, Retention } from './views.js'
import type { Entry } from './writer.js'

export type WorkerSettings = {
  readonly file: string
  /** Whether requests left open belong to an earlier life of the hub: true for a daemon's first worker. */
  readonly closeInterrupted: boolean
  /** Whether it may take its time. */
  readonly pace: PaceCell
}

export type ToWorker =
  /**
   * `bytes`: of the bodies in it. `lent`: the large buffers in which they stand; they come back when they are needed no more.
   * `isAlone`: it shares no commit with others. `since`: when the oldest of it happened, ms of the clock that threads share.
   */
  | {
      readonly type: 'batch'
      readonly id: number
      readonly entries: readonly Entry[]
      readonly bytes: number
      readonly lent: readonly ArrayBuffer[]
      readonly isAlone: boolean
      readonly since: number
    }
  | {
      readonly type: 'query'
      readonly id: number
      readonly name: keyof Queries
      readonly ask: Queries[keyof Queries]['ask']
    }
  /** Answered when the pruning is over. */
  | { readonly type: 'prune'; readonly id: number; readonly question: PruneQuestion }
  /** Values that must not be stored, whatever they look like; they stay in memory. */
  | { readonly type: 'secrets'; readonly values: readonly string[] }
  /** What is kept from now on. */
  | { readonly type: 'retention'; readonly retention: Retention }
  /** Nothing is going on: what the C library keeps goes back to the system. */
  | { readonly type: 'give-back' }
  | { readonly type: 'close' }

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'open-failed'; readonly error: PostedError }
  /** `id`: of the last batch that is settled with it, those posted before it included. */
  | {
      readonly type: 'stored'
      readonly id: number
      readonly stored: number
      readonly orphans: number
      readonly rejected: readonly PostedError[]
      /** Buffers that were lent, now or with an earlier batch. */
      readonly spare?: readonly ArrayBuffer[]
    }
  /** Nothing can be stored for now; the worker keeps the batch and tries again. */
  | { readonly type: 'blocked'; readonly error: PostedError }
  /** The file was removed or replaced; a new one is in use. */
  | { readonly type: 'renewed'; readonly error: PostedError }
  /** The pruning by itself failed; it is tried again later. */
  | { readonly type: 'prune-failed'; readonly error: PostedError }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly error: PostedError }

/** A HubError as plain values, because a thread boundary strips the class. */
export type PostedError = {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | undefined
}

export function packError(error: HubError): PostedError {
  return { code: error.code, message: error.message, hint: error.detail.hint }
}

export function unpackError({ code, message, hint }: PostedError): HubError {
  return new HubError(code, message, hint === undefined ? {} : { hint })
}
