// Conversations that are away from their channel because its plan is used up: where they are meanwhile, so that they go home
// when it is free again, and not in the middle of a tool loop. (state, event) → state, bounded. Pure.

import type { Place } from './affinity.js'

/** Trace → where it is meanwhile. */
export type StandIns = ReadonlyMap<string, Place>

const MOST = 1000

export const noStandIns: StandIns = new Map()

/** The channel answered in place of the one that the trace is on. */
export function afterStandIn(state: StandIns, trace: string, place: Place): StandIns {
  const before = state.get(trace)
  if (before !== undefined && before.channel === place.channel && before.key === place.key) return state
  const next = new Map(state)
  next.delete(trace)
  next.set(trace, place)
  const [oldest] = next.keys()
  if (next.size > MOST && oldest !== undefined) next.delete(oldest)
  return next
}

export function afterReturn(state: StandIns, trace: string): StandIns {
  if (!state.has(trace)) return state
  const next = new Map(state)
  next.delete(trace)
  return next
}

export type Whereabouts = {
  /** Where the trace belongs. */
  readonly home: Place | undefined
  /** Where it is meanwhile. */
  readonly standIn: Place | undefined
  /** Its home is used up. */
  readonly isAway: boolean
  /** Is the agent inside a tool loop? Asked only when it matters. */
  readonly inLoop: () => boolean
}

/** Where the next request of the trace goes first: a tool loop ends where it is, a new turn begins at home if it can. */
export function whereabouts({ home, standIn, isAway, inLoop }: Whereabouts): Place | undefined {
  if (home === undefined || standIn === undefined) return home
  return isAway || inLoop() ? standIn : home
}
