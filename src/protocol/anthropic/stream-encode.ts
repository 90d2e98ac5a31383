// IR events as a Messages stream for an agent. Law: blocks one after another with rising index, no empty text, tool
// input only in pieces, the true usage in `message_delta`, and never a clean end of a broken answer (docs/clients.md).

import type { HubError } from '../../base/errors.js'
import type { JsonObject } from '../../base/json.js'
import type { EncodeContext, Step } from '../codec.js'
import { truncated } from '../ir/collect.js'
import type { IrEvent } from '../ir/event.js'
import type { Note } from '../ir/note.js'
import type { Carry, Seal, ToolKind } from '../ir/part.js'
import type { IrUsage } from '../ir/usage.js'
import type { SseEvent } from '../sse/event.js'
import { wordsForm } from '../sse/form.js'
import { callHead, hiddenThinking, locations, messageId, proofOf, wholeBlocks } from './answer.js'
import { extrasOf } from './answer-carry.js'
import { errorType } from './error-encode.js'
import { messageStart, piecesOf, sse } from './events.js'
import { encodeFinish, waitsForAgent } from './finish.js'
import { encodeUsage } from './usage.js'
import { ownFields } from './wire.js'

/**
 * before: nothing is out · between: no block is open · text-due, thinking-due: a part began but has shown nothing ·
 * in-text, in-thinking, in-call: its block is open · over: `message_stop` or `error` is out.
 */
type State =
  | { readonly name: 'before' | 'between' | 'text-due' | 'in-text' | 'thinking-due' | 'in-thinking' | 'over' }
  | { readonly name: 'in-call'; readonly kind: ToolKind }

const DELTA = 'content_block_delta'

type PartEvent = Exclude<IrEvent, { readonly type: 'start' | 'usage' | 'finish' | 'error' }>

export function encodeStream(context: EncodeContext, notes: Note[]): Step<IrEvent, SseEvent> {
  const blocks = blockWriter(context, notes)
  let place: 'before' | 'inside' | 'over' = 'before'
  let usage: IrUsage | undefined

  function fail(error: HubError): SseEvent[] {
    if (place === 'over') return []
    place = 'over'
    const type = errorType(error.code)
    return [sse('error', { error: { type, message: error.message } })]
  }

  return {
    push(event) {
      if (place === 'over') return []
      switch (event.type) {
        case 'start':
          if (place !== 'before') return []
          place = 'inside'
          return [messageStart(messageId(event.id, context), context.model)]
        case 'usage':
          usage = event.usage
          return []
        case 'finish':
          place = 'over'
          return [messageDelta(event, event.usage ?? usage, blocks.hasCalls()), sse('message_stop', {})]
        case 'error':
          return fail(event.error)
        default:
          return blocks.push(event)
      }
    },
    end: () => (place === 'over' ? [] : fail(truncated())),
  }
}

function messageDelta(
  event: Extract<IrEvent, { type: 'finish' }>,
  usage: IrUsage | undefined,
  hasCalls: boolean,
): SseEvent {
  const extras = extrasOf(event.carry)
  return sse('message_delta', {
    delta: { ...encodeFinish(event, hasCalls), ...extras.message },
    usage: { ...encodeUsage(usage), ...extras.usage },
    ...extras.beside,
  })
}

/** The deltas that hold words, and where. */
const WORDS = { text_delta: 'text', thinking_delta: 'thinking', input_json_delta: 'partial_json' } as const

/** Writes the deltas of one block, of which only the words differ. */
function wordsWriter(): (index: number, kind: keyof typeof WORDS, piece: string) => SseEvent {
  let form = wordsForm((text) => ({ text }))
  let place = -1
  let written: keyof typeof WORDS | undefined
  return (index, kind, piece) => {
    if (index !== place || kind !== written) {
      form = wordsForm((text) => ({ type: DELTA, index, delta: { type: kind, [WORDS[kind]]: text } }))
      place = index
      written = kind
    }
    return { event: DELTA, data: form(piece) }
  }
}

