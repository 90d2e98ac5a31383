// A line without a blank, cut where it must be: some languages write whole pages so.

/**
 * Pieces of at most `width` columns, whole graphemes each; one that is wider still stands alone. `widthOf` tells the columns of
 * a grapheme. At least one piece, which may be empty.
 */
export function torn(
  graphemes: Iterable<string>,
  width: number,
  widthOf: (text: string) => number,
): string[] {
  const pieces: string[] = []
  let piece = ''
  let taken = 0
  for (const grapheme of graphemes) {
    const wide = widthOf(grapheme)
    if (piece !== '' && taken + wide > width) {
      pieces.push(piece)
      piece = ''
      taken = 0
    }
    piece += grapheme
    taken += wide
  }
  return [...pieces, piece]
}
