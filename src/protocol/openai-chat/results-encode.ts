// Tool results → tool messages. The tool role takes text only on most vendors (providers §5.2), so images and
// files follow in one user message after all results of the parallel calls, labelled by call.

import type { JsonObject } from '../../base/json.js'
import type { ToolCallPart, ToolResultPart } from '../ir/part.js'
import { encodeCacheMark } from './content-decode.js'
import {
  atTurn,
  contentPieces,
  joinPieces,
  mediaPiece,
  type Numbered,
  type Piece,
  type Place,
  pathOf,
  plain,
  withTurnFields,
} from './content-encode.js'
import { callName, wireCallId } from './names.js'

export function encodeResults(
  turns: readonly Numbered[],
  calls: ReadonlyMap<string, ToolCallPart>,
  place: Place,
): JsonObject[] {
  const messages: JsonObject[] = []
  const shown: JsonObject[] = []
  for (const { turn, index } of turns) {
    const first = messages.length
    for (const part of turn.parts) {
      if (part.type !== 'tool-result') continue
      const call = calls.get(part.callId)
      messages.push(encodeResult(part, call, shown, atTurn(place, index)))
    }
    const message = messages[first]
    if (message !== undefined) messages[first] = withTurnFields(message, [turn], atTurn(place, index))
  }
  if (shown.length > 0) messages.push({ role: 'user', content: shown })
  return messages
}

function encodeResult(
  part: ToolResultPart,
  call: ToolCallPart | undefined,
  shown: JsonObject[],
  place: Place,
): JsonObject {
  const id = wireCallId(part.callId, place.dialect)
  const label = call === undefined ? `tool call ${id}` : `tool call ${id} (${call.name})`
  const pieces: Piece[] = []
  let media = 0
  for (const item of part.content) {
    if (item.type !== 'media') {
      for (const piece of contentPieces([item], place)) pieces.push(piece)
      continue
    }
    const piece = mediaPiece(item, place)
    if (piece.type === 'text') {
      pieces.push(piece)
      continue
    }
    media += 1
    pieces.push(plain(`[${item.kind} ${media} of this result is in the next user message]`))
    shown.push(
      { type: 'text', text: `${capital(item.kind)} ${media} from the result of ${label}:` },
      piece.part,
    )
  }
  if (media > 0)
    place.notes.push({
      kind: 'emulated',
      path: pathOf(place),
      reason: `the media in the result of ${label} follows in a user message`,
    })
  return withTurnFields(
    {
      role: 'tool',
      tool_call_id: id,
      ...(call === undefined || place.dialect.toolMessageNames !== true
        ? {}
        : { name: callName(call, place) }),
      content: resultText(pieces, part.isError === true),
      ...(place.dialect.cacheControl === true ? encodeCacheMark(part.cache) : {}),
    },
    [part],
    place,
  )
}

/** Words by which a model sees that a result is an error; the wire has no flag for it. */
const SAYS_ERROR =
  /error|fail|exception|traceback|denied|abort|refus|not found|invalid|no such|cannot|timed out/i

function resultText(pieces: readonly Piece[], isError: boolean): string | JsonObject[] {
  const content = joinPieces(pieces, '\n')
  if (!isError) return content
  if (SAYS_ERROR.test(JSON.stringify(content))) return content
  return joinPieces([plain('Error:'), ...pieces], '\n')
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
