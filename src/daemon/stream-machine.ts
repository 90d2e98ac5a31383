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
  return new RelayMachine(protocol, relayOf, tap)
}

export function convertMachine(translation: StreamTranslation): StreamMachine {
  return new ConvertMachine(translation)
}

/** Classes, as getters of a literal cost a request much (answer.ts). */
class RelayMachine implements StreamMachine, RelayListener {
  errorTold = false
  readonly endsAtError = false
  readonly notes: readonly Note[] = []
  private readonly relay: RelayStream
  private ended = false
  private isClosed = false

  constructor(
    private readonly protocol: ProtocolId,
    relayOf: (listener: RelayListener) => RelayStream,
    private readonly tap: StreamTap,
  ) {
    this.relay = relayOf(this)
  }

  hear(event: SseEvent): void {
    this.tap.push([event])
    this.errorTold ||= this.relay.terminal === 'failed' && endsByError(this.protocol, event)
  }

  get wantsContent(): boolean {
    return !this.tap.content
  }

  push(chunk: Uint8Array): Uint8Array[] {
    return this.relay.push(chunk)
  }

  end(): (Uint8Array | string)[] {
    const { held, terminal, cleanBoundary } = this.relay.end()
    const isRunning = this.tap.finish === undefined
    this.tap.end()
    this.ended = true
    this.isClosed = terminal === 'none' && cleanBoundary && isRunning && this.tap.finish !== undefined
    // What closes the stream is added: the official SDK takes an answer without it as none at all.
    if (this.isClosed && this.protocol === 'anthropic-messages') return [MESSAGE_STOP]
    return held.length === 0 ? [] : [held]
  }

  get started(): boolean {
    return this.tap.started
  }

  get content(): boolean {
    return this.tap.content
  }

  get error(): HubError | undefined {
    const { terminal } = this.relay
    if (terminal === 'finished' || this.isClosed) return undefined
    if (terminal === 'failed')
      return this.tap.error ?? new HubError('upstream-failed', 'The provider ended its answer with an error.')
    return this.ended ? truncated() : undefined
  }

  get usage(): IrUsage | undefined {
    return this.tap.usage
  }

  get stopReason(): string | undefined {
    return this.tap.finish?.reason
  }

  get responseId(): string | undefined {
    return this.tap.responseId
  }
}

class ConvertMachine implements StreamMachine {
  readonly errorTold = true
  readonly endsAtError = true

  constructor(private readonly translation: StreamTranslation) {}

  push(chunk: Uint8Array): string[] {
    return joinedText(this.translation.push(chunk))
  }

  end(): string[] {
    return joinedText(this.translation.end())
  }

  get started(): boolean {
    return this.translation.started
  }

  get content(): boolean {
    return this.translation.content
  }

  get error(): HubError | undefined {
    return this.translation.error
  }

  get usage(): IrUsage | undefined {
    return this.translation.usage
  }

  get stopReason(): string | undefined {
    return this.translation.finish?.reason
  }

  get responseId(): string | undefined {
    return this.translation.responseId
  }

  get notes(): readonly Note[] {
    return this.translation.notes
  }
}

function joinedText(events: readonly SseEvent[]): string[] {
  let joined = ''
  for (const event of events) joined += formatSse(event)
  return joined === '' ? [] : [joined]
}
