// Listens to a relayed stream for the record. Law: it never throws and gives nothing back to the stream, so whatever
// the upstream sends, the agent's bytes are safe. Once content has come, only events that tell figures are read.

import { assertNever } from '../base/assert-never.js'
import { asHubError } from '../base/errors.js'
import type { Codec, DecodeContext } from './codec.js'
import type { ProtocolId } from './ids.js'
import type { IrEvent } from './ir/event.js'
import { type Heard, hear, nothingHeard } from './ir/heard.js'
import type { SseEvent } from './sse/event.js'

/** Its `error` is what the upstream told as an error, or why the stream could not be understood. */
export type StreamTap = Readonly<Heard> & {
  push(events: readonly SseEvent[]): void
  end(): void
  /** The answer has begun. */
  readonly started: boolean
}

/**
 * Whether an event may tell usage, a call, an end or an error. Words of the model cannot look like one: quotes inside them are
 * escaped. Parsing the hundreds of events that carry a word each would cost more than relaying them.
 */
function tellsFigures(protocol: ProtocolId, { data }: SseEvent): boolean {
  switch (protocol) {
    case 'anthropic-messages':
      return !/^\s*\{\s*"type"\s*:\s*"(content_block_delta|ping)"/.test(data)
    case 'openai-responses':
      return !/^\s*\{\s*"type"\s*:\s*"response\.(output_|content_part|function_call_|custom_tool_|reasoning_|refusal)/.test(
        data,
      )
    case 'openai-chat':
      return /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"|"name"\s*:\s*"|"error"|^\[DONE\]/.test(data)
    default:
      return assertNever(protocol)
  }
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
    end: () => listen(() => decoder.end()),
  })
}
