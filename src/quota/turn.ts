// When an account may be asked again, and why not before. Remembered over restarts, so that restarts cost no questions. Pure.

import { assertNever } from '../base/assert-never.js'
import type { AccountPlace } from './book.js'
import type { Outcome } from './poll.js'
import type { Trouble } from './view.js'

export type Turn = AccountPlace & {
  /** Ms since the epoch; 0: never. */
  readonly lastAt: number
  readonly nextAt: number
  /** Answers in a row that were of no use. */
  readonly failures: number
  readonly trouble: Trouble['state'] | null
  readonly message: string | null
  /** The fingerprint of the credential that was refused. */
  readonly refused: string | null
}

export const freshTurn = (place: AccountPlace): Turn => ({
  channel: place.channel,
  account: place.account,
  lastAt: 0,
  nextAt: 0,
  failures: 0,
  trouble: null,
  message: null,
  refused: null,
})

const FIRST_WAIT_MS = 5 * 60_000
const LONGEST_WAIT_MS = 60 * 60_000
/** A provider that asks for more than a day means something else. */
const LONGEST_BELIEVED_MS = 24 * 60 * 60_000
/** After so many answers that cannot be read, asking often is of no use. */
const STRANGE_ENOUGH = 3
const STRANGE_WAIT_MS = 6 * 60 * 60_000

/** A refused credential is not asked for again; a day later another look at it does no harm. */
const NEVER_MS = 24 * 60 * 60_000

/** The turn at the moment of asking: written down first, so that even a crash costs no second question. */
export function begun(turn: Turn, now: number, intervalMs: number): Turn {
  return { ...turn, lastAt: now, nextAt: now + intervalMs }
}

/** The turn after the answer. `credential`: its fingerprint. */
export function ended(
  turn: Turn,
  outcome: Outcome,
  { now, intervalMs, credential }: { now: number; intervalMs: number; credential: string },
): Turn {
  const failures = turn.failures + 1
  switch (outcome.type) {
    case 'read':
      return { ...turn, failures: 0, trouble: null, message: null, refused: null, nextAt: now + intervalMs }
    case 'wait': {
      const own = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(turn.failures, 10))
      const wait = Math.min(outcome.forMs ?? own, LONGEST_BELIEVED_MS)
      const message = 'The provider asks to wait before it is asked again.'
      return { ...turn, failures, trouble: 'waiting', message, nextAt: now + wait }
    }
    case 'refused':
      return {
        ...turn,
        failures,
        trouble: 'refused',
        message: outcome.message,
        refused: credential,
        nextAt: now + NEVER_MS,
      }
    case 'failed':
      return { ...turn, failures, trouble: 'failing', message: outcome.message, nextAt: now + intervalMs }
    case 'strange': {
      const wait = failures >= STRANGE_ENOUGH ? Math.max(intervalMs, STRANGE_WAIT_MS) : intervalMs
      return { ...turn, failures, trouble: 'unreadable', message: outcome.message, nextAt: now + wait }
    }
    default:
      return assertNever(outcome)
  }
}

/** Whether the account may be asked now by itself. A credential that was refused waits until it is another. */
export function isDue(turn: Turn, now: number, intervalMs: number, credential: string): boolean {
  if (turn.refused !== null) return turn.refused !== credential
  // A longer interval that was configured since counts at once; a clock that was set back must not stop all questions.
  if (turn.lastAt > now) return true
  return now >= turn.nextAt && now >= turn.lastAt + intervalMs
}

/** Why a person may not have it asked now; undefined when it may be. */
export function obstacleFor(turn: Turn, now: number, leastMs: number): 'waiting' | 'just-asked' | undefined {
  if (turn.trouble === 'waiting' && turn.nextAt > now) return 'waiting'
  return turn.lastAt <= now && turn.lastAt + leastMs > now ? 'just-asked' : undefined
}

export function troubleOf(turn: Turn): Trouble | undefined {
  if (turn.trouble === null) return undefined
  return {
    state: turn.trouble,
    message: turn.message ?? '',
    until: turn.trouble === 'waiting' ? turn.nextAt : null,
  }
}
