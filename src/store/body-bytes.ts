// A recorded body is whole or in pieces; these read both alike.
import type { RecordedBody } from './record.js'

export function bodySize(body: RecordedBody): number {
  return body instanceof Uint8Array ? body.length : body.reduce((sum, piece) => sum + piece.length, 0)
}

/** The body in one piece; a body that already is one is not copied. */
export function wholeBody(body: RecordedBody): Uint8Array {
  return body instanceof Uint8Array ? body : Buffer.concat(body)
}

/** A copy that is being made, with a buffer of its own: a slice of a shared pool would carry the whole pool to another thread. */
export type BodyCopy = {
  readonly copy: Uint8Array<ArrayBuffer>
  /** Copies so many bytes more; gives true when all are copied. */
  step(bytes: number): boolean
}

/** `buffer`: where to, when it is not to be a new one. */
export function bodyCopy(body: RecordedBody, buffer?: ArrayBuffer): BodyCopy {
  const size = bodySize(body)
  // Not from the pool and not zeroed first: each byte is written below.
  const copy = buffer === undefined ? Buffer.allocUnsafeSlow(size) : Buffer.from(buffer, 0, size)
  /** Let go when it is copied: the copy may wait for some time. */
  let pieces = body instanceof Uint8Array ? [body] : body
  let index = 0
  let from = 0
  let at = 0
  return {
    copy,
    step(bytes) {
      for (let left = bytes; left > 0; ) {
        const piece = pieces[index]
        if (piece === undefined) break
        const part = from === 0 && piece.length <= left ? piece : piece.subarray(from, from + left)
        copy.set(part, at)
        at += part.length
        left -= part.length
        from += part.length
        if (from < piece.length) continue
        index++
        from = 0
      }
      if (at < copy.length) return false
      pieces = []
      return true
    },
  }
}
