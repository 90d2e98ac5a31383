// Cuts a stream of bytes at the ends of server-sent events without looking inside them. Law: the pieces and the rest,
// put together, are the bytes that came in; where the chunks were split makes no difference to the events.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

import { Buffer } from 'node:buffer'
import { HubError } from '../../base/errors.js'

/** The largest event, bytes. Pictures come as one event; what is larger never ends. */
const MOST_HELD = 64 * 1024 * 1024
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const BLANK_LINE = Buffer.from('\n\n', 'utf8')

export type SseFramer = {
  /**
   * What this chunk completes: whole events, all of them in one piece (nothing when none ends here). Throws HubError
   * `upstream-failed` for an event of more than 64 MiB.
   */
  push(chunk: Uint8Array): Uint8Array[]
  /** The bytes after the last complete event. */
  end(): Uint8Array
}

/** What the next byte stands after; a LF after a CR belongs to the same line end, also across chunks. */
type Place = 'line-start' | 'in-line' | 'line-start-after-cr'

/** How far a chunk reaches whole events (0: none ends in it), and where it leaves off. */
type Reach = { readonly end: number; readonly place: Place }

export function sseFramer(): SseFramer {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let place: Place = 'line-start'

  return {
    push(chunk) {
      if (chunk.length === 0) return []
      const { end, place: next } = reachOf(asBuffer(chunk), place)
      place = next
      if (end === 0) {
        held.push(chunk)
        heldBytes += chunk.length
        if (heldBytes > MOST_HELD) throw endless()
        return []
      }
      const whole = end === chunk.length ? chunk : chunk.subarray(0, end)
      const pieces = held.length === 0 ? whole : joined([...held, whole])
      held = end === chunk.length ? [] : [chunk.subarray(end)]
      heldBytes = chunk.length - end
      if (heldBytes > MOST_HELD) throw endless()
      return [pieces]
    },
    end() {
      const rest = joined(held)
      held = []
      heldBytes = 0
      place = 'line-start'
      return rest
    },
  }
}

function endless(): HubError {
  return new HubError(
    'upstream-failed',
    `The provider sent one event of more than ${MOST_HELD / 1024 / 1024} MiB.`,
  )
}

function reachOf(chunk: Buffer, place: Place): Reach {
  const hasReturns = place === 'line-start-after-cr' || chunk.includes(CARRIAGE_RETURN)
  return hasReturns ? reachByLines(chunk, place) : reachBySearch(chunk, place)
}

/** Lines that end in LF alone, as all big providers send them: the last blank line is found from behind. */
function reachBySearch(chunk: Buffer, place: Place): Reach {
  const opened = place === 'line-start' && chunk[0] === LINE_FEED ? 1 : 0
  const blank = chunk.lastIndexOf(BLANK_LINE)
  const end = blank === -1 ? opened : blank + 2
  return { end, place: chunk[chunk.length - 1] === LINE_FEED ? 'line-start' : 'in-line' }
}

function reachByLines(chunk: Buffer, from: Place): Reach {
  let end = 0
  let place = from
  let at = 0
  if (place === 'line-start-after-cr') {
    if (chunk[0] === LINE_FEED) at = 1
    place = 'line-start'
  }
  const lineEnds = lineEndsOf(chunk)
  while (at < chunk.length) {
    const lineEnd = lineEnds(at)
    if (lineEnd === -1) return { end, place: 'in-line' }
    const blank = lineEnd === at && place === 'line-start'
    const next = afterLineEnd(chunk, lineEnd)
    place = next === 'unknown' ? 'line-start-after-cr' : 'line-start'
    at = next === 'unknown' ? chunk.length : next
    if (blank) end = at
  }
  return { end, place }
}

/** Where the line after this line end begins; `unknown` when a CR is the last byte and a LF may follow. */
function afterLineEnd(chunk: Uint8Array, lineEnd: number): number | 'unknown' {
  if (chunk[lineEnd] === LINE_FEED) return lineEnd + 1
  if (lineEnd + 1 === chunk.length) return 'unknown'
  return chunk[lineEnd + 1] === LINE_FEED ? lineEnd + 2 : lineEnd + 1
}

/** The next CR or LF from a place on; each kind is searched once per hit, so a chunk is read only twice. */
function lineEndsOf(chunk: Uint8Array): (from: number) => number {
  let lineFeed = chunk.indexOf(LINE_FEED)
  let carriageReturn = chunk.indexOf(CARRIAGE_RETURN)
  return (from) => {
    if (lineFeed !== -1 && lineFeed < from) lineFeed = chunk.indexOf(LINE_FEED, from)
    if (carriageReturn !== -1 && carriageReturn < from) carriageReturn = chunk.indexOf(CARRIAGE_RETURN, from)
    if (lineFeed === -1) return carriageReturn
    return carriageReturn === -1 ? lineFeed : Math.min(lineFeed, carriageReturn)
  }
}

/**
 * Calls `visit` for each block of a text of whole events: one event with the blank line that ends it, or a lone line end
 * between events. The text may be the bytes as latin1, so that places in it are places in the bytes. `skip` may tell, for the begin
 * of a block, where the next one begins that is worth a visit; it is not asked where lines end in other ways than LF.
 */
export function eachBlock(
  text: string,
  visit: (start: number, end: number) => void,
  skip?: (start: number) => number,
): void {
  if (text.includes('\r')) {
    eachBlockByLines(text, visit)
    return
  }
  for (let start = 0; start < text.length; ) {
    const from = skip?.(start) ?? start
    if (from < text.length) {
      const end = blockEnd(text, from)
      visit(from, end)
      start = end
    } else start = from
  }
}

function blockEnd(text: string, start: number): number {
  if (text.charCodeAt(start) === LINE_FEED) return start + 1
  const blank = text.indexOf('\n\n', start)
  return blank === -1 ? text.length : blank + 2
}

function eachBlockByLines(text: string, visit: (start: number, end: number) => void): void {
  let start = 0
  let line = 0
  for (const { index, 0: lineEnd } of text.matchAll(/\r\n|\r|\n/g)) {
    const next = index + lineEnd.length
    if (index === line) {
      visit(start, next)
      start = next
    }
    line = next
  }
  if (start < text.length) visit(start, text.length)
}

/** The same bytes with Buffer's searches. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  if (first === undefined) return new Uint8Array(0)
  return pieces.length === 1 ? first : Buffer.concat(pieces)
}
