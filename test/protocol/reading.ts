// Reads streams with a codec and tells them in few words.
import { Buffer } from 'node:buffer'
import { text } from '../../src/base/json.js'
import type { Codec, DecodeContext, EncodeContext, NewId } from '../../src/protocol/codec.js'
import { PLAIN } from '../../src/protocol/dialect.js'
import { collect } from '../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../src/protocol/ir/event.js'
import { grammar } from '../../src/protocol/ir/grammar.js'
import type { IrPart } from '../../src/protocol/ir/part.js'
import type { IrRequest } from '../../src/protocol/ir/request.js'
import type { IrResponse } from '../../src/protocol/ir/response.js'
import { openEnvelope } from '../../src/protocol/ir/seal.js'
import { sequential } from '../../src/protocol/ir/sequential.js'
import type { SseEvent } from '../../src/protocol/sse/event.js'
import { sseParser } from '../../src/protocol/sse/parse.js'

export const FOOTPRINT = 'channel-a'
const bare: IrRequest = {
  model: 'asked',
  stream: true,
  turns: [],
  tools: [],
  sampling: {},
  streamUsage: true,
}

/** Ids that count up, so that two runs give the same. */
export function countingIds(): NewId {
  let next = 0
  return (prefix) => `${prefix}${++next}`
}

export function decoding(request: IrRequest = bare): DecodeContext {
  return { request, dialect: PLAIN, footprint: FOOTPRINT, newId: countingIds() }
}

export function encoding(request: IrRequest = bare): EncodeContext {
  return { request, model: request.model, newId: countingIds(), nowSeconds: 1_790_000_000 }
}

export function parsed(chunks: readonly Uint8Array[]): SseEvent[] {
  const parser = sseParser()
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()]
}

export function decoded(codec: Codec, events: readonly SseEvent[], context = decoding()): IrEvent[] {
  const decoder = codec.client.decodeStream(context)
  return [...events.flatMap((event) => decoder.push(event)), ...decoder.end()]
}

export function decodedBytes(codec: Codec, ...chunks: readonly Uint8Array[]): IrEvent[] {
  return decoded(codec, parsed(chunks))
}

export function encoded(codec: Codec, events: readonly IrEvent[], context = encoding()): SseEvent[] {
  const order = sequential()
  const encoder = codec.server.encodeStream(context, [])
  const inOrder = [...events.flatMap((event) => order.push(event)), ...order.end()]
  return [...inOrder.flatMap((event) => encoder.push(event)), ...encoder.end()]
}

/** The first rule that the events break; undefined when they are legal and end by finish or error. */
export function violation(events: readonly IrEvent[]): string | undefined {
  const law = grammar()
  for (const [place, event] of events.entries()) {
    const wrong = law.push(event)
    if (wrong !== undefined) return `event ${place}: ${wrong}`
  }
  const last = events.at(-1)?.type
  return last === 'finish' || last === 'error' ? undefined : `the last event is ${last}`
}

/** What an answer says, one line for each part, without ids and carries. */
export function told(response: IrResponse): string[] {
  return response.parts.map(line)
}

function line(part: IrPart): string {
  switch (part.type) {
    case 'text':
      return `${part.refusal === true ? 'refusal' : 'text'}: ${part.text}`
    case 'reasoning': {
      const { seal } = part
      const origin = seal === undefined ? undefined : (openEnvelope(seal.data) ?? seal)
      return `${part.visibility}: ${part.text}${origin === undefined ? '' : ` [${origin.data}]`}`
    }
    case 'tool-call':
      return `${part.kind} ${part.namespace === undefined ? '' : `${part.namespace}/`}${part.name}: ${part.input}`
    case 'media':
      return `media ${part.kind}`
    case 'opaque':
      return `opaque ${text(part.value, 'type') ?? ''}`
    case 'tool-result':
      return 'a result'
  }
}

/** A streamed answer as a whole. */
export function answerOf(codec: Codec, bytes: Uint8Array): IrResponse {
  return collect(decodedBytes(codec, Buffer.from(bytes)))
}
