// Secrets that cost something to fetch are fetched once: keychain entries and commands, until they are forgotten.

import { parseReference, resolveSecret, type SecretSources } from './reference.js'

export type SecretCache = {
  /** As `resolveSecret`; callers at the same moment share one look. Failures are not kept. */
  get(reference: string): Promise<string>
  /** Looks again next time: for one reference (the provider refused the key), or for all (the config changed). */
  forget(reference?: string): void
}

export function secretCache(sources: SecretSources): SecretCache {
  const known = new Map<string, Promise<string>>()
  return {
    async get(reference) {
      const { type } = parseReference(reference)
      if (type !== 'keychain' && type !== 'cmd') return resolveSecret(reference, sources)
      const before = known.get(reference)
      if (before !== undefined) return before
      const looking = resolveSecret(reference, sources)
      known.set(reference, looking)
      try {
        return await looking
      } catch (cause) {
        if (known.get(reference) === looking) known.delete(reference)
        throw cause
      }
    },
    forget(reference) {
      if (reference === undefined) known.clear()
      else known.delete(reference)
    },
  }
}
