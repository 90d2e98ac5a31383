// Which channel a trace is on: (state, event) → state, bounded. Two generations stand in for exact least-recently-used
// order: what was not used for half of the bound is forgotten first.

export type Affinity = {
  readonly bound: number
  readonly recent: ReadonlyMap<string, string>
  readonly older: ReadonlyMap<string, string>
}

export type AffinityEvent =
  /** The channel answered the request of this trace. */
  | { readonly type: 'served'; readonly trace: string; readonly channel: string }
  /** The channel is gone, disabled or refused its credential: no trace stays on it. */
  | { readonly type: 'channel-lost'; readonly channel: string }

/** Remembers at most `bound` traces. */
export function emptyAffinity(bound = 2000): Affinity {
  return { bound, recent: new Map(), older: new Map() }
}

/** The channel that the trace is on. */
export function channelOf(state: Affinity, trace: string): string | undefined {
  return state.recent.get(trace) ?? state.older.get(trace)
}

export function nextAffinity(state: Affinity, event: AffinityEvent): Affinity {
  switch (event.type) {
    case 'served': {
      if (state.recent.get(event.trace) === event.channel) return state
      const recent = new Map(state.recent).set(event.trace, event.channel)
      return recent.size * 2 > state.bound
        ? { bound: state.bound, recent: new Map(), older: recent }
        : { ...state, recent }
    }
    case 'channel-lost':
      return {
        bound: state.bound,
        recent: withoutChannel(state.recent, event.channel),
        older: withoutChannel(state.older, event.channel),
      }
  }
}

function withoutChannel(traces: ReadonlyMap<string, string>, channel: string): ReadonlyMap<string, string> {
  return new Map([...traces].filter(([, on]) => on !== channel))
}
