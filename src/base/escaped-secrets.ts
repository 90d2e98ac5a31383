// Known secrets as JSON may write them: some writers put an escape for `+`, `/` or `&`, and any sign may be written as one. Law: a
// place ends where its last escape does, so that JSON stays JSON.

/**
 * An escape of a sign that a secret may have. Of several backslashes an odd one is that of the escape, and the others are signs; an even
 * number of them makes an escape within a text of a text. Before a slash all of them are escapes: its own may have been escaped, and then
 * itself once more. Only looked for where a row of backslashes begins: from each of them on it would take the square of their number.
 */
const ESCAPE = /(?<!\\)(\\+)(?:u00([2-7][\dA-Fa-f])|\/)/g

/** Where a known secret is written with escapes, `[from, to)`, in rising order; without an escape in it, it is not told here. */
export function escapedSecrets(text: string, known: RegExp): [number, number][] {
  // Bodies are full of other escapes, and most have none of these.
  if (!text.includes('\\u00') && !text.includes('\\/')) return []
  const { read, escapes } = unescaped(text)
  if (escapes.length === 0) return []
  return [...read.matchAll(known)].flatMap((match): [number, number][] => {
    const from = placeOf(escapes, match.index)
    const to = placeOf(escapes, match.index + match[0].length)
    return to - from > match[0].length ? [[from, to]] : []
  })
}

/** An escape: where its sign stands in what is read, and where in the text the sign behind it stands. */
type Escape = { readonly sign: number; readonly behind: number }

function unescaped(text: string): { readonly read: string; readonly escapes: readonly Escape[] } {
  const escapes: Escape[] = []
  let read = ''
  let at = 0
  for (const match of text.matchAll(ESCAPE)) {
    const [whole, { length: backslashes } = '', code] = match
    const signs = code === undefined || backslashes % 2 === 0 ? 0 : backslashes - 1
    read += text.slice(at, match.index + signs)
    at = match.index + whole.length
    escapes.push({ sign: read.length, behind: at })
    read += code === undefined ? '/' : String.fromCharCode(Number.parseInt(code, 16))
  }
  return { read: read + text.slice(at), escapes }
}

/** Where in the text the sign stands that is read as this one; of an escape its beginning. */
function placeOf(escapes: readonly Escape[], sign: number): number {
  let low = 0
  let high = escapes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((escapes[middle]?.sign ?? 0) < sign) low = middle + 1
    else high = middle
  }
  const before = escapes[low - 1]
  return before === undefined ? sign : before.behind + sign - before.sign - 1
}
