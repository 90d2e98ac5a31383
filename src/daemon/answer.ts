// The agent's side of an answer: head held back until something worth committing to has come, writes that wait
// for a slow reader, data keep-alives while the upstream is silent, and one place that knows what was sent.

import type { ServerResponse } from 'node:http'
import { type ChunkTimes, chunkTimes } from './chunk-times.js'

export type AnswerSettings = {
  readonly outgoing: ServerResponse
  /** What resets the agent's idle watchdog; '' when nothing can be sent yet. */
  readonly keepAlive: () => string
  /** Silence after which a keep-alive goes out, ms. */
  readonly keepAliveMs: number
  /** How long first events may be held back, ms. */
  readonly holdMs: number
  /** Bytes of the answer kept for the trace; 0 for none. */
  readonly captureLimit: number
  readonly monotonic: () => number
}

export type Answer = {
  /** Status and headers are decided, but not sent before content, `commit` or the end of the hold. */
  head(status: number, headers: Readonly<Record<string, string>>): void
  /** A promise when the reader has no room: it resolves when there is room again. */
  write(pieces: readonly (Uint8Array | string)[]): Promise<void> | undefined
  /**
   * A whole answer in one write, instead of what was held back; `head` was told before. A promise when the reader has not yet room
   * for all of it.
   */
  whole(bytes: Uint8Array): Promise<void> | undefined
  /** Sends what was held back. */
  commit(): void
  /** Forgets what was held back, so that another upstream can be tried. Only before `committed`. */
  reset(): void
  end(): void
  readonly committed: boolean
  /** Ms from `monotonic` when the first byte went out. */
  readonly firstByteAt: number | undefined
  readonly status: number
  /** What went out, as far as it is kept for the trace. */
  captured(): readonly Uint8Array[]
  /** What is captured so far, from the piece of this index on. */
  pieces(from: number): readonly Uint8Array[]
  /** When what is captured went out. */
  readonly times: ChunkTimes
}

export function openAnswer(settings: AnswerSettings): Answer {
  const { outgoing, monotonic } = settings
  let status = 0
  let headers: Readonly<Record<string, string>> = {}
  let held: (Uint8Array | string)[] = []
  let committed = false
  let firstByteAt: number | undefined
  let holdTimer: NodeJS.Timeout | undefined
  let keepAliveTimer: NodeJS.Timeout | undefined
  let lastWriteAt = monotonic()
  const capture: Uint8Array[] = []
  const times = chunkTimes()
  let capturedBytes = 0

  const keep = (bytes: Uint8Array) => {
    lastWriteAt = monotonic()
    if (capturedBytes < settings.captureLimit) {
      capture.push(bytes.subarray(0, settings.captureLimit - capturedBytes))
      times.note(bytes.length, lastWriteAt)
    }
    capturedBytes += bytes.length
  }

  const send = (bytes: Uint8Array): boolean => {
    keep(bytes)
    return outgoing.write(bytes)
  }

  const tick = () => {
    if (!committed || outgoing.writableEnded || outgoing.writableNeedDrain) return
    if (monotonic() - lastWriteAt < settings.keepAliveMs) return
    const event = settings.keepAlive()
    if (event !== '') send(Buffer.from(event, 'utf8'))
  }

  const stopTimers = () => {
    clearTimeout(holdTimer)
    clearInterval(keepAliveTimer)
  }

  const commit = () => {
    if (committed || outgoing.destroyed) return
    committed = true
    clearTimeout(holdTimer)
    // The head waits for the first bytes and goes out in one write with them.
    outgoing.writeHead(status, headers)
    firstByteAt = monotonic()
    if (held.length > 0) send(joined(held))
    held = []
    keepAliveTimer = setInterval(tick, Math.max(10, settings.keepAliveMs / 4))
  }

  outgoing.on('close', stopTimers)

  return {
    head(newStatus, newHeaders) {
      status = newStatus
      headers = newHeaders
    },
    write(pieces) {
      if (pieces.length === 0 || outgoing.destroyed) return undefined
      if (!committed) {
        held.push(...pieces)
        holdTimer ??= setTimeout(commit, settings.holdMs)
        return undefined
      }
      const room = send(joined(pieces))
      return room || outgoing.destroyed ? undefined : once(outgoing, 'drain')
    },
    whole(bytes) {
      if (outgoing.destroyed) return undefined
      stopTimers()
      held = []
      if (!committed) outgoing.writeHead(status, headers)
      committed = true
      keep(bytes)
      firstByteAt ??= lastWriteAt
      outgoing.end(bytes)
      return outgoing.writableLength === 0 ? undefined : once(outgoing, 'finish')
    },
    commit,
    reset() {
      clearTimeout(holdTimer)
      holdTimer = undefined
      held = []
    },
    end() {
      if (!committed) commit()
      stopTimers()
      if (!outgoing.destroyed) outgoing.end()
    },
    get committed() {
      return committed
    },
    get firstByteAt() {
      return firstByteAt
    },
    get status() {
      return status
    },
    times,
    pieces: (from) => capture.slice(from),
    captured: () => capture,
  }
}

/** One write for all that came at once. */
function joined(pieces: readonly (Uint8Array | string)[]): Uint8Array {
  const bytes = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece))
  return bytes.length === 1 && bytes[0] !== undefined ? bytes[0] : Buffer.concat(bytes)
}

/** Resolves at the event, and also when the reader is gone. */
function once(outgoing: ServerResponse, event: 'drain' | 'finish'): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off(event, done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.on(event, done)
    outgoing.on('close', done)
  })
}
