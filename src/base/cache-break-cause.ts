// Why a provider could not use the prompt cache that the request before had left there.

export const CACHE_BREAK_CAUSES = [
  'tool-order',
  'tools',
  'system',
  'date',
  'effort',
  'settings',
  'history',
  'model',
  'route',
  'expired',
  'provider',
  'unknown',
] as const

/** What changed first. */
export type CacheBreakCause = (typeof CACHE_BREAK_CAUSES)[number]
