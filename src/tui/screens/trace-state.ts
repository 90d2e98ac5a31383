// What the trace screen keeps: one conversation, and of one of its requests what was said and what went over the wire.
// Pure. Law: never more than one conversation's text is kept.

import type { ShownRequest, ShownTrace } from '../../control/trace-reader.js'
import type { Conversation, Said } from '../conversation.js'
import type { WireView } from '../wire.js'

export type TraceView = 'said' | 'facts' | 'wire'

export type TraceState = {
  /** Of the conversation; null: none was opened. */
  readonly id: string | null
  readonly trace: ShownTrace | null
  /** The request whose words are shown; null: the newest of the conversation itself. */
  readonly wanted: string | null
  readonly view: TraceView
  readonly conversation: { readonly request: string; readonly conversation: Conversation } | null
  readonly wire: { readonly request: string; readonly wire: WireView } | null
  /** The answer that is coming. */
  readonly heard: { readonly request: string; readonly said: readonly Said[] } | null
  /** The first line that is shown; null: the end, which is followed as it grows. */
  readonly top: number | null
  readonly thinking: 'folded' | 'open'
  /** When the conversation was asked last, ms since the epoch. */
  readonly askedAt: number
}

export function noTrace(): TraceState {
  return {
    id: null,
    trace: null,
    wanted: null,
    view: 'said',
    conversation: null,
    wire: null,
    heard: null,
    top: null,
    thinking: 'folded',
    askedAt: 0,
  }
}

export function everyRequest(trace: ShownTrace | null): ShownRequest[] {
  return trace === null ? [] : trace.turns.flatMap(({ requests }) => requests)
}

/** The request that is shown: the wanted one, else the newest that belongs to the conversation itself. */
export function shownRequest({ trace, wanted }: TraceState): ShownRequest | undefined {
  const all = everyRequest(trace)
  const own = all.findLast(({ purpose, subagent }) => purpose === 'turn' && subagent === null)
  return all.find(({ id }) => id === wanted) ?? own ?? all.at(-1)
}
