// Keys that agents show to the hub: `ah-` and 48 hex digits. Stored only as a hash; they are random enough
// (192 bits) that a plain SHA-256 cannot be searched, and looking a hash up takes no time that tells anything.

import { createHash, randomBytes } from 'node:crypto'

export function createClientKey(): string {
  return `ah-${randomBytes(24).toString('hex')}`
}

/** SHA-256 of the key, 64 hex digits: what is stored and looked up. */
export function hashKey(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

/** What may be shown of a key, for example `ah-3f9c…`. */
export function keyPrefix(value: string): string {
  return `${value.slice(0, 7)}…`
}

/** Name of a client key's entry in the secret store; apart from those of channels. */
export function clientKeyEntry(name: string): string {
  return `client-key/${name}`
}
