// Which channel a trace is on, and with which of its keys: (state, event) → state, bounded. Two generations stand in for
// exact least-recently-used order: what was not used for half of the bound is forgotten first.

/** Where a trace is: a channel, and the position (1, 2, …) of the key where the channel has several. */
export type Place = { readonly channel: string; readonly key?: number | undefined }

export type Affinity = {
  readonly bound: number
  readonly recent: ReadonlyMap<string, Place>
  readonly older: ReadonlyMap<string, Place>
}

/** The channel answered the request of this trace. */
export type Served = { readonly trace: string; readonly place: Place }

/** How many traces are remembered. */
export const AFFINITY_BOUND = 2000

/** Remembers at most `bound` traces. */
export function emptyAffinity(bound = AFFINITY_BOUND): Affinity {
  return { bound, recent: new Map(), older: new Map() }
}

/** The place that the trace is on. */
export function placeOf(state: Affinity, trace: string): Place | undefined {
  return state.recent.get(trace) ?? state.older.get(trace)
}

/** The same state when nothing is to be remembered. */
export function afterServed(state: Affinity, { trace, place }: Served): Affinity {
  const before = state.recent.get(trace)
  if (before !== undefined && before.channel === place.channel && before.key === place.key) return state
  const recent = new Map(state.recent).set(trace, place)
  return recent.size * 2 > state.bound
    ? { bound: state.bound, recent: new Map(), older: recent }
    : { ...state, recent }
}
