// Where each conversation is: the channel that answered it last, and where it is meanwhile while the plan of that channel is
// used up. The deciding is routing's (affinity.ts, stand-in.ts); here it is kept.

import {
  type Affinity,
  afterServed,
  emptyAffinity,
  type Place,
  placeOf,
  type Served,
} from '../routing/affinity.js'
import { afterReturn, afterStandIn, noStandIns, type StandIns, whereabouts } from '../routing/stand-in.js'
import type { ExhaustionSource, RoutingQuestion } from './decide.js'

export type Whereabouts = {
  /** The channel that the trace belongs to. */
  homeOf(trace: string): Place | undefined
  /** Where its next request goes first. */
  of(question: Pick<RoutingQuestion, 'traceId' | 'caller' | 'continues'>): Place | undefined
  /** True when the trace belongs elsewhere now. */
  served(trace: string, place: Place): boolean
}

export type WhereaboutsDeps = {
  readonly exhausted: ExhaustionSource | undefined
  /** Where conversations were when the hub last ran, oldest first. */
  readonly places: readonly Served[]
  /** Told of each place that is new. */
  readonly remember: ((served: Served) => void) | undefined
}

export function keepWhereabouts({ exhausted, places, remember }: WhereaboutsDeps): Whereabouts {
  let affinity: Affinity = places.reduce(afterServed, emptyAffinity())
  let standIns: StandIns = noStandIns
  const isUsedUp = (place: Place | undefined, login: RoutingQuestion['caller']['login']) =>
    place !== undefined && exhausted?.({ ...place, login }) !== undefined

  return {
    homeOf: (trace) => placeOf(affinity, trace),
    of({ traceId, caller, continues }) {
      const home = placeOf(affinity, traceId)
      const standIn = standIns.get(traceId)
      const isAway = standIn !== undefined && isUsedUp(home, caller.login)
      return whereabouts({ home, standIn, isAway, inLoop: () => continues?.() === true })
    },
    served(trace, place) {
      const home = placeOf(affinity, trace)
      const isElsewhere = home !== undefined && home.channel !== place.channel
      // Whose plan is used up only lends its conversations.
      if (isElsewhere && (standIns.get(trace)?.channel === place.channel || isUsedUp(home, undefined))) {
        standIns = afterStandIn(standIns, trace, place)
        return false
      }
      standIns = afterReturn(standIns, trace)
      const next = afterServed(affinity, { trace, place })
      if (next === affinity) return false
      affinity = next
      remember?.({ trace, place })
      return true
    },
  }
}
