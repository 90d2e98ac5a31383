// Turns → messages[]. Expects results in place (ir/order). Adjacent assistant turns become one message, because
// a message with calls must be followed by their results; every result is its own message.

import type { JsonObject } from '../../base/json.js'
import type { EncodeRequestContext } from '../codec.js'
import type { Dialect } from '../dialect.js'
import { isBillingText } from '../ir/billing.js'
import type { Note } from '../ir/note.js'
import type { IrPart, ToolCallPart } from '../ir/part.js'
import type { IrTurn } from '../ir/request.js'
import type { ToolNames } from '../tools/names.js'
import { arrangeMessages } from './arrange.js'
import { encodeAssistant } from './assistant-encode.js'
import {
  atTurn,
  contentPieces,
  joinPieces,
  type Numbered,
  PARAGRAPH,
  type Place,
  textPieces,
  withTurnFields,
} from './content-encode.js'
import { encodeResults } from './results-encode.js'
import { ownFields } from './wire.js'

export type MessageContext = EncodeRequestContext & { readonly names: ToolNames; readonly notes: Note[] }

export function encodeMessages(turns: readonly IrTurn[], context: MessageContext): JsonObject[] {
  const calls = new Map<string, ToolCallPart>()
  const messages: JsonObject[] = []
  for (const group of groups(turns, context.dialect))
    for (const message of encodeGroup(group, calls, context)) messages.push(message)
  return arrangeMessages(messages, context.dialect, context.notes)
}

/** `calls` are those of the history so far, by their ids. */
function encodeGroup(
  group: readonly Numbered[],
  calls: Map<string, ToolCallPart>,
  { dialect, names, notes, footprint }: MessageContext,
): JsonObject[] {
  const first = group[0]
  if (first === undefined) return []
  const place: Place = { turn: first.index, part: undefined, dialect, names, notes }
  switch (first.turn.role) {
    case 'assistant':
      for (const { turn } of group)
        for (const part of turn.parts) if (part.type === 'tool-call') calls.set(part.id, part)
      return encodeAssistant(group, footprint, place)
    case 'tool':
      return encodeResults(group, calls, place)
    case 'user': {
      const content = joinPieces(contentPieces(first.turn.parts, place), PARAGRAPH)
      return [withTurnFields({ role: 'user', content }, [first.turn], place)]
    }
    default:
      return encodeInstructions(group, place)
  }
}

/**
 * Adjacent assistant turns of one speaker together, adjacent tool turns too; all others alone, except the opening
 * instructions: chat templates of open models take one system message, and only as the first.
 */
function groups(turns: readonly IrTurn[], dialect: Dialect): Numbered[][] {
  const result: Numbered[][] = []
  turns.forEach((turn, index) => {
    const last = result.at(-1)
    const before = last?.at(-1)?.turn
    const opens = result.length === 1 && dialect.developerRole !== true
    if (last !== undefined && before !== undefined && belongsTogether(before, turn, opens))
      last.push({ turn, index })
    else result.push([{ turn, index }])
  })
  return result
}

function belongsTogether(before: IrTurn, turn: IrTurn, opens: boolean): boolean {
  if (ownFields(before.carry)['name'] !== ownFields(turn.carry)['name']) return false
  if (instructs(turn)) return opens && instructs(before)
  return before.role === turn.role && turn.role !== 'user'
}

function instructs(turn: IrTurn): boolean {
  return turn.role === 'system' || turn.role === 'developer'
}

/** A wordless turn of another protocol only changes settings of that protocol: there is nothing to tell. */
function isForeign(carry: IrTurn['carry']): boolean {
  return carry !== undefined && carry.protocol !== 'openai-chat'
}

/** System and developer turns stay where they stand; Claude Code's billing line is for Anthropic alone. */
function encodeInstructions(group: readonly Numbered[], place: Place): JsonObject[] {
  const meant = (part: IrPart) => part.type !== 'text' || !isBillingText(part.text)
  const told = group.filter(({ turn }) =>
    turn.parts.length === 0 ? !isForeign(turn.carry) : turn.parts.some(meant),
  )
  const first = told[0]?.turn
  if (first === undefined) return []
  const role = first.role === 'developer' && place.dialect.developerRole === true ? 'developer' : 'system'
  const pieces = told.flatMap(({ turn, index }) => textPieces(turn.parts, atTurn(place, index), meant))
  return [
    withTurnFields(
      { role, content: joinPieces(pieces, PARAGRAPH) },
      told.map(({ turn }) => turn),
      place,
    ),
  ]
}
