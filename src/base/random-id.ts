// Ids that nobody can guess and nothing else has. The randomness of many is fetched at once, because each request wants some.

import { randomFillSync } from 'node:crypto'

/** 128 bits. */
const BYTES = 16
const pool = Buffer.alloc(BYTES * 256)
let used = pool.length

/** The prefix and 32 hex digits. */
export function randomId(prefix: string): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += BYTES
  return prefix + pool.toString('hex', used - BYTES, used)
}
