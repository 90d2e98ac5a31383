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
  return new Arriving(connection)
}

/** A class, as closures for each answer are dear where answers are small. */
class Arriving implements IncomingBody, AsyncIterator<Uint8Array, undefined> {
  private waiting: Uint8Array[] = []
  private size = 0
  private held = false
  private ending: Ending | undefined
  private wake: (() => void) | undefined

  constructor(private readonly connection: Connection) {}

  push(chunk: Uint8Array): void {
    if (this.ending !== undefined) return
    this.waiting.push(chunk)
    this.size += chunk.length
    if (this.size > MOST_WAITING && !this.held) {
      this.held = true
      this.connection.hold()
    }
    this.rouse()
  }

  end(how: Ending): void {
    this.ending ??= how
    this.rouse()
  }

  discard(): void {
    this.waiting = []
    if (this.ending !== undefined) return
    this.ending = { type: 'whole' }
    this.rouse()
    this.connection.abandon()
  }

  async whole(limit: number): Promise<Buffer | undefined> {
    const pieces: Uint8Array[] = []
    let bytes = 0
    for (;;) {
      // Until nothing waits: a socket that is let go may bring more at once, and the end of it all.
      while (this.waiting.length > 0 && bytes <= limit) {
        const piece = this.take()
        bytes += piece.length
        pieces.push(piece)
      }
      if (bytes > limit) {
        this.discard()
        return undefined
      }
      if (this.ending?.type === 'failed') throw this.ending.error
      if (this.ending !== undefined) break
      await this.more()
    }
    const [first] = pieces
    return pieces.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(pieces, bytes)
  }

  // Goes on after the chunks that are being read have all been pushed: a promise never runs between two of them.
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (this.waiting.length === 0) {
      if (this.ending?.type === 'failed') throw this.ending.error
      if (this.ending !== undefined) return { done: true, value: undefined }
      await this.more()
    }
    return { done: false, value: this.take() }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.discard()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return this
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve
    })
  }

  private rouse(): void {
    this.wake?.()
    this.wake = undefined
  }

  private take(): Uint8Array {
    const pieces = this.waiting
    this.waiting = []
    this.size = 0
    if (this.held) {
      this.held = false
      this.connection.release()
    }
    const [first] = pieces
    return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces)
  }
}
