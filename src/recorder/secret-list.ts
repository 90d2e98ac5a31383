// The credentials that the hub met, told to the store's thread once each, so that it never writes one down.

import { knownSecrets, knownSpans } from '../base/secret-forms.js'

/** Over this the oldest are forgotten; the store does the same. */
const MOST = 500

export type SecretList = {
  /** Cheap for what is known already. */
  know(values: readonly string[]): void
  /** Where values that are known stand in the text, `[from, to)`. */
  find(text: string): [number, number][]
  /** After a restart of the thread. */
  tellAgain(): void
}

export function secretList(tell: (values: readonly string[]) => void): SecretList {
  const known = new Set<string>()
  return {
    know(values) {
      if (values.every((value) => known.has(value))) return
      const fresh = values.filter((value) => value !== '' && !known.has(value))
      if (fresh.length === 0) return
      for (const value of fresh) known.add(value)
      for (const value of known) {
        if (known.size <= MOST) break
        known.delete(value)
      }
      tell(fresh)
    },
    find(text) {
      const pattern = knownSecrets(known)
      return pattern === undefined ? [] : knownSpans(text, pattern)
    },
    tellAgain() {
      if (known.size > 0) tell([...known])
    },
  }
}
