// Reads server-sent events from bytes, whatever the split points. Law: every two-way split of a stream gives the
// same events as the whole; an event whose data the end of the stream cuts is not told.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

import { isObject, parseJson } from '../../base/json.js'
import type { SseEvent } from './event.js'
import { asBuffer, eachBlock, sseFramer } from './frame.js'

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
      for (const whole of framer.push(chunk)) {
        const text = decoded(whole, first)
        first = false
        const read = text.includes('\r') ? eventBetween : usualEvent
        eachBlock(text, (start, end) => {
          const event = read(text, start, end)
          if (event !== undefined) events.push(event)
        })
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

/** `first`: the bytes open the stream, so a byte order mark before them is not part of a field name. */
function decoded(bytes: Uint8Array, first: boolean): string {
  const text = asBuffer(bytes).toString('utf8')
  return first && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}

/** The event of one block; undefined for comments, lone line ends and blocks without data. `first` as above. */
export function parseBlock(block: Uint8Array, first = false): SseEvent | undefined {
  return eventOf(decoded(block, first))
}

/** The usual block, `event: …` and one line of data or the data alone, is cut out by search. */
function usualEvent(text: string, start: number, end: number): SseEvent | undefined {
  const named = text.startsWith('event: ', start)
  const nameEnd = named ? text.indexOf('\n', start) : start - 1
  const data = nameEnd + 1
  const dataEnd = end - 2
  const isUsual = text.startsWith('data: ', data) && text.indexOf('\n', data) === dataEnd
  if (!isUsual) return eventBetween(text, start, end)
  const value = text.slice(data + 'data: '.length, dataEnd)
  const name = named ? text.slice(start + 'event: '.length, nameEnd) : ''
  return name === '' ? { data: value } : { event: name, data: value }
}

function eventBetween(text: string, start: number, end: number): SseEvent | undefined {
  return eventOf(text.slice(start, end))
}

function eventOf(block: string): SseEvent | undefined {
  const data: string[] = []
  let name = ''
  for (const line of block.split(/\r\n|\n|\r/)) {
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
