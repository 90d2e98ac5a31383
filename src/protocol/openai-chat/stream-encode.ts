// IR events → the chunks of a stream: role first, deltas, finish, usage if it was asked for, [DONE].
// After an error there is no [DONE]: a stream that broke must not look finished.

import { type JsonObject, without } from '../../base/json.js'
import type { EncodeContext, ErrorContext, KeepAliveState, Step } from '../codec.js'
import { truncated } from '../ir/collect.js'
import type { IrEvent } from '../ir/event.js'
import type { Note } from '../ir/note.js'
import type { IrRequest } from '../ir/request.js'
import type { SseEvent } from '../sse/event.js'
import { wordsForm } from '../sse/form.js'
import { deltaEncoder, type Told } from './chunks.js'
import { errorBody } from './error-encode.js'
import { LEGACY_MARK } from './tools-decode.js'
import { encodeUsage } from './usage.js'
import { ownFields } from './wire.js'

const DONE: SseEvent = { data: '[DONE]' }

/** What the hub itself says of an answer; a carried field never takes its place. */
export const OWN_FIELDS = ['id', 'object', 'created', 'model', 'choices', 'usage']

/** waiting: no chunk is out, the id is not known yet · open: chunks carry the id · over: finish or error is out. */
type State =
  | { readonly at: 'waiting' }
  | { readonly at: 'open'; readonly id: string }
  | { readonly at: 'over' }

export function encodeStream(context: EncodeContext, notes: Note[]): Step<IrEvent, SseEvent> {
  const deltas = deltaEncoder(asksLegacy(context.request), notes)
  const wantsUsage = context.request.streamUsage === true
  let state: State = { at: 'waiting' }
  /** How chunks with the last kind of words are written; the id is the same in all of an answer. */
  let form: { readonly kind: string; readonly write: (words: string) => string } | undefined

  function begin(id: string | undefined): string {
    if (state.at === 'open') return state.id
    const chosen = ownId(id) ?? context.newId('chatcmpl-')
    state = { at: 'open', id: chosen }
    return chosen
  }

  function chunkValue(id: string, choices: JsonObject[], fields: JsonObject): JsonObject {
    const head = { id, object: 'chat.completion.chunk', created: context.nowSeconds, model: context.model }
    // With include_usage every chunk has the field, null in all but the last.
    const usage = wantsUsage ? { usage: null } : {}
    return { ...head, choices, ...usage, ...fields }
  }

  function chunk(id: string, choices: JsonObject[], fields: JsonObject): SseEvent {
    return event(chunkValue(id, choices, fields))
  }

  function words(told: Extract<Told, { readonly type: 'words' }>, id: string): SseEvent {
    if (form?.kind !== told.kind)
      form = {
        kind: told.kind,
        write: wordsForm((piece) => chunkValue(id, [choice(told.delta(piece), null)], {})),
      }
    return { data: form.write(told.words) }
  }

  function tell(told: Told): SseEvent[] {
    if (told.type === 'error') {
      state = { at: 'over' }
      return [event(errorBody(told.error))]
    }
    const id = begin(undefined)
    if (told.type === 'words') return [words(told, id)]
    if (told.type === 'delta') return [chunk(id, [choice(told.delta, null)], {})]
    state = { at: 'over' }
    const last = chunk(id, [choice({}, told.reason)], without(told.fields, OWN_FIELDS))
    if (!wantsUsage || told.usage === undefined) return [last, DONE]
    return [last, chunk(id, [], { usage: encodeUsage(told.usage) }), DONE]
  }

  return {
    push(item) {
      if (state.at === 'over') return []
      if (item.type === 'start') begin(item.id)
      const told = deltas.push(item)
      const only = told[0]
      if (only === undefined) return []
      return told.length === 1 ? tell(only) : told.flatMap(tell)
    },
    end() {
      return state.at === 'over' ? [] : tell({ type: 'error', error: truncated() })
    },
  }
}

/** An id of this protocol is kept, another protocol's is not shown. */
export function ownId(id: string | undefined): string | undefined {
  return id?.startsWith('chatcmpl-') === true ? id : undefined
}

/** Whether the asker offered its tools in the older `functions` list only. */
export function asksLegacy(request: IrRequest): boolean {
  const functions = request.tools.filter((tool) => tool.type === 'function')
  return functions.length > 0 && functions.every((tool) => ownFields(tool.carry)[LEGACY_MARK] === true)
}

function choice(delta: JsonObject, reason: string | null): JsonObject {
  return { index: 0, delta, logprobs: null, finish_reason: reason }
}

function event(value: JsonObject): SseEvent {
  return { data: JSON.stringify(value) }
}

/** A chunk without content; before the first chunk there is none to be had. */
export function keepAlive(state: KeepAliveState): SseEvent[] {
  if (!state.started) return []
  return [
    event({
      id: state.responseId,
      object: 'chat.completion.chunk',
      created: state.nowSeconds,
      model: state.model,
      choices: [choice({}, null)],
    }),
  ]
}

/** The official clients throw at a chunk with `error`; no [DONE] follows. */
export function encodeStreamError(
  error: Parameters<typeof errorBody>[0],
  _context: ErrorContext,
): SseEvent[] {
  return [event(errorBody(error))]
}
