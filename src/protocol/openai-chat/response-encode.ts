// A whole answer: the sum of the deltas that the stream would send.

import { isObject, type JsonObject, type JsonValue, without } from '../../base/json.js'
import type { EncodeContext } from '../codec.js'
import type { Note, Noted } from '../ir/note.js'
import { replay } from '../ir/replay.js'
import type { IrResponse } from '../ir/response.js'
import { deltaEncoder } from './chunks.js'
import { asksLegacy, OWN_FIELDS, ownId } from './stream-encode.js'
import { encodeUsage } from './usage.js'

export function encodeResponse(response: IrResponse, context: EncodeContext): Noted<JsonObject> {
  const notes: Note[] = []
  const deltas = deltaEncoder(asksLegacy(context.request), notes)
  let message: JsonObject = { role: 'assistant', content: '', refusal: null }
  let finish: JsonObject = {}
  let reason = 'stop'
  for (const told of replay(response).flatMap((event) => deltas.push(event))) {
    if (told.type === 'delta') message = joined(message, told.delta)
    if (told.type === 'words') message = joined(message, told.delta(told.words))
    if (told.type !== 'finish') continue
    reason = told.reason
    finish = {
      ...without(told.fields, OWN_FIELDS),
      ...(told.usage === undefined ? {} : { usage: encodeUsage(told.usage) }),
    }
  }
  const value: JsonObject = {
    id: ownId(response.id) ?? context.newId('chatcmpl-'),
    object: 'chat.completion',
    created: context.nowSeconds,
    model: context.model,
    choices: [{ index: 0, message: settled(message), logprobs: null, finish_reason: reason }],
    ...finish,
  }
  return { value, notes }
}

/** Texts are concatenated, calls put together by their index, other lists appended. */
function joined(message: JsonObject, delta: JsonObject): JsonObject {
  const result: JsonObject = { ...message }
  for (const [key, value] of Object.entries(delta)) {
    if (key === 'role') continue
    result[key] = key === 'tool_calls' ? joinCalls(result[key], value) : sum(result[key], value)
  }
  return result
}

function sum(before: JsonValue | undefined, value: JsonValue): JsonValue {
  if (typeof before === 'string' && typeof value === 'string') return before + value
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value]
  if (isObject(before) && isObject(value)) {
    const result = { ...before }
    for (const [key, member] of Object.entries(value)) result[key] = sum(result[key], member)
    return result
  }
  return value
}

function joinCalls(before: JsonValue | undefined, value: JsonValue): JsonValue {
  const calls = Array.isArray(before) ? [...before] : []
  for (const piece of Array.isArray(value) ? value.filter(isObject) : []) {
    const { index, ...rest } = piece
    const place = typeof index === 'number' ? index : calls.length
    calls[place] = sum(calls[place], rest)
  }
  return calls
}

/** Content is null where nothing was said beside calls or a refusal. */
function settled(message: JsonObject): JsonObject {
  const other = ['tool_calls', 'function_call', 'refusal', 'audio'].some((key) => isPresent(message[key]))
  return message['content'] === '' && other ? { ...message, content: null } : message
}

function isPresent(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null
}
