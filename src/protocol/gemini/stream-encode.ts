// IR events → the chunks of a stream, each a whole response object; the last has finishReason and the counters. There is
// no closing mark, so after an error nothing may look like an end.

import { type JsonObject, without } from '../../base/json.js'
import type { EncodeContext, ErrorContext, KeepAliveState, Step } from '../codec.js'
import { truncated } from '../ir/collect.js'
import type { IrEvent } from '../ir/event.js'
import type { Note, Noted } from '../ir/note.js'
import { replay } from '../ir/replay.js'
import type { IrResponse } from '../ir/response.js'
import type { SseEvent } from '../sse/event.js'
import { partEncoder, type Told } from './chunks.js'
import { errorBody } from './error-encode.js'
import { encodeUsage } from './usage.js'

/** What the hub itself says of an answer; a carried field never takes its place. */
const OWN_FIELDS = ['candidates', 'usageMetadata', 'modelVersion', 'responseId']

/** waiting: no chunk is out · open: chunks carry the id · over: finish or error is out. */
type State =
  | { readonly at: 'waiting' }
  | { readonly at: 'open'; readonly id: string }
  | { readonly at: 'over' }

export function encodeStream(context: EncodeContext, notes: Note[]): Step<IrEvent, SseEvent> {
  const encoder = partEncoder(notes)
  let state: State = { at: 'waiting' }

  function begin(): string {
    if (state.at === 'open') return state.id
    const id = context.newId('')
    state = { at: 'open', id }
    return id
  }

  function tell(told: Told): SseEvent[] {
    if (told.type === 'error') {
      state = { at: 'over' }
      return [event(errorBody(told.error))]
    }
    const id = begin()
    if (told.type === 'parts') return [event(chunk(told.parts, {}, {}, context.model, id))]
    state = { at: 'over' }
    return [event(lastChunk(told, told.parts, context.model, id))]
  }

  return {
    push(item) {
      return state.at === 'over' ? [] : encoder.push(item).flatMap(tell)
    },
    end() {
      return state.at === 'over' ? [] : tell({ type: 'error', error: truncated() })
    },
  }
}

/** A whole answer: the sum of the chunks that the stream would send, pieces of one text joined. */
export function encodeResponse(response: IrResponse, context: EncodeContext): Noted<JsonObject> {
  const notes: Note[] = []
  const encoder = partEncoder(notes)
  const parts: JsonObject[] = []
  const id = context.newId('')
  let value: JsonObject = {}
  for (const told of replay(response).flatMap((item) => encoder.push(item))) {
    if (told.type === 'error') continue
    parts.push(...told.parts)
    if (told.type === 'finish') value = lastChunk(told, parts, context.model, id)
  }
  return { value, notes }
}

function chunk(
  parts: readonly JsonObject[],
  candidate: JsonObject,
  fields: JsonObject,
  model: string,
  id: string,
): JsonObject {
  const content = { parts: [...parts], role: 'model' }
  return { candidates: [{ content, ...candidate, index: 0 }], ...fields, modelVersion: model, responseId: id }
}

function lastChunk(
  told: Extract<Told, { type: 'finish' }>,
  parts: readonly JsonObject[],
  model: string,
  id: string,
): JsonObject {
  const fields = {
    ...without(told.fields, OWN_FIELDS),
    ...(told.usage === undefined ? {} : { usageMetadata: encodeUsage(told.usage) }),
  }
  return chunk(parts, { finishReason: told.reason, ...told.candidate }, fields, model, id)
}

function event(value: JsonObject): SseEvent {
  return { data: JSON.stringify(value) }
}

/** A chunk without candidates, which clients pass over; before the first chunk there is none to be had. */
export function keepAlive(state: KeepAliveState): SseEvent[] {
  if (!state.started) return []
  return [event({ modelVersion: state.model, responseId: state.responseId })]
}

export function encodeStreamError(
  error: Parameters<typeof errorBody>[0],
  _context: ErrorContext,
): SseEvent[] {
  return [event(errorBody(error))]
}
