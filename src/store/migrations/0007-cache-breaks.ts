// What a request lost of the provider's prompt cache, and why (cache-guard.ts).

export const CACHE_BREAKS = `
ALTER TABLE requests ADD COLUMN cache_break TEXT;
`
