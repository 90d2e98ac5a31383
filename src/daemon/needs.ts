// What a request needs of a model, for the choice among channels whose cards say what they can. Law: told by a few searches
// in its bytes, and only when there is a card that could speak against a channel.

import type { Need } from '../routing/select.js'
import type { RequestFacts } from '../routing/when.js'
import type { Glance } from './glance.js'

/** A list with something in it. */
function isFilled(bytes: Buffer | undefined): boolean {
  return bytes !== undefined && /^\[\s*[^\]\s]/.test(bytes.subarray(0, 64).toString('utf8'))
}

/** Codex's lite models bring their tools inside the input. */
function offersTools(glance: Glance): boolean {
  return isFilled(glance.bytes('tools')) || glance.bytes('input')?.includes('"additional_tools"') === true
}

export function needsOf(
  glance: Glance,
  facts: Pick<RequestFacts, 'hasImages' | 'thinking'>,
): readonly Need[] {
  return [
    ...(offersTools(glance) ? (['tools'] as const) : []),
    ...(facts.hasImages ? (['images'] as const) : []),
    ...(facts.thinking ? (['thinking'] as const) : []),
  ]
}

/** For questions about a request that is not there: agents offer tools in all but their side calls. */
export function assumedNeeds(
  facts: Pick<RequestFacts, 'agent' | 'hasImages' | 'thinking' | 'background'>,
): readonly Need[] {
  return [
    ...(facts.agent !== 'other' && !facts.background ? (['tools'] as const) : []),
    ...(facts.hasImages ? (['images'] as const) : []),
    ...(facts.thinking ? (['thinking'] as const) : []),
  ]
}
