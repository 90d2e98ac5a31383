// Turns → messages[]. Expects results in place (ir/order). Adjacent assistant turns become one message, because
// a message with calls must be followed by their results; every result is its own message.

import type { JsonObject } from '../../base/json.js'
import type { EncodeRequestContext } from '../codec.js'
import { isBillingText } from '../ir/billing.js'
import type { Note } from '../ir/note.js'
import type { IrPart, ToolCallPart } from '../ir/part.js'
import type { IrTurn } from '../ir/request.js'
import type { ToolNames } from '../tools/names.js'
import { encodeAssistant } from './assistant-encode.js'
import {
  contentPieces,
  joinPieces,
  type Numbered,
  type Place,
  textPieces,
  withTurnFields,
} from './content-encode.js'
import { encodeResults } from './results-encode.js'
import { ownFields } from './wire.js'

/** Blocks of one message are separate paragraphs for the model. */
const PARAGRAPH = '\n\n'

export type MessageContext = EncodeRequestContext & { readonly names: ToolNames; readonly notes: Note[] }

export function encodeMessages(turns: readonly IrTurn[], context: MessageContext): JsonObject[] {
  const calls = new Map<string, ToolCallPart>()
  return groups(turns).flatMap((group) => {
    const first = group[0]
    if (first === undefined) return []
    const place: Place = { ...context, path: `turns[${first.index}]` }
    switch (first.turn.role) {
      case 'assistant':
        for (const part of group.flatMap(({ turn }) => turn.parts))
          if (part.type === 'tool-call') calls.set(part.id, part)
        return encodeAssistant(group, context.footprint, place)
      case 'tool':
        return encodeResults(group, calls, place)
      case 'user':
        return [
          withTurnFields(
            { role: 'user', content: joinPieces(contentPieces(first.turn.parts, place), PARAGRAPH) },
            [first.turn],
            place,
          ),
        ]
      default:
        return encodeInstructions(first.turn, place)
    }
  })
}

/** Adjacent assistant turns of one speaker together, adjacent tool turns together, all others alone. */
function groups(turns: readonly IrTurn[]): Numbered[][] {
  const result: Numbered[][] = []
  turns.forEach((turn, index) => {
    const last = result.at(-1)
    const before = last?.at(-1)?.turn
    if (last !== undefined && before !== undefined && belongsTogether(before, turn))
      last.push({ turn, index })
    else result.push([{ turn, index }])
  })
  return result
}

function belongsTogether(before: IrTurn, turn: IrTurn): boolean {
  if (before.role !== turn.role) return false
  if (turn.role === 'assistant') return ownFields(before.carry)['name'] === ownFields(turn.carry)['name']
  return turn.role === 'tool'
}

/** System and developer turns stay where they stand; Claude Code's billing line is for Anthropic alone. */
function encodeInstructions(turn: IrTurn, place: Place): JsonObject[] {
  const meant = (part: IrPart) => part.type !== 'text' || !isBillingText(part.text)
  if (turn.parts.length > 0 && !turn.parts.some(meant)) return []
  const role = turn.role === 'developer' && place.dialect.developerRole === true ? 'developer' : 'system'
  const content = joinPieces(textPieces(turn.parts, place, meant), PARAGRAPH)
  return [withTurnFields({ role, content }, [turn], place)]
}
