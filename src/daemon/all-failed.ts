// When every channel that could serve has failed: one error that says of each why, and when the next may be free.

import { type ErrorCode, HubError } from '../base/errors.js'
import type { RawAnswer } from './exchange-state.js'
import type { Target } from './target.js'

export type Failure = { readonly target: Target; readonly error: HubError; readonly raw?: RawAnswer }

const LIMITS: readonly ErrorCode[] = ['rate-limited', 'quota-exhausted', 'overloaded']

/** Ms since the epoch when this failure's channel is free again, as far as its provider said. */
function freeAt({ error }: Failure, now: number): number | undefined {
  const { resetsAt, retryAfterMs } = error.detail
  return resetsAt ?? (retryAfterMs === undefined ? undefined : now + retryAfterMs)
}

function because(failure: Failure, now: number): string {
  const at = freeAt(failure, now)
  const wait = at === undefined ? '' : `, free in ${Math.max(1, Math.ceil((at - now) / 1000))} s`
  return `${failure.target.channel}: ${failure.error.message.replace(/\.$/, '')}${wait}`
}

/** A limit that will pass is told as a limit; else the code of the last failure counts. `now` in ms since the epoch. */
export function allFailed(failures: readonly Failure[], now: number): HubError {
  const limited = failures.filter(({ error }) => LIMITS.includes(error.code))
  const told = limited.at(-1) ?? failures.at(-1)
  const times = failures.map((failure) => freeAt(failure, now)).filter((at) => at !== undefined)
  const next = times.length === 0 ? undefined : Math.min(...times)
  return new HubError(
    told?.error.code ?? 'upstream-failed',
    `No channel could answer (${failures.map((failure) => because(failure, now)).join('; ')}).`,
    {
      hint: 'Look at "axonhub trace list" for each try, or add another channel with "axonhub channel add".',
      ...(next === undefined ? {} : { resetsAt: next, retryAfterMs: Math.max(1000, next - now) }),
    },
  )
}
