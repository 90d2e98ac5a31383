// Events → the stream an agent reads. Each part becomes one output item; the last event repeats all items with the
// usage. A stream that was cut never ends clean.

import { assertNever } from '../../base/assert-never.js'
import type { HubError } from '../../base/errors.js'
import type { JsonObject } from '../../base/json.js'
import type { EncodeContext, Step } from '../codec.js'
import { truncated } from '../ir/collect.js'
import type { IrEvent } from '../ir/event.js'
import type { Note } from '../ir/note.js'
import type { FinishReason } from '../ir/response.js'
import type { SseEvent } from '../sse/event.js'
import { failure } from './error-encode.js'
import {
  endCall,
  endReasoning,
  endText,
  pushInput,
  pushMedia,
  pushOpaque,
  pushReasoning,
  pushText,
  startCall,
} from './part-encode.js'
import type { ResponseStatus } from './response-object.js'
import { emit, newWriter, snapshot, start, type Writer } from './stream-writer.js'

export function encodeStream(context: EncodeContext, notes: Note[]): Step<IrEvent, SseEvent> {
  const writer = newWriter(context, notes)
  return {
    push(event) {
      pushEvent(writer, event)
      return taken(writer.events)
    },
    end() {
      if (writer.state.type !== 'over') fail(writer, truncated())
      return writer.events.splice(0)
    },
  }
}

/** What was written; the list is empty after it. */
function taken(events: SseEvent[]): SseEvent[] {
  const only = events[0]
  if (only === undefined) return []
  if (events.length > 1) return events.splice(0)
  events.length = 0
  return [only]
}

/** The `response` of the last event, for an answer in one piece. */
export function encodeEvents(events: readonly IrEvent[], context: EncodeContext, notes: Note[]): JsonObject {
  const writer = newWriter(context, notes)
  for (const event of events) pushEvent(writer, event)
  if (writer.state.type !== 'over') fail(writer, truncated())
  return writer.last ?? {}
}

function pushEvent(writer: Writer, event: IrEvent): void {
  if (writer.state.type === 'over') return
  if (event.type !== 'error') start(writer)
  switch (event.type) {
    case 'start':
      return
    case 'text-start':
      writer.state = { type: 'text', refusal: event.refusal === true, id: undefined, told: '' }
      return
    case 'text-delta':
      pushText(writer, event.text)
      return
    case 'text-end':
      endText(writer, event.carry)
      return
    case 'reasoning-start': {
      const { visibility, id } = event
      writer.state = { type: 'reasoning', visibility, madeId: id, id: undefined, told: '' }
      return
    }
    case 'reasoning-delta':
      pushReasoning(writer, event.text)
      return
    case 'reasoning-end':
      endReasoning(writer, event.seal, event.carry)
      return
    case 'tool-call-start':
      startCall(writer, event)
      return
    case 'tool-call-delta':
      pushInput(writer, event.input)
      return
    case 'tool-call-end':
      endCall(writer, event.carry)
      return
    case 'media':
      pushMedia(writer, event.part)
      return
    case 'opaque':
      pushOpaque(writer, event.part)
      return
    case 'usage':
      writer.usage = event.usage
      return
    case 'finish':
      writer.usage = event.usage ?? writer.usage
      finish(writer, event.reason)
      return
    case 'error':
      fail(writer, event.error)
      return
    default:
      assertNever(event)
  }
}

function finish(writer: Writer, reason: FinishReason): void {
  const ending = endingOf(writer, reason)
  writer.state = { type: 'over' }
  writer.last = snapshot(writer, ending.status, ending)
  emit(writer, `response.${ending.status}`, { response: writer.last })
}

type Ending = {
  readonly status: Exclude<ResponseStatus, 'in_progress'>
  readonly error?: JsonObject
  readonly incomplete?: string
}

/**
 * Codex shows an incomplete answer as an error and repeats a filtered one five times (docs/clients.md), so a cut one
 * counts as complete when there is something in it; SDK clients expect `incomplete`.
 */
function endingOf(writer: Writer, reason: FinishReason): Ending {
  const codex = writer.context.agent === 'codex'
  const productive = writer.output.some((item) => item['type'] !== 'reasoning')
  switch (reason) {
    case 'stop':
    case 'tool-calls':
    case 'pause':
      return { status: 'completed' }
    case 'length':
      if (codex && productive) return { status: 'completed' }
      return { status: 'incomplete', incomplete: 'max_output_tokens' }
    case 'context':
      if (codex && productive) return { status: 'completed' }
      if (codex) return { status: 'failed', error: FULL }
      return { status: 'incomplete', incomplete: 'max_output_tokens' }
    case 'filter':
      if (codex) return { status: 'failed', error: FILTERED }
      return { status: 'incomplete', incomplete: 'content_filter' }
    default:
      return assertNever(reason)
  }
}

const FULL = {
  code: 'context_length_exceeded',
  message: 'The context window of the model is full.',
}
const FILTERED = {
  code: 'invalid_prompt',
  message: 'The provider stopped this answer for its content. Rephrase the request or choose another model.',
}

function fail(writer: Writer, error: HubError): void {
  if (writer.state.type === 'waiting') start(writer)
  writer.state = { type: 'over' }
  writer.last = snapshot(writer, 'failed', { error: failure(error, writer.context.agent) })
  emit(writer, 'response.failed', { response: writer.last })
}
