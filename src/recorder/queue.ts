// What waits to be stored. Bytes have a bound: over it bodies are dropped and counted, metadata never.
// Bodies are copied on the way in, so that the caller's bytes stay the caller's, and can be moved to the worker; large ones
// bit by bit, so that nobody waits for it.
import { type BodyCopy, bodyCopy, bodySize } from '../store/body-bytes.js'
import type { CaptureMode, RecordedBody, RecordMessage } from '../store/record.js'
import type { Entry } from '../store/writer.js'
import type { SpareBuffers } from './spare-buffers.js'

export type Packed = {
  readonly entry: Entry
  /** Bytes of the bodies in it. */
  readonly bytes: number
  /** What is moved to the worker instead of being copied a second time. */
  readonly buffers: readonly ArrayBuffer[]
  /** Copies that are not finished: until then the message cannot leave, and the caller's bytes must stay as they are. */
  readonly copies: readonly BodyCopy[]
}

/** So much is copied at once: some tenths of a millisecond. */
export const COPIED_AT_ONCE = 512 * 1024

/** The message ready for the queue; with `room` for fewer bytes than its bodies have, these are left out. */
export function pack(
  message: RecordMessage,
  capture: Exclude<CaptureMode, 'off'>,
  room: number,
  spare: Pick<SpareBuffers, 'take'>,
): Packed {
  const bodies = bodiesOf(message)
  const bytes = bodies.reduce((sum, body) => sum + bodySize(body), 0)
  if (bodies.length === 0) return bare(message)
  if (capture === 'metadata') return bare(stripped(message))
  if (bytes > room) return bare(stripped(message), bodies.length)
  const buffers: ArrayBuffer[] = []
  const copies: BodyCopy[] = []
  let left = COPIED_AT_ONCE
  const own = (body: RecordedBody): Uint8Array => {
    const copying = bodyCopy(body, spare.take(bodySize(body)))
    const isDone = copying.step(left)
    left = Math.max(1, left - copying.copy.length)
    buffers.push(copying.copy.buffer)
    if (!isDone) copies.push(copying)
    return copying.copy
  }
  return { entry: { message: withBodies(message, own), bodiesDropped: 0 }, bytes, buffers, copies }
}

function bare(message: RecordMessage, bodiesDropped = 0): Packed {
  return { entry: { message, bodiesDropped }, bytes: 0, buffers: [], copies: [] }
}

/** The entries without bodies, for a second try after the worker died with the moved bytes. */
export function withoutBodies(entries: readonly Entry[]): { entries: Entry[]; dropped: number } {
  let dropped = 0
  const left = entries.map(({ message, bodiesDropped }) => {
    const gone = bodiesOf(message).length
    dropped += gone
    return { message: stripped(message), bodiesDropped: bodiesDropped + gone }
  })
  return { entries: left, dropped }
}

function bodiesOf(message: RecordMessage): RecordedBody[] {
  switch (message.type) {
    case 'request-started':
      return present(message.body)
    case 'attempt-finished':
      return [...present(message.requestBody), ...present(message.responseBody)]
    case 'request-finished':
      return present(message.responseBody)
  }
}

function present(body: RecordedBody | undefined): RecordedBody[] {
  return body === undefined ? [] : [body]
}

function stripped(message: RecordMessage): RecordMessage {
  switch (message.type) {
    case 'request-started': {
      const { body: _body, ...rest } = message
      return rest
    }
    case 'attempt-finished': {
      const { requestBody: _requestBody, responseBody: _responseBody, ...rest } = message
      return rest
    }
    case 'request-finished': {
      const { responseBody: _responseBody, ...rest } = message
      return rest
    }
  }
}

function withBodies(message: RecordMessage, own: (body: RecordedBody) => Uint8Array): RecordMessage {
  switch (message.type) {
    case 'request-started':
      return message.body === undefined ? message : { ...message, body: own(message.body) }
    case 'attempt-finished': {
      const { requestBody, responseBody, ...rest } = message
      return {
        ...rest,
        ...(requestBody === undefined ? {} : { requestBody: own(requestBody) }),
        ...(responseBody === undefined ? {} : { responseBody: own(responseBody) }),
      }
    }
    case 'request-finished':
      return message.responseBody === undefined
        ? message
        : { ...message, responseBody: own(message.responseBody) }
  }
}
