// How a made-up provider says the same words in each of the three protocols, piece by piece or whole.
import type { EncodeContext } from '../../src/protocol/codec.js'
import type { ProtocolId } from '../../src/protocol/ids.js'
import { collect } from '../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../src/protocol/ir/event.js'
import { NO_USAGE } from '../../src/protocol/ir/usage.js'
import { codecs } from '../../src/protocol/registry.js'
import { formatSse } from '../../src/protocol/sse/format.js'

/** One answer that streams; each method gives the bytes to send next. */
export type Voice = {
  open(): string
  /** The text begins; nothing of it is said yet. */
  begin(): string
  piece(words: string): string
  close(): string
}

const REQUEST = { model: 'x', stream: true, turns: [], tools: [], sampling: {}, streamUsage: true } as const
const USAGE = { ...NO_USAGE, inputFresh: 900, cacheRead: 100, output: 40 }
const CLOSING: readonly IrEvent[] = [
  { type: 'text-end', index: 0 },
  { type: 'finish', reason: 'stop', usage: USAGE },
]

function context(): EncodeContext {
  let next = 0
  return { request: REQUEST, model: 'x', newId: (prefix) => `${prefix}${++next}`, nowSeconds: 1_790_000_000 }
}

export function voiceOf(protocol: ProtocolId): Voice {
  const encoder = codecs[protocol].server.encodeStream(context(), [])
  const say = (events: readonly IrEvent[]) =>
    events
      .flatMap((event) => encoder.push(event))
      .map(formatSse)
      .join('')
  return {
    open: () => say([{ type: 'start', id: 'c', model: 'x' }]),
    begin: () => say([{ type: 'text-start', index: 0 }]),
    piece: (words) => say([{ type: 'text-delta', index: 0, text: words }]),
    close: () => say(CLOSING) + encoder.end().map(formatSse).join(''),
  }
}

/** A whole answer, for who did not ask for a stream. */
export function wholeAnswer(protocol: ProtocolId, words: string): string {
  const response = collect([
    { type: 'start', id: 'c', model: 'x' },
    { type: 'text-start', index: 0 },
    { type: 'text-delta', index: 0, text: words },
    ...CLOSING,
  ])
  return JSON.stringify(codecs[protocol].server.encodeResponse(response, context()).value)
}
