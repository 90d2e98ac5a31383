// A whole Messages answer, both ways. Decoding tells it to the stream machine block by block and collects what
// that says, so there is no second mapping.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, objects, text } from '../../base/json.js'
import type { DecodeContext, EncodeContext } from '../codec.js'
import { collector } from '../ir/collect.js'
import type { Note, Noted } from '../ir/note.js'
import type { IrResponse } from '../ir/response.js'
import { answerBlocks, messageId } from './answer.js'
import { extrasOf } from './answer-carry.js'
import { errorOfBody } from './error-decode.js'
import { encodeFinish, waitsForAgent } from './finish.js'
import { eventDecoder } from './stream-decode.js'
import { encodeUsage } from './usage.js'
import { ownFields } from './wire.js'

/** Throws the upstream's error when the body is one, and HubError `upstream-failed` when it is no message. */
export function decodeResponse(body: JsonObject, context: DecodeContext): IrResponse {
  if (text(body, 'type') === 'error' || isObject(body['error'])) throw errorOfBody(body)
  if (!Array.isArray(body['content'])) {
    throw new HubError('upstream-failed', 'The upstream answered with JSON that is not a message.', {
      hint: 'Check that the channel speaks anthropic-messages at this address.',
    })
  }
  const decoder = eventDecoder(context)
  const answer = collector()
  const tell = (event: JsonObject) => {
    for (const decoded of decoder.push(event)) answer.push(decoded)
  }
  tell({ type: 'message_start', message: { ...body, content: [] } })
  objects(body, 'content').forEach((block, index) => {
    tell({ type: 'content_block_start', index, content_block: block })
    tell({ type: 'content_block_stop', index })
  })
  tell({
    type: 'message_delta',
    delta: { stop_reason: body['stop_reason'] ?? 'end_turn', stop_sequence: body['stop_sequence'] ?? null },
  })
  tell({ type: 'message_stop' })
  return answer.end()
}

export function encodeResponse(response: IrResponse, context: EncodeContext): Noted<JsonObject> {
  const notes: Note[] = []
  const extras = extrasOf(response.carry)
  const content = response.parts.flatMap((part) => answerBlocks(part, context.newId, notes))
  const hasCalls = response.parts.some(
    (part) => part.type === 'tool-call' && waitsForAgent(ownFields(part.carry)),
  )
  const value = {
    id: messageId(response.id, context),
    type: 'message',
    role: 'assistant',
    model: context.model,
    content,
    ...encodeFinish(response.finish, hasCalls),
    usage: { ...encodeUsage(response.usage), ...extras.usage },
    ...extras.message,
    ...extras.beside,
  }
  return { value, notes }
}
