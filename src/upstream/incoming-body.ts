// The body of an answer while it comes in. What arrives together is given out together, because one turn of a loop for each
// event costs more than relaying it. Law: order is kept, a slow reader holds the socket, who lets go frees the connection.

import { Buffer } from 'node:buffer'
import type { HubError } from '../base/errors.js'

/** Bytes that may wait for a slow reader before the socket is held. */
const MOST_WAITING = 256 * 1024

/** What the body asks of the connection it comes from. */
export type Connection = {
  hold(): void
  release(): void
  /** Gives the connection up: nobody reads the rest. */
  abandon(): void
}

type Ending = { readonly type: 'whole' } | { readonly type: 'failed'; readonly error: HubError }

/** The body of an answer; one that can be had whole costs less so than piece by piece. */
export type AnswerBody = AsyncIterable<Uint8Array> & {
  /** Resolves with all of it; undefined when it is longer than so many bytes, and then it is thrown away. Throws the error of its ending. */
  whole?(limit: number): Promise<Buffer | undefined>
}

export type IncomingBody = AnswerBody & {
  push(chunk: Uint8Array): void
  /** The last byte has come, or the answer broke: told to the reader after all that came before. */
  end(ending: Ending): void
  discard(): void
}

/** A body that is read once. Its iterator throws the error of its ending. */
export function incomingBody(connection: Connection): IncomingBody {
  let waiting: Uint8Array[] = []
  let size = 0
  let held = false
  let ending: Ending | undefined
  let wake: (() => void) | undefined

  const rouse = () => {
    wake?.()
    wake = undefined
  }

  function take(): Uint8Array {
    const pieces = waiting
    waiting = []
    size = 0
    if (held) {
      held = false
      connection.release()
    }
    const [first] = pieces
    return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces)
  }

  function discard(): void {
    waiting = []
    if (ending !== undefined) return
    ending = { type: 'whole' }
    rouse()
    connection.abandon()
  }

  async function whole(limit: number): Promise<Buffer | undefined> {
    const pieces: Uint8Array[] = []
    let bytes = 0
    for (;;) {
      // Until nothing waits: a socket that is let go may bring more at once, and the end of it all.
      while (waiting.length > 0 && bytes <= limit) {
        const piece = take()
        bytes += piece.length
        pieces.push(piece)
      }
      if (bytes > limit) {
        discard()
        return undefined
      }
      if (ending?.type === 'failed') throw ending.error
      if (ending !== undefined) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    const [first] = pieces
    return pieces.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(pieces, bytes)
  }

  const iterator: AsyncIterator<Uint8Array, undefined> = {
    // Goes on after the chunks that are being read have all been pushed: a promise never runs between two of them.
    async next() {
      while (waiting.length === 0) {
        if (ending?.type === 'failed') throw ending.error
        if (ending !== undefined) return { done: true, value: undefined }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return { done: false, value: take() }
    },
    async return() {
      discard()
      return { done: true, value: undefined }
    },
  }

  return {
    push(chunk) {
      if (ending !== undefined) return
      waiting.push(chunk)
      size += chunk.length
      if (size > MOST_WAITING && !held) {
        held = true
        connection.hold()
      }
      rouse()
    },
    end(how) {
      ending ??= how
      rouse()
    },
    discard,
    whole,
    [Symbol.asyncIterator]: () => iterator,
  }
}
