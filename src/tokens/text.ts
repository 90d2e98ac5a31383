// How many tokens a text is, by the public tokenizer of the GPT-4o and GPT-5 models.
// Law: the time grows with the length, whatever the text is.

import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'

/** Names of special tokens inside a text are text. */
const PLAIN = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() }

/** The merging of one unbroken run takes time with the square of its length, so longer runs are cut. */
const LONGEST_RUN = 256
const LONG_RUNS = new RegExp(`\\S{${LONGEST_RUN + 1},}|\\s{${LONGEST_RUN + 1},}`, 'g')

/** Tokens of a text; a cut inside a long run can change the count by a token or two each 256 characters. */
export function textTokens(text: string): number {
  let total = 0
  let from = 0
  for (const run of text.matchAll(LONG_RUNS)) {
    total += countTokens(text.slice(from, run.index), PLAIN)
    for (const piece of pieces(run[0])) total += countTokens(piece, PLAIN)
    from = run.index + run[0].length
  }
  return total + countTokens(text.slice(from), PLAIN)
}

/** Pieces of a run, never cut inside a surrogate pair. */
function* pieces(run: string): Generator<string> {
  for (let from = 0; from < run.length; ) {
    let end = Math.min(from + LONGEST_RUN, run.length)
    if (end < run.length && /[\uD800-\uDBFF]/.test(run.charAt(end - 1))) end += 1
    yield run.slice(from, end)
    from = end
  }
}
