// A stream for a client that did not ask for events: Gemini's wire sends it as one JSON array, an element for each chunk.
// Law: the elements are the data of the events, and the array is only closed where the stream was ended.

import type { SseEvent } from '../protocol/sse/event.js'
import { sseParser } from '../protocol/sse/parse.js'
import type { Answer } from './answer.js'

/** The same answer, with its streams written as an array. */
export function arrayAnswer(answer: Answer): Answer {
  return new ArrayAnswer(answer)
}

class ArrayAnswer implements Answer {
  readonly times: Answer['times']
  private readonly parser = sseParser()
  private place: 'whole' | 'before' | 'inside' = 'whole'

  constructor(private readonly answer: Answer) {
    this.times = answer.times
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    const streams = /^text\/event-stream/i.test(headers['content-type'] ?? '')
    if (streams) this.place = 'before'
    this.answer.head(status, streams ? { ...headers, 'content-type': 'application/json' } : headers)
  }

  write(pieces: readonly (Uint8Array | string)[]): Promise<void> | undefined {
    if (this.place === 'whole') return this.answer.write(pieces)
    const bytes = (piece: Uint8Array | string) =>
      typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece
    const text = this.elements(pieces.flatMap((piece) => this.parser.push(bytes(piece))))
    return text === '' ? undefined : this.answer.write([text])
  }

  whole(bytes: Uint8Array): Promise<void> | undefined {
    this.place = 'whole'
    return this.answer.whole(bytes)
  }

  commit(): void {
    this.answer.commit()
  }

  reset(): void {
    this.place = 'whole'
    this.answer.reset()
  }

  end(): void {
    if (this.place !== 'whole') {
      // Some providers leave out the blank line after their last event.
      const last = this.elements(this.parser.end())
      void this.answer.write([`${last}${this.place === 'before' ? '[]' : ']'}`])
    }
    this.answer.end()
  }

  get committed(): boolean {
    return this.answer.committed
  }

  get firstByteAt(): number | undefined {
    return this.answer.firstByteAt
  }

  get lost(): boolean {
    return this.answer.lost
  }

  get bytes(): number {
    return this.answer.bytes
  }

  get status(): number {
    return this.answer.status
  }

  captured(): readonly Uint8Array[] {
    return this.answer.captured()
  }

  pieces(from: number): readonly Uint8Array[] {
    return this.answer.pieces(from)
  }

  private elements(events: readonly SseEvent[]): string {
    let out = ''
    for (const { data } of events) {
      out += `${this.place === 'before' ? '[' : ',\r\n'}${data}`
      this.place = 'inside'
    }
    return out
  }
}
