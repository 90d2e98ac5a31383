// The keys that work here, in one line: as many as fit, the most important first. Pure.

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

export function hints(all: readonly KeyHint[], width: number): Line {
  const shown: Span[] = []
  for (const one of all) {
    const more = [...(shown.length === 0 ? [] : [span('  ')]), ...hint(one)]
    if (lineWidth(shown) + lineWidth(more) > width) break
    shown.push(...more)
  }
  return shown
}
