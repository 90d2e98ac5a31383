// A card is made with the first key of a channel; of each further key only whether the provider takes it. Law: a key is told by
// its position, never by its value.

import { asHubError } from '../../base/errors.js'
import { ask } from './ask.js'
import { clause, stopIfOver } from './finding.js'
import { wordQuestion } from './questions.js'
import type { ProbeDeps, Way } from './session.js'

/** A clause for each further key that does not work; empty when all do, or when there is only one. */
export async function otherKeyFaults(way: Way, deps: ProbeDeps, signal: AbortSignal): Promise<string[]> {
  const { credential } = way.channel
  const count = credential.type === 'secret' ? credential.references.length : 1
  const spent = { requests: 0, inputTokens: 0, outputTokens: 0 }
  const faults: string[] = []
  for (let key = 2; key <= count; key++) {
    stopIfOver(signal)
    try {
      await ask({ way: { ...way, key }, deps, signal, spent, lessons: [] }, wordQuestion(way))
    } catch (thrown) {
      stopIfOver(signal)
      faults.push(`key ${key} of ${count} does not work: ${clause(asHubError(thrown).message)}`)
    }
  }
  return faults
}
