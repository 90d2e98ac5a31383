// Why an answer ended, both ways. Law: an answer with tool calls that ended by itself says so, whatever the
// upstream called it, and never the other way round (providers §5.4).

import { isObject, type JsonObject, text } from '../../base/json.js'
import type { FinishReason, IrFinish } from '../ir/response.js'

/** `stop_reason` and `stop_sequence`; unknown reasons count as a plain end. */
export function decodeFinish(
  reason: string | undefined,
  sequence: string | undefined,
  hasCalls: boolean,
): IrFinish {
  const meaning = meaningOf(reason)
  if (hasCalls && meaning === 'stop' && reason !== 'stop_sequence') return { reason: 'tool-calls' }
  if (!hasCalls && meaning === 'tool-calls') return { reason: 'stop' }
  return {
    reason: meaning,
    ...(reason === 'stop_sequence' && sequence !== undefined ? { stopSequence: sequence } : {}),
  }
}

function meaningOf(reason: string | undefined): FinishReason {
  switch (reason) {
    case 'tool_use':
      return 'tool-calls'
    case 'max_tokens':
      return 'length'
    case 'model_context_window_exceeded':
      return 'context'
    case 'refusal':
      return 'filter'
    case 'pause_turn':
    case 'compaction':
      return 'pause'
    default:
      return 'stop'
  }
}

/** The wire's two fields for an end. */
export function encodeFinish(
  finish: IrFinish,
  hasCalls: boolean,
): { readonly stop_reason: string; readonly stop_sequence: string | null } {
  const sequence = finish.stopSequence
  if (sequence !== undefined && finish.reason === 'stop') {
    return { stop_reason: 'stop_sequence', stop_sequence: sequence }
  }
  return { stop_reason: stopReason(finish.reason, hasCalls), stop_sequence: null }
}

function stopReason(reason: FinishReason, hasCalls: boolean): string {
  switch (reason) {
    case 'stop':
    case 'tool-calls':
      return hasCalls ? 'tool_use' : 'end_turn'
    case 'pause':
      return hasCalls ? 'tool_use' : 'pause_turn'
    case 'length':
      return 'max_tokens'
    case 'context':
      return 'model_context_window_exceeded'
    case 'filter':
      return 'refusal'
  }
}

/**
 * Whether a call waits for the agent. One that a program of the provider made says so in `caller`; the provider
 * itself tells when such a call is the agent's turn.
 */
export function waitsForAgent(fields: JsonObject): boolean {
  const caller = fields['caller']
  return !isObject(caller) || text(caller, 'type') === 'direct'
}
