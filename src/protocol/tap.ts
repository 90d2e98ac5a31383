// Listens to a relayed stream for the record. Law: it never throws and gives nothing back to the stream, so whatever
// the upstream sends, the agent's bytes are safe.

import { asHubError, type HubError } from '../base/errors.js'
import type { Codec, DecodeContext } from './codec.js'
import type { IrEvent } from './ir/event.js'
import type { IrFinish } from './ir/response.js'
import type { IrUsage } from './ir/usage.js'
import type { SseEvent } from './sse/event.js'

export type StreamTap = {
  push(events: readonly SseEvent[]): void
  end(): void
  readonly usage: IrUsage | undefined
  readonly finish: IrFinish | undefined
  /** What the upstream told as an error, or why the stream could not be understood. */
  readonly error: HubError | undefined
}

export function tapStream(codec: Codec, context: DecodeContext): StreamTap {
  const decoder = codec.client.decodeStream(context)
  const heard: Heard = { usage: undefined, finish: undefined, error: undefined }

  function listen(events: () => readonly IrEvent[]): void {
    if (heard.error !== undefined) return
    try {
      for (const event of events()) note(heard, event)
    } catch (thrown) {
      heard.error = asHubError(thrown)
    }
  }

  return Object.assign(heard, {
    push: (events: readonly SseEvent[]) => listen(() => events.flatMap((event) => decoder.push(event))),
    end: () => listen(() => decoder.end()),
  })
}

type Heard = { usage: IrUsage | undefined; finish: IrFinish | undefined; error: HubError | undefined }

function note(heard: Heard, event: IrEvent): void {
  if (event.type === 'usage') heard.usage = event.usage
  if (event.type === 'error') heard.error = event.error
  if (event.type !== 'finish') return
  const { reason, stopSequence } = event
  heard.finish = stopSequence === undefined ? { reason } : { reason, stopSequence }
  heard.usage = event.usage ?? heard.usage
}
