// Passes messages of one protocol on untouched. Law: out comes every byte that went in, in its order, except the
// value of the model's name; unknown events, comments, blanks and odd line ends included.

import { Buffer } from 'node:buffer'
import { assertNever } from '../base/assert-never.js'
import { isObject, object, objects, parseJson, text } from '../base/json.js'
import type { ProtocolId } from './ids.js'
import { type Edit, edited, topLevelSpans } from './json-spans.js'
import { modelRenamer } from './relay-model.js'
import { blockSkipper, contentRunner } from './skip.js'
import type { SseEvent } from './sse/event.js'
import { asBuffer, eachBlock, sseFramer } from './sse/frame.js'
import { parseBlock } from './sse/parse.js'

/** Where a whole answer names its model, at the top level. */
export function answerModelKey(protocol: ProtocolId): 'model' | 'modelVersion' {
  return protocol === 'gemini' ? 'modelVersion' : 'model'
}

/**
 * The JSON body with the top-level `model` replaced, also where the key stands twice; undefined when the body is
 * not an object or names no model. Serves requests and whole answers alike: all protocols name it at the top.
 */
export function spliceModel(
  body: Uint8Array,
  model: string,
  key: ReturnType<typeof answerModelKey> = 'model',
): Uint8Array | undefined {
  const found = topLevelSpans(body, [key])
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

/** Who hears the events of a relayed stream. */
export type RelayListener = {
  hear(event: SseEvent): void
  /** False once mere pieces of content need not be told any more. */
  readonly wantsContent: boolean
}

export type RelayStream = {
  /** The bytes of the events that this chunk completes. */
  push(chunk: Uint8Array): Uint8Array[]
  end(): RelayEnd
  /** How the answer ended so far. */
  readonly terminal: RelayEnd['terminal']
}

/** A machine over the bytes of a streamed answer that puts the model name in which the agent asked for. */
export function relayStream(options: {
  readonly protocol: ProtocolId
  readonly askedModel: string
  readonly listener?: RelayListener
}): RelayStream {
  const { protocol, listener } = options
  const framer = sseFramer()
  const renamer = modelRenamer(protocol, options.askedModel)
  const skipRun = contentRunner(protocol)
  let first = true

  function read(block: Uint8Array): SseEvent | undefined {
    const event = parseBlock(block, first)
    first = false
    if (event !== undefined && stream.terminal === 'none') stream.terminal = terminalOf(protocol, event)
    return event
  }

  /** Whole events in one piece: they are looked at one by one, and go on together. */
  function pass(whole: Uint8Array): Uint8Array {
    const text = asBuffer(whole).toString('latin1')
    const isContent = blockSkipper(protocol, text)
    const names = renamer.over(whole, text)
    const edits: Edit[] = []
    let runEnd = 0
    const skipContent = (start: number) => {
      if (skipRun === undefined || listener?.wantsContent !== false) return start
      // A run in which a model may be named is looked at block by block; it ends where it ended from its first block.
      if (start >= runEnd) runEnd = skipRun(text, start)
      return runEnd > names.nextFrom(start) ? start : runEnd
    }
    eachBlock(
      text,
      (start, end) => {
        const found = names.editsIn(start, end)
        if (found.length > 0) edits.push(...found)
        if (listener?.wantsContent === false && isContent(start, end)) return
        const event = read(whole.subarray(start, end))
        if (event !== undefined) listener?.hear(event)
      },
      skipContent,
    )
    return edits.length === 0 ? whole : edited(whole, edits)
  }

  // Not a getter over a variable: those of a literal cost a request much (daemon/answer.ts).
  const stream: RelayStream & { terminal: RelayEnd['terminal'] } = {
    terminal: 'none',
    push: (chunk) => framer.push(chunk).map(pass),
    end() {
      const rest = framer.end()
      const cleanBoundary = rest.length === 0
      // Some upstreams leave out the blank line after their last event, and some clients read it all the same.
      const lastEvent = cleanBoundary ? undefined : parseBlock(rest, first)
      if (lastEvent !== undefined && isWhole(lastEvent)) read(rest)
      // A cut event may look like those before it; only one that is whole has its name changed.
      const text = asBuffer(rest).toString('latin1')
      const edits = modelRenamer(protocol, options.askedModel).over(rest, text).editsIn(0, rest.length)
      return {
        held: edits.length === 0 ? rest : edited(rest, edits),
        terminal: stream.terminal,
        cleanBoundary,
      }
    },
  }
  return stream
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
    case 'gemini':
      return geminiTerminal(event.data)
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

/** Arguments of a call stand in the open, so what the search hits is read before it is believed. */
function geminiTerminal(data: string): RelayEnd['terminal'] {
  if (!/"(?:finishReason|blockReason|error)"/.test(data)) return 'none'
  const chunk = parseJson(data)
  if (!isObject(chunk)) return 'none'
  if (isObject(chunk['error'])) return 'failed'
  const isOver =
    text(object(chunk, 'promptFeedback') ?? {}, 'blockReason') !== undefined ||
    objects(chunk, 'candidates').some((candidate) => text(candidate, 'finishReason') !== undefined)
  return isOver ? 'finished' : 'none'
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
