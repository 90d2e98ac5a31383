// Finds where a JSON request body can be cut so that repeated history gives the same pieces. Law: the pieces
// joined are the body, byte for byte; what is not an object in JSON's outer shape stays in one piece.

/** An agent appends to a list and moves its cache marks, so the cuts are at list elements and round long strings. */
type Sizes = { readonly piece: number; readonly longString: number }
const USUAL: Sizes = { piece: 64, longString: 512 }
/** Coarser cuts for huge bodies, so that no body becomes more than some ten thousand pieces. */
const HUGE: Sizes = { piece: 2_048, longString: 8_192 }
const HUGE_BYTES = 16 * 1024 * 1024

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** The pieces of a body as views on it, in order. An empty body has none. */
export function split(body: Uint8Array): Uint8Array[] {
  if (body.length === 0) return []
  const cuts = findCuts(body, body.length > HUGE_BYTES ? HUGE : USUAL) ?? []
  const pieces: Uint8Array[] = []
  let from = 0
  for (const cut of [...cuts, body.length]) {
    if (cut > from) pieces.push(body.subarray(from, cut))
    from = cut
  }
  return pieces
}

/** Rising offsets, or undefined when the brackets and strings do not make one object. */
function findCuts(body: Uint8Array, sizes: Sizes): number[] | undefined {
  const cuts: number[] = []
  /** The open brackets, outermost first. */
  const open: number[] = []
  let last = 0
  let at = skipBlank(body, 0)
  if (body[at] !== OPEN_OBJECT) return undefined
  const cut = (offset: number, least: number) => {
    if (offset - last < least) return
    cuts.push(offset)
    last = offset
  }
  while (at < body.length) {
    const byte = body[at]
    if (byte === QUOTE) {
      const end = endOfString(body, at + 1)
      if (end === -1) return undefined
      if (end - at > sizes.longString) {
        cut(at + 1, 1)
        cut(end, 1)
      }
      at = end
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      open.push(byte)
      if (inTopList(open)) cut(at + 1, sizes.piece)
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (inTopList(open)) cut(at, sizes.piece)
      if (open.pop() !== opener(byte)) return undefined
      if (open.length === 0) return skipBlank(body, at + 1) === body.length ? cuts : undefined
    } else if (byte === COMMA && inTopList(open)) {
      // The comma goes with what follows, so that an element is the same piece whether or not another comes after it.
      cut(at, sizes.piece)
    }
    at++
  }
  return undefined
}

function inTopList(open: readonly number[]): boolean {
  return open.length === 2 && open[1] === OPEN_LIST
}

function opener(closer: number): number {
  return closer === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_LIST
}

/** The offset of the closing quote, or -1. */
function endOfString(body: Uint8Array, from: number): number {
  for (let at = from; at < body.length; at++) {
    const byte = body[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at++
  }
  return -1
}

function skipBlank(body: Uint8Array, from: number): number {
  let at = from
  while (at < body.length && (body[at] ?? 0) <= 0x20) at++
  return at
}
