// What to do about the failure of a channel, by its name: who reads it in an agent sees neither the channel nor the hub. Pure.

import { agentWord } from '../base/agent-name.js'
import { type ErrorCode, HubError } from '../base/errors.js'
import { waitText } from '../base/wait-text.js'
import type { Target } from './target.js'

/** The channel that failed, and whose credential it was asked with. */
type Asked = Pick<Target, 'channel' | 'login' | 'ownLogin'>

/** Another address than that of an API answers so. */
const NO_SUCH_PATH = [404, 405]

/** `2 h`; undefined where nobody said until when. */
function freeIn({ detail: { resetsAt, retryAfterMs } }: HubError, now: number): string | undefined {
  const wait = resetsAt === undefined ? retryAfterMs : resetsAt - now
  return wait === undefined ? undefined : waitText(wait)
}

function limited(error: HubError, channel: string, now: number): string {
  const free = freeIn(error, now)
  const when = free === undefined ? 'does not say when it is free again' : `is free in ${free}`
  return `The channel "${channel}" ${when}; "axonhub channel add" adds one that takes over.`
}

const FAULTS: readonly ErrorCode[] = ['upstream-failed', 'upstream-truncated']

function fault({ detail: { hint } }: HubError, channel: string): string {
  // What is told of this very answer leads further than what holds for all of them.
  const special =
    hint === undefined || hint.includes('axonhub channel') ? 'Try again' : hint.replace(/\.$/, '')
  return `${special}; if it happens often, "axonhub channel test ${channel}" looks at the channel "${channel}".`
}

/** A login that the agent itself sent is no business of the channel. */
function refused({ channel, login, ownLogin }: Asked): string | undefined {
  if (ownLogin) return undefined
  if (login !== undefined)
    return `The login that the channel "${channel}" sends was refused; log in with "${agentWord(login)}" and ask again.`
  return `The key of the channel "${channel}" was refused; "axonhub channel key ${channel}" gives it another one.`
}

function advice(error: HubError, asked: Asked, now: number): string | undefined {
  const { code, detail } = error
  const { channel } = asked
  switch (code) {
    case 'upstream-authentication':
      return refused(asked)
    case 'unknown-model':
      return `"axonhub channel models ${channel}" lists what the channel "${channel}" has; a profile can lead the name there.`
    case 'rate-limited':
    case 'quota-exhausted':
    case 'overloaded':
      return limited(error, channel, now)
    case 'upstream-unreachable':
    case 'upstream-timeout':
      return `Is the provider of the channel "${channel}" on, and is this its address? "axonhub channel test ${channel}" asks it again.`
    case 'upstream-rejected':
      return NO_SUCH_PATH.includes(detail.status ?? 0)
        ? `Is the address of the channel "${channel}" right? "axonhub channel list --json" shows it.`
        : undefined
    default:
      return FAULTS.includes(code) ? fault(error, channel) : undefined
  }
}

/** The error with what to do about its channel; the same where nothing is to be done about a channel. `now` in ms since the epoch. */
export function advised(error: HubError, asked: Asked, now: number): HubError {
  const hint = advice(error, asked, now)
  if (hint === undefined) return error
  return new HubError(error.code, error.message, { ...error.detail, cause: error.cause, hint })
}
