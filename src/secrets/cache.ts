// Secrets are looked up once, until they are forgotten; only files are read each time, because other programs write them.

import { resolveSecret, type SecretSources } from './reference.js'

export type SecretCache = {
  /** As `resolveSecret`; callers at the same moment share one look. Failures are not kept. */
  get(reference: string): Promise<string>
  /** Looks again next time: for one reference (the provider refused the key), or for all (the config changed). */
  forget(reference?: string): void
}

export function secretCache(sources: SecretSources): SecretCache {
  const known = new Map<string, Promise<string>>()
  return {
    get(reference) {
      const before = known.get(reference)
      if (before !== undefined) return before
      const looking = resolveSecret(reference, sources)
      if (reference.startsWith('file:')) return looking
      known.set(reference, looking)
      looking.catch(() => {
        if (known.get(reference) === looking) known.delete(reference)
      })
      return looking
    },
    forget(reference) {
      if (reference === undefined) known.clear()
      else known.delete(reference)
    },
  }
}
