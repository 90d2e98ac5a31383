// Puts stream machines one behind the other. Law: at the end, each is told so after all that came before it.

import type { Step } from './codec.js'

export function piped<A, B, C>(first: Step<A, B>, second: Step<B, C>): Step<A, C> {
  return {
    push: (item) => first.push(item).flatMap((middle) => second.push(middle)),
    end: () => [...first.end().flatMap((middle) => second.push(middle)), ...second.end()],
  }
}
