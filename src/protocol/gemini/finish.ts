// Why an answer ended, both ways. This wire says STOP with calls and without; some of its reasons are failures.

import { HubError } from '../../base/errors.js'
import type { FinishReason } from '../ir/response.js'

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'filter'],
  ['RECITATION', 'filter'],
  ['LANGUAGE', 'filter'],
  ['BLOCKLIST', 'filter'],
  ['PROHIBITED_CONTENT', 'filter'],
  ['SPII', 'filter'],
  ['IMAGE_SAFETY', 'filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'filter'],
  ['IMAGE_RECITATION', 'filter'],
  ['MODEL_ARMOR', 'filter'],
])

/** Unknown reasons count as a plain end; then the calls decide. */
export function decodeFinish(reason: string | undefined, hasCalls: boolean): FinishReason {
  return REASONS.get(reason ?? '') ?? (hasCalls ? 'tool-calls' : 'stop')
}

/** Reasons that say the model wrote what cannot be read: errors, not ends. `words` is what the provider says of it. */
export function brokenFinish(reason: string, words: string | undefined): HubError | undefined {
  switch (reason) {
    case 'MALFORMED_FUNCTION_CALL':
    case 'UNEXPECTED_TOOL_CALL':
    case 'TOO_MANY_TOOL_CALLS':
    case 'MALFORMED_RESPONSE':
    case 'MISSING_THOUGHT_SIGNATURE':
      return new HubError('upstream-failed', words ?? `The model ended its answer with ${reason}.`, {
        upstreamType: reason,
        hint: 'Try again; if it happens often, choose another model.',
      })
    default:
      return undefined
  }
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  context: 'MAX_TOKENS',
  filter: 'SAFETY',
  pause: 'STOP',
}

export function encodeFinish(reason: FinishReason): string {
  return WORDS[reason]
}

/** A prompt that the provider will not answer. */
export function blockedPrompt(reason: string, words: string | undefined): HubError {
  return new HubError('content-filter', words ?? `The provider blocked the prompt (${reason}).`, {
    upstreamType: reason,
    status: 400,
    hint: 'Change what is asked, or choose another model.',
  })
}