type BlockWriter = { push(event: PartEvent): SseEvent[]; hasCalls(): boolean }

function blockWriter(context: EncodeContext, notes: Note[]): BlockWriter {
  let state: State = { name: 'between' }
  let index = 0
  let calls = 0
  /** The words of the open text. */
  let spoken = ''

  const open = (block: JsonObject) => sse('content_block_start', { index, content_block: block })
  const delta = (change: JsonObject) => sse(DELTA, { index, delta: change })
  const words = wordsWriter()
  const said = (kind: keyof typeof WORDS, piece: string): SseEvent => words(index, kind, piece)
  const json = (piece: string) => said('input_json_delta', piece)

  function close(): SseEvent {
    state = { name: 'between' }
    return sse('content_block_stop', { index: index++ })
  }

  function textDelta(piece: string): SseEvent[] {
    if (piece === '') return []
    const event = said('text_delta', piece)
    if (state.name !== 'text-due') {
      spoken += piece
      if (state.name !== 'in-text') state = { name: 'in-text' }
      return [event]
    }
    spoken = piece
    state = { name: 'in-text' }
    return [open({ type: 'text', text: '' }), event]
  }

  function textEnd(carry: Carry | undefined): SseEvent[] {
    if (state.name !== 'in-text') return []
    const citations = locations(spoken, carry, notes)
    return [...citations.map((citation) => delta({ type: 'citations_delta', citation })), close()]
  }

  function thinkingDelta(piece: string): SseEvent[] {
    if (piece === '') return []
    const event = said('thinking_delta', piece)
    if (state.name === 'in-thinking') return [event]
    const isDue = state.name === 'thinking-due'
    state = { name: 'in-thinking' }
    return isDue ? [open({ type: 'thinking', thinking: '', signature: '' }), event] : [event]
  }

  function thinkingEnd(seal: Seal | undefined): SseEvent[] {
    if (state.name !== 'in-thinking') {
      state = { name: 'between' }
      return seal === undefined ? [] : whole(hiddenThinking(seal))
    }
    return [delta({ type: 'signature_delta', signature: proofOf(seal) }), close()]
  }

  function callStart(event: Extract<IrEvent, { type: 'tool-call-start' }>): SseEvent[] {
    state = { name: 'in-call', kind: event.kind }
    const head = open(callHead(event, context.newId))
    return event.kind === 'custom' ? [head, json('{"input":"')] : [head]
  }

  function callDelta(piece: string): SseEvent[] {
    if (piece === '') return []
    // Free text goes into the string of a JSON object.
    const free = state.name === 'in-call' && state.kind === 'custom'
    return [json(free ? JSON.stringify(piece).slice(1, -1) : piece)]
  }

  function callEnd(carry: Carry | undefined): SseEvent[] {
    if (waitsForAgent(ownFields(carry))) calls += 1
    const tail = state.name === 'in-call' && state.kind === 'custom' ? [json('"}')] : []
    return [...tail, close()]
  }

  /** A block that came whole, in the pieces that clients expect of its type. */
  function whole(block: JsonObject): SseEvent[] {
    const { head, changes } = piecesOf(block)
    return [open(head), ...changes.map(delta), close()]
  }

  return {
    hasCalls: () => calls > 0,
    push(event) {
      switch (event.type) {
        case 'text-start':
          state = { name: 'text-due' }
          return []
        case 'text-delta':
          return textDelta(event.text)
        case 'text-end':
          return textEnd(event.carry)
        case 'reasoning-start':
          state = { name: 'thinking-due' }
          return []
        case 'reasoning-delta':
          return thinkingDelta(event.text)
        case 'reasoning-end':
          return thinkingEnd(event.seal)
        case 'tool-call-start':
          return callStart(event)
        case 'tool-call-delta':
          return callDelta(event.input)
        case 'tool-call-end':
          return callEnd(event.carry)
        case 'media':
        case 'opaque':
          return wholeBlocks(event.part, context.newId, notes).flatMap(whole)
      }
    },
  }
}
