// A request body taken apart: its pieces, as they are stored, and the parts of its prompt. Law: with an earlier body at hand
// only what differs from it is looked at, and the result is the one that a look at all of it gives.
import { endsElement, HUGE_BYTES, type Place, scan } from './scan.js'
import { sharedBeginning, sharedEnd } from './shared-ends.js'

export type Kept = { readonly chunk: number; readonly removed: number }

export type Piece = Kept & { readonly end: number }

/** A place from which the walk can go on, and how much stands before it. */
type Stop = Place & { readonly pieces: number; readonly parts: number }

/** `Part`: what is known of a part of the prompt. */
export type Anatomy<Part> = {
  readonly bytes: Buffer
  /** Whether it is one object by its brackets and strings; what is not is one piece without parts. */
  readonly isObject: boolean
  readonly pieces: readonly Piece[]
  readonly parts: readonly Part[]
  readonly stops: readonly Stop[]
}

export type Reader<Part> = {
  /** Stores a piece that is not known. */
  piece(bytes: Buffer): Kept
  /** Reads a part that is not known; undefined for one that nobody asks for. */
  part(key: string, isElement: boolean, bytes: Buffer): Part | undefined
}

/** So many bytes lie between two stops: a list of numbers has no flood of them. */
const STEP = 64

/** The body's anatomy, with the help of an earlier one. */
export function anatomyOf<Part>(bytes: Buffer, reader: Reader<Part>, before?: Anatomy<Part>): Anatomy<Part> {
  // Huge bodies are cut otherwise.
  const isUsual = Math.max(bytes.length, before?.bytes.length ?? 0) <= HUGE_BYTES
  const known = before === undefined || !isUsual ? undefined : held(bytes, before)
  const head = known?.head ?? { pieces: [], parts: [], stops: [] }
  const start = head.stops.at(-1)
  const parts = [...head.parts]
  const stops = [...head.stops]
  const cuts: number[] = []
  let tail: Taken<Part> = { pieces: [], parts: [], stops: [] }
  const end = scan(
    bytes,
    {
      part(key, isElement, from, to) {
        const part = reader.part(key, isElement, bytes.subarray(from, to))
        if (part !== undefined) parts.push(part)
      },
      cut: (at) => void cuts.push(at),
      stop(place) {
        const { at, last, list } = place
        const stop = { at, last, list, pieces: head.pieces.length + cuts.length, parts: parts.length }
        const found = known?.tailAt(stop)
        if (found !== undefined) tail = found
        else if (place.at - (stops.at(-1)?.at ?? 0) >= STEP) stops.push(stop)
        return found !== undefined
      },
    },
    start,
  )
  if (end === 'broken') return broken(bytes, reader)
  if (end === 'whole') cuts.push(bytes.length)
  let from = start?.last ?? 0
  const middle = cuts.map((cut) => {
    const { chunk, removed } = reader.piece(bytes.subarray(from, cut))
    from = cut
    return { end: cut, chunk, removed }
  })
  return {
    bytes,
    isObject: true,
    pieces: joined(head.pieces, middle, tail.pieces),
    parts: joined(parts, tail.parts),
    stops: joined(stops, tail.stops),
  }
}

function broken<Part>(bytes: Buffer, reader: Reader<Part>): Anatomy<Part> {
  const pieces = bytes.length === 0 ? [] : [{ end: bytes.length, ...reader.piece(bytes) }]
  return { bytes, isObject: false, pieces, parts: [], stops: [] }
}

function joined<T>(...lists: readonly (readonly T[])[]): readonly T[] {
  const [first, ...rest] = lists.filter((list) => list.length > 0)
  return first === undefined ? [] : rest.length === 0 ? first : first.concat(...rest)
}

/** What is taken over. */
type Taken<Part> = Pick<Anatomy<Part>, 'pieces' | 'parts' | 'stops'>

/** What of an earlier body can be taken over: all before the first difference, and all behind the last one. */
function held<Part>(
  bytes: Buffer,
  before: Anatomy<Part>,
): { readonly head: Taken<Part>; tailAt(stop: Stop): Taken<Part> | undefined } {
  const { pieces, parts, stops } = before
  const last = stopAt(stops, stopsBefore(bytes, before.bytes))
  const from = stops[last]
  const head = {
    pieces: pieces.slice(0, from?.pieces ?? 0),
    parts: parts.slice(0, from?.parts ?? 0),
    stops: stops.slice(0, last + 1),
  }
  const grown = bytes.length - before.bytes.length
  const same = bytes.length - sharedEnd(bytes, before.bytes)
  return {
    head,
    tailAt(now) {
      if (now.last < same) return undefined
      const index = stopAt(stops, now.at - grown)
      const there = stops[index]
      const isSame =
        there !== undefined &&
        there.at === now.at - grown &&
        there.last === now.last - grown &&
        there.list === now.list
      if (!isSame) return undefined
      const [morePieces, moreParts] = [now.pieces - there.pieces, now.parts - there.parts]
      const isMoved = grown !== 0 || morePieces !== 0 || moreParts !== 0
      const rest = { pieces: pieces.slice(there.pieces), stops: stops.slice(index) }
      return {
        pieces: isMoved ? rest.pieces.map((piece) => ({ ...piece, end: piece.end + grown })) : rest.pieces,
        stops: isMoved
          ? rest.stops.map(({ at, list, last: cut, ...counts }) => ({
              at: at + grown,
              list,
              last: cut + grown,
              pieces: counts.pieces + morePieces,
              parts: counts.parts + moreParts,
            }))
          : rest.stops,
        parts: parts.slice(there.parts),
      }
    },
  }
}

/** Up to where stops are those of both. A stop is made by the sign that stands there, and the end of a list stops like a comma. */
function stopsBefore(one: Buffer, other: Buffer): number {
  const shared = sharedBeginning(one, other)
  return endsElement(one[shared]) && endsElement(other[shared]) ? shared : shared - 1
}

/** The last stop at `offset` or before it; -1 when there is none. */
function stopAt(stops: readonly Stop[], offset: number): number {
  let low = 0
  let high = stops.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((stops[middle]?.at ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low - 1
}
