// Cuts text into the small pieces in which models stream; joined they are the text.

/** Pieces of a few characters, never inside a surrogate pair. */
export function piecesOf(text: string, size = 7): string[] {
  const letters = Array.from(text)
  const pieces: string[] = []
  for (let at = 0; at < letters.length; at += size) pieces.push(letters.slice(at, at + size).join(''))
  return pieces
}
