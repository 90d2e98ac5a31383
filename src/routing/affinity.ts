// Which channel a trace is on, and with which of its keys: (state, event) → state, bounded.

import { nothingRemembered, type Remembered, recall, recallFresh, remembering } from './remembered.js'

/** Where a trace is: a channel, and the position (1, 2, …) of the key where the channel has several. */
export type Place = { readonly channel: string; readonly key?: number | undefined }

export type Affinity = Remembered<Place>

/** The channel answered the request of this trace. */
export type Served = { readonly trace: string; readonly place: Place }

/** How many traces are remembered. */
export const AFFINITY_BOUND = 2000

/** Remembers at most `bound` traces. */
export function emptyAffinity(bound = AFFINITY_BOUND): Affinity {
  return nothingRemembered(bound)
}

/** The place that the trace is on. */
export function placeOf(state: Affinity, trace: string): Place | undefined {
  return recall(state, trace)
}

/** The same state when nothing is to be remembered. */
export function afterServed(state: Affinity, { trace, place }: Served): Affinity {
  const before = recallFresh(state, trace)
  if (before !== undefined && before.channel === place.channel && before.key === place.key) return state
  return remembering(state, trace, place)
}
