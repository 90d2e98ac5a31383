// Arguments of options that several commands take. A wrong one is a usage error that says what is right.

import { InvalidArgumentError } from 'commander'
import { parseDuration, parseSize } from '../config/units.js'

/** `12h`, `7d` → ms. */
export function timeSpan(value: string): number {
  const ms = parseDuration(value)
  if (ms !== undefined) return ms
  throw new InvalidArgumentError('It is a duration with its unit: 12h or 7d.')
}

/** `500MB`, `2GB` → bytes. */
export function sizeLimit(value: string): number {
  const bytes = parseSize(value)
  if (bytes !== undefined) return bytes
  throw new InvalidArgumentError('It is a size with its unit: 500MB or 2GB.')
}
