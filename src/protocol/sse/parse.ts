// Reads server-sent events from bytes, whatever the split points. Law: every two-way split of a stream gives the
// same events as the whole; an event whose data the end of the stream cuts is not told.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

import { Buffer } from 'node:buffer'
import { isObject, parseJson } from '../../base/json.js'
import type { SseEvent } from './event.js'
import { sseFramer } from './frame.js'

const BYTE_ORDER_MARK = '\uFEFF'

export type SseParser = {
  /** The events that this chunk completes. */
  push(chunk: Uint8Array): SseEvent[]
  /**
   * The last event, when only its blank line is missing: the standard drops it, but some servers end so, and what
   * their data says is whole.
   */
  end(): SseEvent[]
}

export function sseParser(): SseParser {
  const framer = sseFramer()
  let first = true
  return {
    push(chunk) {
      const events: SseEvent[] = []
      for (const block of framer.push(chunk)) {
        const event = parseBlock(block, first)
        first = false
        if (event !== undefined) events.push(event)
      }
      return events
    },
    end() {
      const event = parseBlock(framer.end(), first)
      return event !== undefined && isWhole(event.data) ? [event] : []
    },
  }
}

function isWhole(data: string): boolean {
  return data === '[DONE]' || isObject(parseJson(data))
}

/**
 * The event of one block (see `sseFramer`); undefined for comments, lone line ends and blocks without data.
 * `first`: the block opens the stream, so a byte order mark before it is not part of a field name.
 */
export function parseBlock(block: Uint8Array, first = false): SseEvent | undefined {
  const source = Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString('utf8')
  const data: string[] = []
  let name = ''
  for (const line of (first && source.startsWith(BYTE_ORDER_MARK) ? source.slice(1) : source).split(
    /\r\n|\n|\r/,
  )) {
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    if (field === 'data') data.push(valueAfter(line, colon))
    else if (field === 'event') name = valueAfter(line, colon)
  }
  if (data.length === 0) return undefined
  return name === '' ? { data: data.join('\n') } : { event: name, data: data.join('\n') }
}

function valueAfter(line: string, colon: number): string {
  if (colon === -1) return ''
  return line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
}
