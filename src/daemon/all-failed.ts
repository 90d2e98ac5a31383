// When every channel that could serve has failed: one error that says of each why, and when the next may be free. It makes an
// agent wait where waiting helps soon, and stop at once where it does not.

import { type ErrorCode, HubError } from '../base/errors.js'
import { waitText } from '../base/wait-text.js'
import { seatName } from '../routing/order.js'
import type { RawAnswer } from './exchange-state.js'
import { advised } from './failure-advice.js'
import { mayTryNext } from './health-report.js'
import type { Target } from './target.js'

export type Failure = { readonly target: Target; readonly error: HubError; readonly raw?: RawAnswer }

const LIMITS: readonly ErrorCode[] = ['rate-limited', 'quota-exhausted', 'overloaded']

/** Both agents wait that long by themselves when they are told to (docs/clients.md), ms. */
const WORTH_WAITING_MS = 60_000

/** Ms since the epoch when this failure's channel is free again, as far as its provider said. */
function freeAt({ error }: Failure, now: number): number | undefined {
  const { resetsAt, retryAfterMs } = error.detail
  return resetsAt ?? (retryAfterMs === undefined ? undefined : now + retryAfterMs)
}

function because(failure: Failure, now: number): string {
  const at = freeAt(failure, now)
  const wait = at === undefined ? '' : `, free in ${waitText(at - now)}`
  return `${seatName(failure.target)}: ${failure.error.message.replace(/\.$/, '')}${wait}`
}

type Next = { readonly failure: Failure; readonly at: number }

function soonest(failures: readonly Failure[], now: number): Next | undefined {
  return failures
    .flatMap((failure): Next[] => {
      const at = freeAt(failure, now)
      return at === undefined ? [] : [{ failure, at }]
    })
    .toSorted((a, b) => a.at - b.at)[0]
}

function lacksModel({ error }: Failure): boolean {
  return error.code === 'unknown-model'
}

function nextWords(next: Next | undefined, failures: readonly Failure[], now: number): string {
  if (next === undefined) return failures.every(lacksModel) ? '' : ' None of them said when it is free again.'
  const which = failures.length === 1 ? 'It' : `The next, ${seatName(next.failure.target)},`
  return ` ${which} is free in ${waitText(next.at - now)}.`
}

/**
 * The error of a request for which nothing is left to try; `failures` has one at least, in the order of the tries. What is
 * wrong with the request itself is told as it is, and the only failure with what to do about its channel. `now` in ms since the epoch.
 */
export function allFailed(failures: readonly Failure[], now: number): HubError {
  const last = failures.at(-1)
  if (last !== undefined && failures.length === 1) return advised(last.error, last.target, now)
  if (last !== undefined && !mayTryNext(last.error)) return last.error
  const limited = failures.filter(({ error }) => LIMITS.includes(error.code))
  const next = soonest(failures, now)
  const waitMs = next === undefined ? Number.POSITIVE_INFINITY : Math.max(1000, next.at - now)
  const isSoon = waitMs <= WORTH_WAITING_MS
  // A channel without the model says nothing of those that have it.
  const telling = limited.at(-1) ?? failures.findLast((failure) => !lacksModel(failure)) ?? last
  const told = isSoon ? 'rate-limited' : (telling?.error.code ?? 'upstream-failed')
  const reasons = failures.map((failure) => because(failure, now)).join('; ')
  return new HubError(told, `No channel could answer (${reasons}).${nextWords(next, failures, now)}`, {
    hint: '"axonhub trace list" shows each try; "axonhub channel add" adds another channel.',
    ...(next === undefined ? {} : { retryAfterMs: waitMs }),
    ...(isSoon ? {} : { final: true }),
  })
}
