// What a question found out, in a clause for a person, and what an error tells about a capability.

import { HubError } from '../../base/errors.js'
import type { Capability, CapabilityResult } from '../../control/card.js'

export type Finding = Omit<CapabilityResult, 'durationMs'>

export function finding(capability: Capability, result: CapabilityResult['result'], detail: string): Finding {
  return { capability, result, detail }
}

/** Errors that say nothing about the capability: another time it might work. */
const PASSING: ReadonlySet<string> = new Set([
  'rate-limited',
  'quota-exhausted',
  'overloaded',
  'upstream-unreachable',
  'upstream-timeout',
  'upstream-authentication',
  'secret-unavailable',
  'permission',
  'content-filter',
  'context-length',
  'canceled',
  'internal',
])

const LONGEST_CLAUSE = 240

/** One line, its full stop left out, and not the whole page that some providers answer with. */
export function clause(words: string): string {
  const line = words.replace(/\s+/gu, ' ').trim().replace(/\.$/u, '')
  return line.length > LONGEST_CLAUSE ? `${line.slice(0, LONGEST_CLAUSE - 1)}…` : line
}

/** How an error reads in a card. */
export function refused(capability: Capability, error: HubError): Finding {
  const words = clause(error.message)
  if (PASSING.has(error.code)) return finding(capability, 'unknown', `not found out: ${words}`)
  const status = error.detail.status === undefined ? '' : ` with ${error.detail.status}`
  return finding(capability, 'no', `refused${status}: ${words}`)
}

/** The session ended: nothing more is to be asked. */
export function stopIfOver(signal: AbortSignal): void {
  if (signal.aborted) throw new HubError('canceled', 'The test was ended.')
}
