// The keys that work here, in one line: as many as fit, the most important first. Law: those that are asked to stand last
// are told before all others. Pure.

import { type Line, lineWidth, type Span, span } from '../line.js'

export type KeyHint = {
  /** As it is read: `enter`, `j/k`, `ctrl-d`. */
  readonly keys: string
  /** A word or two. */
  readonly what: string
}

function hint({ keys, what }: KeyHint): Span[] {
  return [span(keys, 'key'), span(` ${what}`, 'dim')]
}

/** Those of the beginning that fit, two spaces between them. */
function asFit(all: readonly KeyHint[], width: number): Line {
  const shown: Span[] = []
  for (const one of all) {
    const more = [...(shown.length === 0 ? [] : [span('  ')]), ...hint(one)]
    if (lineWidth(shown) + lineWidth(more) > width) break
    shown.push(...more)
  }
  return shown
}

export function hints(
  { first, last }: { readonly first: readonly KeyHint[]; readonly last: readonly KeyHint[] },
  width: number,
): Line {
  const end = asFit(last, width)
  const gap = end.length === 0 ? [] : [span('  ')]
  const begin = asFit(first, width - lineWidth(end) - lineWidth(gap))
  return begin.length === 0 ? end : [...begin, ...gap, ...end]
}
