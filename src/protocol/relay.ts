// Passes messages of one protocol on untouched. Law: out comes every byte that went in, in its order, except the
// value of the model's name; unknown events, comments, blanks and odd line ends included.

import { Buffer } from 'node:buffer'
import { assertNever } from '../base/assert-never.js'
import { isObject, parseJson, text } from '../base/json.js'
import type { ProtocolId } from './ids.js'
import { edited, isStringAt, members, type Span, topLevelSpans } from './json-spans.js'
import type { SseEvent } from './sse/event.js'
import { sseFramer } from './sse/frame.js'
import { parseBlock } from './sse/parse.js'

/**
 * The JSON body with the top-level `model` replaced, also where the key stands twice; undefined when the body is
 * not an object or names no model. Serves requests and whole answers alike: all three protocols name it there.
 */
export function spliceModel(body: Uint8Array, model: string): Uint8Array | undefined {
  const found = topLevelSpans(body, ['model'])
  if (found === undefined || found.length === 0) return undefined
  const name = Buffer.from(JSON.stringify(model), 'utf8')
  return edited(
    body,
    found.map((member) => ({ span: member.value, with: name })),
  )
}

export type RelayEnd = {
  /** Bytes after the last whole event, to be passed on as they are. */
  readonly held: Uint8Array
  /** How the answer ended by its own words; `none`: it was cut. */
  readonly terminal: 'none' | 'finished' | 'failed'
  /** The last byte was the end of an event. */
  readonly cleanBoundary: boolean
}

export type RelayStream = {
  /** The bytes of the events that this chunk completes, and these events for whoever listens. */
  push(chunk: Uint8Array): { readonly out: Uint8Array[]; readonly events: SseEvent[] }
  end(): RelayEnd
  /** How the answer ended so far. */
  readonly terminal: RelayEnd['terminal']
}

/** A machine over the bytes of a streamed answer that puts the model name in which the agent asked for. */
export function relayStream(options: {
  readonly protocol: ProtocolId
  readonly askedModel: string
}): RelayStream {
  const framer = sseFramer()
  const path = MODEL_PATHS[options.protocol]
  const name = Buffer.from(JSON.stringify(options.askedModel), 'utf8')
  let terminal: RelayEnd['terminal'] = 'none'
  let first = true

  function listen(block: Uint8Array): SseEvent | undefined {
    const event = parseBlock(block, first)
    first = false
    if (event !== undefined && terminal === 'none') terminal = terminalOf(options.protocol, event)
    return event
  }

  return {
    push(chunk) {
      const blocks = framer.push(chunk)
      return {
        out: blocks.map((block) => withModel(block, path, name)),
        events: blocks.map(listen).filter((event) => event !== undefined),
      }
    },
    end() {
      const rest = framer.end()
      const cleanBoundary = rest.length === 0
      // Some upstreams leave out the blank line after their last event, and some clients read it all the same.
      const lastEvent = cleanBoundary ? undefined : parseBlock(rest, first)
      if (lastEvent !== undefined && isWhole(lastEvent)) listen(rest)
      return { held: withModel(rest, path, name), terminal, cleanBoundary }
    },
    get terminal() {
      return terminal
    },
  }
}

/** Where an event names the model. */
const MODEL_PATHS: Readonly<Record<ProtocolId, readonly string[]>> = {
  'openai-chat': ['model'],
  'openai-responses': ['response', 'model'],
  'anthropic-messages': ['message', 'model'],
}

function isWhole(event: SseEvent): boolean {
  return event.data === '[DONE]' || parseJson(event.data) !== undefined
}

function terminalOf(protocol: ProtocolId, event: SseEvent): RelayEnd['terminal'] {
  switch (protocol) {
    case 'anthropic-messages':
      return terminalByType(event, ['message_stop'], ['error'])
    case 'openai-responses':
      return terminalByType(
        event,
        ['response.completed', 'response.incomplete'],
        ['response.failed', 'error'],
      )
    case 'openai-chat':
      return chatTerminal(event.data)
    default:
      return assertNever(protocol)
  }
}

