// Cuts a stream of bytes into server-sent event blocks without looking inside them. Law: the blocks and the rest,
// put together, are the bytes that came in; where the chunks were split makes no difference to the events.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

import { Buffer } from 'node:buffer'
import { HubError } from '../../base/errors.js'

/** The largest event, bytes. Pictures come as one event; what is larger never ends. */
const MOST_HELD = 64 * 1024 * 1024
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** A block is one event with the blank line that ends it (or a lone line end between events). */
export type SseFramer = {
  /** The blocks that this chunk completes. Throws HubError `upstream-failed` for an event of more than 64 MiB. */
  push(chunk: Uint8Array): Uint8Array[]
  /** The bytes after the last complete block. */
  end(): Uint8Array
}

/** What the next byte stands after; a LF after a CR belongs to the same line end, also across chunks. */
type Place = 'line-start' | 'in-line' | 'line-start-after-cr'

export function sseFramer(): SseFramer {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let place: Place = 'line-start'

  return {
    push(chunk) {
      const blocks: Uint8Array[] = []
      let blockStart = 0
      let at = 0
      if (place === 'line-start-after-cr' && chunk.length > 0) {
        if (chunk[0] === LINE_FEED) at = 1
        place = 'line-start'
      }
      const lineEnds = lineEndsOf(chunk)
      while (at < chunk.length) {
        const lineEnd = lineEnds(at)
        if (lineEnd === -1) {
          place = 'in-line'
          break
        }
        const blank = lineEnd === at && place === 'line-start'
        const next = afterLineEnd(chunk, lineEnd)
        place = next === 'unknown' ? 'line-start-after-cr' : 'line-start'
        at = next === 'unknown' ? chunk.length : next
        if (!blank) continue
        held.push(chunk.subarray(blockStart, at))
        blocks.push(joined(held))
        held = []
        heldBytes = 0
        blockStart = at
      }
      if (blockStart < chunk.length) held.push(chunk.subarray(blockStart))
      heldBytes += chunk.length - blockStart
      if (heldBytes > MOST_HELD) throw endless()
      return blocks
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

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  if (first === undefined) return new Uint8Array(0)
  return pieces.length === 1 ? first : Buffer.concat(pieces)
}
