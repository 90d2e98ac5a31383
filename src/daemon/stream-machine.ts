// Upstream bytes in, agent bytes out, for both modes. The pump that drives it does not care which; it only asks
// whether something worth committing to has come, whether it went wrong, and whether the agent has been told.

import { HubError } from '../base/errors.js'
import type { ProtocolId } from '../protocol/ids.js'
import { truncated } from '../protocol/ir/collect.js'
import type { Note } from '../protocol/ir/note.js'
import type { IrUsage } from '../protocol/ir/usage.js'
import type { RelayListener, RelayStream } from '../protocol/relay.js'
import type { SseEvent } from '../protocol/sse/event.js'
import { formatSse } from '../protocol/sse/format.js'
import type { StreamTap } from '../protocol/tap.js'
import type { StreamTranslation } from '../protocol/translate.js'

export type StreamMachine = {
  push(chunk: Uint8Array): (Uint8Array | string)[]
  /** The input is over; what was still held back. */
  end(): (Uint8Array | string)[]
  /** The opening event is out, so data keep-alives are possible. */
  readonly started: boolean
  /** A piece of content has come: text, thinking, a tool call. */
  readonly content: boolean
  /** The upstream's own error, or `upstream-truncated` after `end()`. */
  readonly error: HubError | undefined
  /** The agent has already been told of `error` by the bytes that came out. */
  readonly errorTold: boolean
  /** Nothing after an error is of use, so the upstream need not be read on. */
  readonly endsAtError: boolean
  readonly usage: IrUsage | undefined
  readonly stopReason: string | undefined
  readonly responseId: string | undefined
  /** What the conversion could not carry; empty for a relay. */
  readonly notes: readonly Note[]
}

/** Codex ignores an `error` event and waits for `response.failed` (docs/clients.md); other clients take any error as the end. */
function endsByError(protocol: ProtocolId, event: SseEvent): boolean {
  return protocol !== 'openai-responses' || /"type"\s*:\s*"response\.failed"/.test(event.data)
}

const MESSAGE_STOP = formatSse({ event: 'message_stop', data: '{"type":"message_stop"}' })

/**
 * The tap reads a copy. What it cannot read costs the trace its figures and never the agent its answer: whether a
 * relay failed is decided by the protocol's own last words, not by the tap.
 */
export function relayMachine(
  protocol: ProtocolId,
  relayOf: (listener: RelayListener) => RelayStream,
  tap: StreamTap,
): StreamMachine {
  let told = false
  let ended = false
  let isClosed = false
  const relay = relayOf({
    hear(event) {
      tap.push([event])
      told ||= relay.terminal === 'failed' && endsByError(protocol, event)
    },
    get wantsContent() {
      return !tap.content
    },
  })
  const error = () => {
    if (relay.terminal === 'finished' || isClosed) return undefined
    if (relay.terminal === 'failed') {
      return tap.error ?? new HubError('upstream-failed', 'The provider ended its answer with an error.')
    }
    return ended ? truncated() : undefined
  }
  return {
    push: (chunk) => relay.push(chunk),
    end() {
      const { held, terminal, cleanBoundary } = relay.end()
      const isRunning = tap.finish === undefined
      tap.end()
      ended = true
      isClosed = terminal === 'none' && cleanBoundary && isRunning && tap.finish !== undefined
      // What closes the stream is added: the official SDK takes an answer without it as none at all.
      if (isClosed && protocol === 'anthropic-messages') return [MESSAGE_STOP]
      return held.length === 0 ? [] : [held]
    },
    get started() {
      return tap.started
    },
    get content() {
      return tap.content
    },
    get error() {
      return error()
    },
    get errorTold() {
      return told
    },
    endsAtError: false,
    get usage() {
      return tap.usage
    },
    get stopReason() {
      return tap.finish?.reason
    },
    get responseId() {
      return tap.responseId
    },
    notes: [],
  }
}

export function convertMachine(translation: StreamTranslation): StreamMachine {
  const text = (events: readonly SseEvent[]) => {
    let joined = ''
    for (const event of events) joined += formatSse(event)
    return joined === '' ? [] : [joined]
  }
  return {
    push: (chunk) => text(translation.push(chunk)),
    end: () => text(translation.end()),
    get started() {
      return translation.started
    },
    get content() {
      return translation.content
    },
    get error() {
      return translation.error
    },
    errorTold: true,
    endsAtError: true,
    get usage() {
      return translation.usage
    },
    get stopReason() {
      return translation.finish?.reason
    },
    get responseId() {
      return translation.responseId
    },
    get notes() {
      return translation.notes
    },
  }
}
