// What is known of the newest of many names: (state, entry) → state, bounded. Generations stand in for exact
// least-recently-used order, and only the youngest, which is small, is copied for each new entry.

export type Remembered<V> = {
  readonly bound: number
  /** A few entries. */
  readonly newest: ReadonlyMap<string, V>
  /** At most half of the bound. */
  readonly recent: ReadonlyMap<string, V>
  /** What was not used while `recent` filled; forgotten when it is full again. */
  readonly older: ReadonlyMap<string, V>
}

/** How many entries are copied for a new one at most. */
function youngIn(bound: number): number {
  return Math.max(1, Math.min(32, Math.floor(bound / 10)))
}

/** Remembers at most `bound` names. */
export function nothingRemembered<V>(bound: number): Remembered<V> {
  return { bound, newest: new Map(), recent: new Map(), older: new Map() }
}

export function recall<V>({ newest, recent, older }: Remembered<V>, name: string): V | undefined {
  return newest.get(name) ?? recent.get(name) ?? older.get(name)
}

/** What is remembered of the name, unless only the oldest generation knows it. */
export function recallFresh<V>({ newest, recent }: Remembered<V>, name: string): V | undefined {
  return newest.get(name) ?? recent.get(name)
}

export function remembering<V>(state: Remembered<V>, name: string, value: V): Remembered<V> {
  const { bound, recent, older } = state
  const young = youngIn(bound)
  const newest = new Map(state.newest).set(name, value)
  if (newest.size < young) return { ...state, newest }
  const grown = new Map([...recent, ...newest])
  return (grown.size + young) * 2 > bound
    ? { bound, newest: new Map(), recent: new Map(), older: grown }
    : { bound, newest: new Map(), recent: grown, older }
}

/** Without the entries that `keep` refuses. */
export function keeping<V>(
  { bound, newest, recent, older }: Remembered<V>,
  keep: (name: string, value: V) => boolean,
): Remembered<V> {
  const left = (entries: ReadonlyMap<string, V>) =>
    new Map([...entries].filter(([name, value]) => keep(name, value)))
  return { bound, newest: left(newest), recent: left(recent), older: left(older) }
}
