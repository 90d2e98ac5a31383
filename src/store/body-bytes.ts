// A recorded body is whole or in pieces; these read both alike.
import type { RecordedBody } from './record.js'

export function bodySize(body: RecordedBody): number {
  return body instanceof Uint8Array ? body.length : body.reduce((sum, piece) => sum + piece.length, 0)
}

/** The body in one piece; a body that already is one is not copied. */
export function wholeBody(body: RecordedBody): Uint8Array {
  return body instanceof Uint8Array ? body : Buffer.concat(body)
}

/** An exact copy with a buffer of its own: a slice of a shared pool would carry the whole pool to another thread. */
export function copyBody(body: RecordedBody): Uint8Array<ArrayBuffer> {
  // Not from the pool and not zeroed first: each byte is written below.
  const copy = Buffer.allocUnsafeSlow(bodySize(body))
  let at = 0
  for (const piece of body instanceof Uint8Array ? [body] : body) {
    copy.set(piece, at)
    at += piece.length
  }
  return copy
}
