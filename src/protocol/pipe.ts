// Puts stream machines one behind the other. Law: at the end, each is told so after all that came before it.

import type { Step } from './codec.js'

export function piped<A, B, C>(first: Step<A, B>, second: Step<B, C>): Step<A, C> {
  const through = (middle: readonly B[]): C[] => {
    const only = middle[0]
    // Most steps give one item for one item, or none: nothing to gather then.
    if (only === undefined) return []
    if (middle.length === 1) return second.push(only)
    const out: C[] = []
    for (const item of middle) for (const made of second.push(item)) out.push(made)
    return out
  }
  return {
    push: (item) => through(first.push(item)),
    end: () => [...through(first.end()), ...second.end()],
  }
}
