// Secrets are looked up once, until they are forgotten; only files are read each time, because other programs write them.

import { resolveSecret, type SecretSources } from './reference.js'

export type SecretCache = {
  /** As `resolveSecret`; callers at the same moment share one look. Failures are not kept. */
  get(reference: string): Promise<string>
  /** What `get` resolves to, where that is known already. */
  known(reference: string): string | undefined
  /** Looks again next time: for one reference (the provider refused the key), or for all (the config changed). */
  forget(reference?: string): void
}

export function secretCache(sources: SecretSources): SecretCache {
  const looks = new Map<string, Promise<string>>()
  const found = new Map<string, string>()
  return {
    get(reference) {
      const before = looks.get(reference)
      if (before !== undefined) return before
      const looking = resolveSecret(reference, sources)
      if (reference.startsWith('file:')) return looking
      looks.set(reference, looking)
      looking.then(
        (value) => {
          if (looks.get(reference) === looking) found.set(reference, value)
        },
        () => {
          if (looks.get(reference) === looking) looks.delete(reference)
        },
      )
      return looking
    },
    known: (reference) => found.get(reference),
    forget(reference) {
      if (reference === undefined) {
        looks.clear()
        found.clear()
      } else {
        looks.delete(reference)
        found.delete(reference)
      }
    },
  }
}
