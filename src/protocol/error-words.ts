// What is said of an upstream's error where the upstream itself says little, or too much.

import { maskedKeys } from './masked-keys.js'

const LONGEST = 2_000

/** The sentence for an error that came without one. */
export function nothingTold(status: number | undefined): string {
  return status === undefined
    ? 'The upstream reported an error without saying which.'
    : `The upstream answered with status ${status}.`
}

/** Long bodies are cut, and keys are masked. */
export function shortened(words: string): string {
  const masked = maskedKeys(words)
  return masked.length <= LONGEST ? masked : `${masked.slice(0, LONGEST)}…`
}
