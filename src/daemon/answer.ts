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
   * for all of it; `lost` tells then whether he took it.
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
  /** How many bytes went out. */
  readonly bytes: number
  /** The reader was gone before all of a whole answer was out. */
  readonly lost: boolean
  /** What went out, as far as it is kept for the trace. */
  captured(): readonly Uint8Array[]
  /** What is captured so far, from the piece of this index on. */
  pieces(from: number): readonly Uint8Array[]
  /** When what is captured went out. */
  readonly times: ChunkTimes
}

export function openAnswer(settings: AnswerSettings): Answer {
  return new AgentAnswer(settings)
}

/**
 * A class: the getters of a literal are pairs that V8 makes among its old objects, one for each request, and what they close over
 * lives on with them until all of the heap is collected.
 */
class AgentAnswer implements Answer {
  status = 0
  committed = false
  firstByteAt: number | undefined
  bytes = 0
  lost = false
  readonly times = chunkTimes()
  private headers: Readonly<Record<string, string>> = {}
  private held: (Uint8Array | string)[] = []
  private holdTimer: NodeJS.Timeout | undefined
  private keepAliveTimer: NodeJS.Timeout | undefined
  private stopsWithReader = false
  private lastWriteAt: number
  private readonly capture: Uint8Array[] = []

  constructor(private readonly settings: AnswerSettings) {
    this.lastWriteAt = settings.monotonic()
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.status = status
    this.headers = headers
  }

  write(pieces: readonly (Uint8Array | string)[]): Promise<void> | undefined {
    const { outgoing, holdMs } = this.settings
    if (pieces.length === 0 || outgoing.destroyed) return undefined
    if (!this.committed) {
      this.held.push(...pieces)
      this.stopWithReader()
      this.holdTimer ??= setTimeout(() => this.commit(), holdMs)
      return undefined
    }
    const room = this.send(joined(pieces))
    return room || outgoing.destroyed ? undefined : once(outgoing, 'drain')
  }

  whole(bytes: Uint8Array): Promise<void> | undefined {
    const { outgoing } = this.settings
    if (outgoing.destroyed) return undefined
    this.stopTimers()
    this.held = []
    if (!this.committed) outgoing.writeHead(this.status, this.headers)
    this.committed = true
    this.keep(bytes)
    this.firstByteAt ??= this.lastWriteAt
    outgoing.end(bytes)
    if (outgoing.writableLength === 0) return undefined
    // Of an answer that waits behind another of its connection, only the question knows it yet.
    const { socket } = outgoing.req
    // Node tells the end of a write also when its connection dies, and calls the answer finished then.
    return once(outgoing, 'finish').then(() => {
      this.lost = socket.destroyed
    })
  }

  commit(): void {
    const { outgoing, monotonic, keepAliveMs } = this.settings
    if (this.committed || outgoing.destroyed) return
    this.committed = true
    clearTimeout(this.holdTimer)
    // The head waits for the first bytes and goes out in one write with them.
    outgoing.writeHead(this.status, this.headers)
    this.firstByteAt = monotonic()
    if (this.held.length > 0) this.send(joined(this.held))
    this.held = []
    this.stopWithReader()
    this.keepAliveTimer = setInterval(() => this.tick(), Math.max(10, keepAliveMs / 4))
  }

  reset(): void {
    clearTimeout(this.holdTimer)
    this.holdTimer = undefined
    this.held = []
  }

  end(): void {
    if (!this.committed) this.commit()
    this.stopTimers()
    if (!this.settings.outgoing.destroyed) this.settings.outgoing.end()
  }

  pieces(from: number): readonly Uint8Array[] {
    return this.capture.slice(from)
  }

  captured(): readonly Uint8Array[] {
    return this.capture
  }

  private keep(piece: Uint8Array): void {
    const { captureLimit, monotonic } = this.settings
    this.lastWriteAt = monotonic()
    if (this.bytes < captureLimit) {
      this.capture.push(piece.subarray(0, captureLimit - this.bytes))
      this.times.note(piece.length, this.lastWriteAt)
    }
    this.bytes += piece.length
  }

  private send(bytes: Uint8Array): boolean {
    this.keep(bytes)
    return this.settings.outgoing.write(bytes)
  }

  private tick(): void {
    const { outgoing, monotonic, keepAliveMs, keepAlive } = this.settings
    if (!this.committed || outgoing.writableEnded || outgoing.writableNeedDrain) return
    if (monotonic() - this.lastWriteAt < keepAliveMs) return
    const event = keepAlive()
    if (event !== '') this.send(Buffer.from(event, 'utf8'))
  }

  /** Of a stream alone: an answer that goes out whole has no timers. */
  private stopWithReader(): void {
    if (this.stopsWithReader) return
    this.stopsWithReader = true
    this.settings.outgoing.on('close', () => this.stopTimers())
  }

  private stopTimers(): void {
    clearTimeout(this.holdTimer)
    clearInterval(this.keepAliveTimer)
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
