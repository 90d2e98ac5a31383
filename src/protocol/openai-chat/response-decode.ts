// A whole answer → IR. The message is fed to the stream machine as one delta, so there is no second mapping.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, objects } from '../../base/json.js'
import type { DecodeContext } from '../codec.js'
import { collect } from '../ir/collect.js'
import type { IrResponse } from '../ir/response.js'
import { errorInside } from './error-decode.js'
import { decodeStream } from './stream-decode.js'

/** Throws the HubError of an answer that is an error, and `upstream-failed` for one without choices. */
export function decodeResponse(body: JsonObject, context: DecodeContext): IrResponse {
  const choices = objects(body, 'choices')
  if (choices.length === 0 && errorInside(body) === undefined)
    throw new HubError('upstream-failed', 'The upstream answered without any choice.', {
      hint: 'Check that the channel speaks Chat Completions (openai-chat).',
    })
  const machine = decodeStream(context)
  const chunk: JsonObject = { ...body, choices: choices.map(asDelta) }
  return collect([
    ...machine.push({ data: JSON.stringify(chunk) }),
    ...machine.push({ data: '[DONE]' }),
    ...machine.end(),
  ])
}

/** Calls of a whole message are told apart by their place, whatever index or id they claim. */
function asDelta(choice: JsonObject): JsonObject {
  const message = isObject(choice['message']) ? choice['message'] : {}
  const calls = objects(message, 'tool_calls').map((call, index): JsonObject => ({ ...call, index }))
  const { message: _, ...rest } = choice
  return { ...rest, delta: calls.length === 0 ? message : { ...message, tool_calls: calls } }
}
