// A provider may think for minutes before its first byte (a local model reading a long prompt), while Claude Code gives up on
// an answer that has not begun after 300 s (docs/clients.md). So its stream is opened early by the hub, kept alive, and
// the provider's own opening event, when it comes at last, is left out.

import { formatSse } from '../protocol/sse/format.js'
import { encodeContext } from './contexts.js'
import type { Exchange } from './exchange-state.js'
import type { StreamMachine } from './stream-machine.js'

const OPENING = /^event: message_start\r?\n[\s\S]*?(?:\r?\n){2}/

/** An answer that has begun and says nothing yet. */
const OPENED: StreamMachine = {
  push: () => [],
  end: () => [],
  started: true,
  content: false,
  error: undefined,
  errorTold: false,
  endsAtError: false,
  usage: undefined,
  stopReason: undefined,
  responseId: undefined,
  notes: [],
}

/**
 * Starts to wait; returns the end of waiting, to be called when the provider's head is there or has failed. Undefined: nothing to
 * wait for.
 */
export function openEarly(exchange: Exchange): (() => void) | undefined {
  const { codec, glance, answer, baseHeaders, settings } = exchange
  if (codec.id !== 'anthropic-messages' || !glance.stream || answer.committed) return undefined
  const timer = setTimeout(() => {
    const opening = codec.server.encodeStream(encodeContext(exchange), []).push({ type: 'start' })
    answer.head(200, { ...baseHeaders, 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    exchange.stream.machine = OPENED
    exchange.stream.openedEarly = true
    answer.commit()
    void answer.write([opening.map(formatSse).join('')])
  }, settings.earlyHeadMs)
  return () => clearTimeout(timer)
}

/** A complete stream without the opening event that the agent has had already. */
export function afterOpening(exchange: Exchange, text: string): string {
  return exchange.stream.openedEarly === true ? text.replace(OPENING, '') : text
}

/** The machine's pieces without the opening event that the agent has had already. */
export function withoutOpening(machine: StreamMachine): StreamMachine {
  let looking = true
  return new Proxy(machine, {
    get(target, name) {
      if (name !== 'push') return Reflect.get(target, name)
      return (chunk: Uint8Array) => {
        const pieces = target.push(chunk)
        if (!looking || pieces.length === 0) return pieces
        looking = false
        const [first = '', ...rest] = pieces
        const text = typeof first === 'string' ? first : Buffer.from(first).toString('utf8')
        return [text.replace(OPENING, ''), ...rest]
      }
    },
  })
}
