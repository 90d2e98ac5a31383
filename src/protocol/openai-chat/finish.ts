// Why an answer ended. The wire's five words, the further ones that vendors made up, and the way back.

import { HubError } from '../../base/errors.js'
import type { FinishReason } from '../ir/response.js'

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['end_turn', 'stop'],
  ['eos', 'stop'],
  ['stop_sequence', 'stop'],
  ['tool_calls', 'tool-calls'],
  ['tool_call', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['tool_use', 'tool-calls'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['max_output_tokens', 'length'],
  ['model_length', 'context'],
  ['context_length', 'context'],
  ['model_context_window_exceeded', 'context'],
  ['content_filter', 'filter'],
  ['content-filter', 'filter'],
  ['safety', 'filter'],
  ['refusal', 'filter'],
  ['sensitive', 'filter'],
])

/**
 * The reason behind a finish_reason. Vendors say `stop` although there are tool calls, `tool_calls` although
 * there are none, or nothing at all (providers §5.4): the calls decide.
 */
export function decodeFinish(reason: string | undefined, hasCalls: boolean): FinishReason {
  const known = REASONS.get(reason?.toLowerCase() ?? '') ?? 'stop'
  if (known === 'stop' || known === 'tool-calls') return hasCalls ? 'tool-calls' : 'stop'
  return known
}

/** Reasons that say the answer broke off: they are errors, not ends. */
export function brokenFinish(reason: string): HubError | undefined {
  switch (reason) {
    case 'error':
    case 'network_error':
      return new HubError('upstream-failed', 'The upstream broke off its answer with an error.', {
        upstreamType: reason,
      })
    case 'abort':
      return new HubError('upstream-truncated', 'The upstream aborted its answer.', { upstreamType: reason })
    case 'insufficient_system_resource':
      return new HubError('overloaded', 'The upstream ran out of capacity while it answered.', {
        upstreamType: reason,
        hint: 'Try again in a moment.',
      })
    default:
      return undefined
  }
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  context: 'length',
  filter: 'content_filter',
  pause: 'stop',
}

export function encodeFinish(reason: FinishReason): string {
  return WORDS[reason]
}
