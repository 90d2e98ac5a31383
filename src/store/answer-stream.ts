// A recorded event stream, read once for all that the store wants of it: the texts that came in pieces, what must be searched
// for secrets, and what the model said. One character is one byte, so that places in the text are places in the bytes.
import { isObject, type JsonValue, parseJson } from '../base/json.js'
import { wordsOfEvent } from './answer-parts.js'
import { eventLines, newValues, type StreamValue } from './event-lines.js'

/** A part of a text that came in pieces: where it stands in the stream and in the text. */
export type Piece = { readonly at: number; readonly from: number; readonly length: number }

/** What says of which text an event is. */
const WHOSE = /"(?:type|index|output_index|item_id)":\s*("[^"]*"|\d+)/g

export type AnswerStream = {
  /** The texts that came in pieces, whole again, as they stand in JSON. */
  readonly text: string
  readonly pieces: readonly Piece[]
  /** What the stream says, each line once: of lines that differ in some values only these. */
  readonly lean: string
  /** What the model said and which tools it called, at least its first `MOST_WORDS` bytes, or as many as were asked for. */
  readonly words: string
}

/** No form of a secret and no known one is shorter: such a value is only looked at as a piece of its text. */
const LEAST_SECRET = 8
export const MOST_WORDS = 16_384
/** A larger whole answer brings pictures; to read it for its words would take long. */
export const LARGEST_WHOLE = 2 * 1024 * 1024

export function isStream(bytes: string): boolean {
  return /^(?:event|data|:|id|retry)/.test(bytes)
}

/** One array of events, each of them JSON: how Gemini streams to who does not ask for server-sent events. */
export function isArray(bytes: string): boolean {
  return /^\s*\[\s*\{/.test(bytes)
}

/** An array of events read as the stream that it is; with `mostWords` 0 nobody asks what is said. */
export function readArray(array: string, mostWords = MOST_WORDS): AnswerStream {
  const pieces: Piece[] = []
  let text = ''
  for (const { kind, at, raw } of newValues(array, 0)) {
    if (kind !== 'text') continue
    pieces.push({ at, from: text.length, length: raw.length })
    text += raw
  }
  const isAsked = mostWords > 0 && array.length <= LARGEST_WHOLE
  const words = isAsked ? wordsIn(array, (events) => wordsOfEvents(events).slice(0, mostWords)) : ''
  return { text, pieces, lean: array, words }
}

function wordsOfEvents(events: JsonValue | undefined): string {
  return Array.isArray(events) ? events.filter(isObject).map(wordsOfEvent).join('') : ''
}

/** `mostWords`: so much of what is said is asked for. */
export function readStream(stream: string, mostWords = MOST_WORDS): AnswerStream {
  const pieces: Piece[] = []
  const lean: string[] = []
  let text = ''
  let last = ''
  let words = ''
  let isOwnText = false
  eventLines(stream, ({ type, line, values }) => {
    const isData = line.startsWith('data:')
    if (type === 'new') {
      lean.push(line)
      const whose = isData ? Array.from(line.matchAll(WHOSE), ([, name]) => name).join() : last
      if (whose !== last) text += '\n'
      last = whose
    }
    for (const { kind, at, raw } of values) {
      // Between quotes, as on its line: what may stand round a secret stays the same.
      if (type === 'again' && raw.length >= LEAST_SECRET) lean.push(`"${raw}"`)
      if (kind !== 'text') continue
      pieces.push({ at, from: text.length, length: raw.length })
      text += raw
    }
    if (!isData || words.length >= mostWords) return
    const own = onlyText(values)
    if (type === 'again' && isOwnText && own !== undefined) {
      words += own
      return
    }
    // data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}
    const told = wordsIn(line.slice(5), (event) => (isObject(event) ? wordsOfEvent(event) : ''))
    words += told
    isOwnText = told !== '' && told === own
  })
  return { text, pieces, lean: lean.join('\n'), words }
}

/** The text that an event brings, when it is one. */
function onlyText(values: readonly StreamValue[]): string | undefined {
  let only: StreamValue | undefined
  for (const value of values) {
    if (value.kind !== 'text') continue
    if (only !== undefined) return undefined
    only = value
  }
  if (only === undefined || !only.raw.includes('\\')) return only?.raw
  return wordsIn(`"${only.raw}"`, (text) => (typeof text === 'string' ? text : ''))
}

/** What some JSON of the stream says, one character for each byte again: an escape may name a letter that is more than one. */
function wordsIn(json: string, read: (value: JsonValue | undefined) => string): string {
  if (!json.includes('\\u')) return read(parseJson(json))
  const words = read(parseJson(Buffer.from(json, 'latin1').toString()))
  return Buffer.from(words).toString('latin1')
}
