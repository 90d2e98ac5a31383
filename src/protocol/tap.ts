// Listens to a relayed stream for the record. Law: it never throws and gives nothing back to the stream, so whatever
// the upstream sends, the agent's bytes are safe. Once content has come, only events that tell figures are read.

import { asHubError } from '../base/errors.js'
import type { Codec, DecodeContext } from './codec.js'
import type { IrEvent } from './ir/event.js'
import { type Heard, hear, nothingHeard } from './ir/heard.js'
import { tellsFigures } from './skip.js'
import type { SseEvent } from './sse/event.js'

/** Its `error` is what the upstream told as an error, or why the stream could not be understood. */
export type StreamTap = Readonly<Heard> & {
  push(events: readonly SseEvent[]): void
  end(): void
  /** The answer has begun. */
  readonly started: boolean
}

export function tapStream(codec: Codec, context: DecodeContext): StreamTap {
  const decoder = codec.client.decodeStream(context)
  const heard = { ...nothingHeard(), started: false }

  const listen = (events: () => readonly IrEvent[]) => {
    if (heard.error !== undefined) return
    try {
      for (const event of events()) {
        hear(heard, event)
        heard.started ||= event.type !== 'error'
      }
    } catch (thrown) {
      heard.error = asHubError(thrown)
    }
  }

  return Object.assign(heard, {
    push(events: readonly SseEvent[]) {
      for (const event of events) {
        if (!heard.content || tellsFigures(codec.id, event)) listen(() => decoder.push(event))
      }
    },
    end() {
      // After the answer's own last words a decoder would only say once more that nothing is missing.
      if (heard.finish === undefined) listen(() => decoder.end())
    },
  })
}
