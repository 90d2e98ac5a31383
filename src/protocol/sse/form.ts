// JSON that is written many times with other values in the same places: the deltas of an answer. What stays is written
// once. Law: the text is what JSON.stringify makes of the whole.

import type { JsonObject } from '../../base/json.js'

/** A letter of no language, so that what is cut at is not found anywhere else. */
const MARK = '\uE0F5axonhub\uE0F5'
const HOLE = JSON.stringify(MARK)

/** Writes what `make` makes of a text. */
export function wordsForm(make: (words: string) => JsonObject): (words: string) => string {
  const [before = '', after = '', ...more] = JSON.stringify(make(MARK)).split(HOLE)
  // Somebody else's text may hold the mark as well.
  if (more.length > 0) return (words) => JSON.stringify(make(words))
  return (words) => before + JSON.stringify(words) + after
}

/** The same for a number, and a text behind it. */
export function numberedForm(
  make: (place: number | string, words: string) => JsonObject,
): (place: number, words: string) => string {
  const [before = '', between = '', after = '', ...more] = JSON.stringify(make(MARK, MARK)).split(HOLE)
  if (more.length > 0) return (place, words) => JSON.stringify(make(place, words))
  return (place, words) => before + place + between + JSON.stringify(words) + after
}