/** Quotes inside a model's words are escaped in JSON, so these searches only hit the chunk's own fields. */
function chatTerminal(data: string): RelayEnd['terminal'] {
  if (data === '[DONE]') return 'finished'
  const reason = /"finish_reason"\s*:\s*"([^"]*)"/.exec(data)?.[1]
  if (reason !== undefined) return reason === 'error' ? 'failed' : 'finished'
  if (!data.includes('"error"')) return 'none'
  const chunk = parseJson(data)
  return isObject(chunk) && (isObject(chunk['error']) || typeof chunk['error'] === 'string')
    ? 'failed'
    : 'none'
}

function terminalByType(
  event: SseEvent,
  finished: readonly string[],
  failed: readonly string[],
): RelayEnd['terminal'] {
  const known = [...finished, ...failed]
  // Parsing is for the few events whose text may name an end; the others are told apart by a search.
  if (!known.some((type) => event.event === type || event.data.includes(`"${type}"`))) return 'none'
  const data = parseJson(event.data)
  const type = (isObject(data) ? text(data, 'type') : undefined) ?? event.event ?? ''
  if (finished.includes(type)) return 'finished'
  return failed.includes(type) ? 'failed' : 'none'
}

const MODEL_KEY = Buffer.from('"model"', 'utf8')

/** The block with the model's name replaced; the same bytes when it names none. */
function withModel(block: Uint8Array, path: readonly string[], name: Uint8Array): Uint8Array {
  if (!Buffer.from(block.buffer, block.byteOffset, block.byteLength).includes(MODEL_KEY)) return block
  const lines = dataLines(block)
  const data = joinedLines(lines)
  const spans = stringsAt(data, { start: 0, end: data.length }, path)
  if (spans.every((span) => data.subarray(span.start, span.end).equals(name))) return block
  return edited(
    block,
    spans.map((span) => ({ span: spanInBlock(lines, span), with: name })),
  )
}

function joinedLines(lines: readonly DataLine[]): Buffer {
  const [only] = lines
  if (lines.length === 1 && only !== undefined) {
    return Buffer.from(only.bytes.buffer, only.bytes.byteOffset, only.bytes.byteLength)
  }
  return Buffer.concat(lines.flatMap((line, index) => [...(index === 0 ? [] : [LINE_FEED]), line.bytes]))
}

const LINE_FEED = Buffer.from('\n', 'utf8')
const CARRIAGE_RETURN = Buffer.from('\r', 'utf8')

/** The string values at a path of keys; a key that stands twice is followed twice. */
function stringsAt(bytes: Uint8Array, span: Span, path: readonly string[]): Span[] {
  const [key, ...rest] = path
  if (key === undefined) return isStringAt(bytes, span) ? [span] : []
  return (members(bytes, span, [key]) ?? []).flatMap((member) => stringsAt(bytes, member.value, rest))
}

type DataLine = { readonly bytes: Uint8Array; readonly start: number }

/** The values of a block's data lines, and where in the block they begin. */
function dataLines(block: Uint8Array): DataLine[] {
  return onlyLine(block) ?? allLines(block)
}

const DATA = Buffer.from('data:', 'utf8')

/** The usual block: one data line and nothing else. It comes hundreds of times in an answer, so it is found by search. */
function onlyLine(block: Uint8Array): DataLine[] | undefined {
  const buffer = Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  if (!buffer.subarray(0, DATA.length).equals(DATA)) return undefined
  const end = buffer.indexOf(LINE_FEED)
  if (end < 0 || buffer.includes(DATA, end) || buffer.subarray(0, end).includes(CARRIAGE_RETURN))
    return undefined
  const start = block[DATA.length] === 0x20 ? DATA.length + 1 : DATA.length
  return [{ bytes: block.subarray(start, end), start }]
}

function allLines(block: Uint8Array): DataLine[] {
  const source = Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString('latin1')
  return [...source.matchAll(/(?<=^|[\r\n]|^\xEF\xBB\xBF)data: ?([^\r\n]*)/g)].map((match) => {
    const value = match[1] ?? ''
    const start = match.index + match[0].length - value.length
    return { bytes: block.subarray(start, start + value.length), start }
  })
}

/** A string never runs over a line end, so a span of the joined data lies in one of the lines. */
function spanInBlock(lines: readonly DataLine[], span: Span): Span {
  let joined = 0
  for (const line of lines) {
    const shift = line.start - joined
    if (span.end <= joined + line.bytes.length) return { start: span.start + shift, end: span.end + shift }
    joined += line.bytes.length + 1
  }
  return span
}
