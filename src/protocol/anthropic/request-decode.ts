// A Messages request as IR. Law: wrong types throw `invalid-request` with the path, everything unknown is carried;
// decode then encode gives the same request up to the normalisations listed in request-encode.ts.

import { isObject, type JsonObject, text, without } from '../../base/json.js'
import type { Noted } from '../ir/note.js'
import type { IrRequest, IrSampling, IrTurn } from '../ir/request.js'
import { configLeftover, decodeFormat } from './format.js'
import { decodeMessage, decodeSystem } from './message-decode.js'
import { decodeReasoning, thinkingLeftover } from './thinking.js'
import { decodeToolChoice, decodeTools, parallelCalls } from './tools-decode.js'
import { listAt, objectAt, optionalAt, PROTOCOL, wrongType } from './wire.js'

/** Fields that have their own place in the IR; all others are carried as they are. */
const PLACED = [
  'model',
  'stream',
  'system',
  'messages',
  'tools',
  'tool_choice',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'output_config',
  'output_format',
]

/** Throws HubError `invalid-request` with `detail.param` when a field has a wrong type. */
export function decodeRequest(body: JsonObject): Noted<IrRequest> {
  const model = body['model']
  if (typeof model !== 'string' || model === '') throw wrongType('model', 'the name of a model')
  const messages = body['messages']
  if (!Array.isArray(messages)) throw wrongType('messages', 'a list')
  const turns: IrTurn[] = [
    ...decodeSystem(body['system']),
    ...messages.flatMap((message, index) =>
      decodeMessage(objectAt(message, `messages[${index}]`), `messages[${index}]`),
    ),
  ]
  const toolChoice = decodeToolChoice(body)
  const parallel = parallelCalls(body)
  const reasoning = decodeReasoning(body)
  const format = decodeFormat(body)
  const cacheKey = sessionOf(body)
  const value: IrRequest = {
    model,
    stream: optionalAt(body, 'stream', 'boolean') ?? false,
    turns,
    tools: decodeTools(body),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
    sampling: decodeSampling(body),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(format === undefined ? {} : { format }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
    carry: { protocol: PROTOCOL, fields: leftover(body) },
  }
  return { value, notes: [] }
}

function decodeSampling(body: JsonObject): IrSampling {
  const maxOutputTokens = optionalAt(body, 'max_tokens', 'number')
  const temperature = optionalAt(body, 'temperature', 'number')
  const topP = optionalAt(body, 'top_p', 'number')
  const topK = optionalAt(body, 'top_k', 'number')
  const stop = listAt(body, 'stop_sequences', 'stop_sequences').map((entry, index) => {
    if (typeof entry !== 'string') throw wrongType(`stop_sequences[${index}]`, 'a string')
    return entry
  })
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(stop.length === 0 ? {} : { stop }),
  }
}

/** All fields without a place, and what is left of those that have one only in part. */
function leftover(body: JsonObject): JsonObject {
  return { ...without(body, PLACED), ...thinkingLeftover(body), ...configLeftover(body) }
}

/**
 * The session that Claude Code names in `metadata.user_id`, as a stable name of the conversation: JSON with
 * `session_id`, or the older `…_session_<uuid>` (docs/clients.md).
 */
function sessionOf(body: JsonObject): string | undefined {
  const metadata = body['metadata']
  const userId = isObject(metadata) ? text(metadata, 'user_id') : undefined
  if (userId === undefined) return undefined
  return /"session_id"\s*:\s*"([^"]+)"/.exec(userId)?.[1] ?? /_session_([0-9a-f-]{36})$/.exec(userId)?.[1]
}
