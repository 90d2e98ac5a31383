// A stream for a client that did not ask for events: Gemini's wire sends it as one JSON array, an element for each chunk.
// Law: the elements are the data of the events, and the array is only closed where the stream was ended.

import type { SseEvent } from '../protocol/sse/event.js'
import { sseParser } from '../protocol/sse/parse.js'
import type { Answer } from './answer.js'

/** The same answer, with its streams written as an array. */
export function arrayAnswer(answer: Answer): Answer {
  const parser = sseParser()
  let place: 'whole' | 'before' | 'inside' = 'whole'

  function elements(events: readonly SseEvent[]): string {
    let out = ''
    for (const { data } of events) {
      out += `${place === 'before' ? '[' : ',\r\n'}${data}`
      place = 'inside'
    }
    return out
  }

  return {
    head(status, headers) {
      const streams = /^text\/event-stream/i.test(headers['content-type'] ?? '')
      if (streams) place = 'before'
      answer.head(status, streams ? { ...headers, 'content-type': 'application/json' } : headers)
    },
    write(pieces) {
      if (place === 'whole') return answer.write(pieces)
      const bytes = (piece: Uint8Array | string) =>
        typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece
      const text = elements(pieces.flatMap((piece) => parser.push(bytes(piece))))
      return text === '' ? undefined : answer.write([text])
    },
    whole(bytes) {
      place = 'whole'
      return answer.whole(bytes)
    },
    commit: () => answer.commit(),
    reset() {
      place = 'whole'
      answer.reset()
    },
    end() {
      if (place !== 'whole') {
        // Some providers leave out the blank line after their last event.
        const last = elements(parser.end())
        void answer.write([`${last}${place === 'before' ? '[]' : ']'}`])
      }
      answer.end()
    },
    get committed() {
      return answer.committed
    },
    get firstByteAt() {
      return answer.firstByteAt
    },
    get status() {
      return answer.status
    },
    captured: () => answer.captured(),
    pieces: (from) => answer.pieces(from),
    times: answer.times,
  }
}
