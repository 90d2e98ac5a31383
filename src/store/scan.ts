// Walks over a JSON request body once: where it can be cut so that repeated history gives the same pieces, and which parts
// it has. Law: the walk goes on from a stop as it would have come there, so what was walked over need not be again.

/** An agent appends to a list and moves its cache marks, so the cuts are at list elements and round long strings. */
type Sizes = { readonly piece: number; readonly longString: number }
const USUAL: Sizes = { piece: 64, longString: 512 }
/** Coarser cuts for huge bodies, so that no body becomes more than some ten thousand pieces. */
const HUGE: Sizes = { piece: 2_048, longString: 8_192 }
export const HUGE_BYTES = 16 * 1024 * 1024

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Before, between or behind the elements of the list that is the member `list` of the body's object. */
export type Place = {
  readonly at: number
  readonly list: string
  /** The cut before it; 0 where there is none. */
  readonly last: number
}

export type Visitor = {
  /** A value that ended: a member of the body's object, or an element of a list that is one. Members that are lists are not told. */
  part(key: string, isElement: boolean, from: number, to: number): void
  cut(at: number): void
  /** A place from which the walk can go on. Giving true ends it. */
  stop(place: Place): boolean
}

/** `met`: the visitor ended it. `broken`: the bytes are not one object by their brackets and strings. */
export type End = 'whole' | 'met' | 'broken'

/** Walks from the beginning, or from a stop of an earlier walk. */
export function scan(body: Buffer, visitor: Visitor, start?: Place): End {
  const sizes = body.length > HUGE_BYTES ? HUGE : USUAL
  /** The open brackets, outermost first. */
  const open: number[] = start === undefined ? [] : [OPEN_OBJECT, OPEN_LIST]
  let at = start?.at ?? skipBlank(body, 0)
  let last = start?.last ?? 0
  /** The member of the body's object that is open. */
  let key = start?.list ?? ''
  /** Where a part began; -1 where none is open. */
  let part = start === undefined || endsElement(body[start.at]) ? -1 : start.at
  const cut = (offset: number, least: number): void => {
    if (offset - last < least) return
    last = offset
    visitor.cut(offset)
  }
  const stops = (offset: number): boolean => {
    cut(offset, sizes.piece)
    return visitor.stop({ at: offset, list: key, last })
  }
  const endPart = (isElement: boolean): void => {
    const from = part === -1 ? at : skipBlank(body, part)
    part = -1
    if (from < at) visitor.part(key, isElement, from, skipBlankBack(body, at))
  }
  if (body[at] !== OPEN_OBJECT && start === undefined) return 'broken'
  while (at < body.length) {
    const byte = body[at]
    if (byte === QUOTE) {
      const end = endOfString(body, at + 1)
      if (end === -1) return 'broken'
      if (open.length === 1 && part === -1) key = body.toString('latin1', at + 1, end)
      if (end - at > sizes.longString) {
        cut(at + 1, 1)
        cut(end, 1)
      }
      at = end
    } else if (byte === COLON && open.length === 1) {
      part = at + 1
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      open.push(byte)
      if (inTopList(open)) {
        part = at + 1
        if (stops(at + 1)) return 'met'
      }
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      const isTopList = inTopList(open)
      if (isTopList || open.length === 1) endPart(isTopList)
      if (isTopList && stops(at)) return 'met'
      if (open.pop() !== opener(byte)) return 'broken'
      if (open.length === 0) return skipBlank(body, at + 1) === body.length ? 'whole' : 'broken'
    } else if (byte === COMMA && open.length <= 2) {
      const isTopList = inTopList(open)
      if (isTopList || open.length === 1) endPart(isTopList)
      // The comma goes with what follows, so that an element is the same piece whether or not another comes after it.
      if (isTopList && stops(at)) return 'met'
      if (isTopList) part = at + 1
    }
    at++
  }
  return 'broken'
}

/** Whether this sign, in a list, ends an element. */
export function endsElement(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_LIST
}

function inTopList(open: readonly number[]): boolean {
  return open.length === 2 && open[1] === OPEN_LIST
}

function opener(closer: number): number {
  return closer === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_LIST
}

/** After so many bytes of a string the native search is faster than looking at each byte. */
const SHORT = 24

/** The offset of the closing quote, or -1. */
function endOfString(body: Buffer, from: number): number {
  const near = Math.min(body.length, from + SHORT)
  let at = from
  for (; at < near; at++) {
    const byte = body[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at++
  }
  for (;;) {
    const quote = body.indexOf(QUOTE, at)
    if (quote === -1) return -1
    let slashes = quote
    while (slashes > at && body[slashes - 1] === BACKSLASH) slashes--
    if ((quote - slashes) % 2 === 0) return quote
    at = quote + 1
  }
}

function skipBlank(body: Uint8Array, from: number): number {
  let at = from
  while (at < body.length && (body[at] ?? 0) <= 0x20) at++
  return at
}

/** Without the blanks before `to`. */
function skipBlankBack(body: Uint8Array, to: number): number {
  let at = to
  while ((body[at - 1] ?? 0x21) <= 0x20) at--
  return at
}
