// Words that are only shown. Law: a word that a newer hub has added takes nothing else away; it reads as the most careful one of
// those that are known here.

import { z } from 'zod'

/** One of `known`; any other text reads as `otherwise`. */
export function growingWord<T extends string, O extends T | null>(known: readonly T[], otherwise: O) {
  return z.string().transform((word): T | O => known.find((one) => one === word) ?? otherwise)
}
