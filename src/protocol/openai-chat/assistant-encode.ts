// Assistant turns → one assistant message. Text is concatenated as it was told, reasoning goes back only where
// the vendor wants it, and a proof of reasoning only to the channel that made it.

import type { JsonObject } from '../../base/json.js'
import type { IrPart, ReasoningPart, ToolCallPart } from '../ir/part.js'
import { usableSeal } from '../ir/seal.js'
import {
  atPart,
  atTurn,
  joinPieces,
  type Numbered,
  noteForeignAt,
  type Piece,
  type Place,
  pathOf,
  plain,
  textPieces,
  withTurnFields,
} from './content-encode.js'
import { callName, wireCallId } from './names.js'
import { callFields, messageDetails, REASONING_BREAK } from './reasoning.js'
import { PROTOCOL, restored } from './wire.js'

/** One message, or none when the turns held nothing but reasoning that is not sent back. */
export function encodeAssistant(turns: readonly Numbered[], footprint: string, place: Place): JsonObject[] {
  const parts = partsOf(turns)
  const hasCalls = parts.some((part) => part.type === 'tool-call')
  const pieces = spoken(turns, place)
  const refusal = refusalIn(parts)
  const reasoning = encodeReasoning(turns, hasCalls, footprint, place)
  const silent = pieces.length === 0 && !hasCalls && refusal === ''
  if (silent && parts.length > 0) {
    if (parts.some((part) => part.type === 'reasoning' && part.text !== ''))
      place.notes.push({ kind: 'dropped', path: pathOf(place), reason: 'a turn of nothing but reasoning' })
    return []
  }
  return [
    withTurnFields(
      {
        role: 'assistant',
        // An assistant message without content and without calls is refused by OpenAI; null beside calls is the rule.
        content: pieces.length > 0 ? joinPieces(pieces, '') : hasCalls || refusal !== '' ? null : '',
        ...(refusal === '' ? {} : { refusal }),
        ...reasoning,
        ...(hasCalls ? { tool_calls: encodeCalls(parts, footprint, place) } : {}),
      },
      turns.map(({ turn }) => turn),
      place,
    ),
  ]
}

function partsOf(turns: readonly Numbered[]): readonly IrPart[] {
  const [first, ...others] = turns
  return others.length === 0 ? (first?.turn.parts ?? []) : turns.flatMap(({ turn }) => turn.parts)
}

function refusalIn(parts: readonly IrPart[]): string {
  let refusal = ''
  for (const part of parts) if (part.type === 'text' && part.refusal === true) refusal += part.text
  return refusal
}

/** What was said aloud; the words of different turns stay apart. */
function spoken(turns: readonly Numbered[], place: Place): Piece[] {
  const result: Piece[] = []
  for (const { turn, index } of turns) {
    const pieces = textPieces(
      turn.parts,
      atTurn(place, index),
      (part) => part.type !== 'text' || (part.refusal !== true && part.text !== ''),
    )
    if (pieces.length > 0 && result.length > 0) result.push(plain('\n\n'))
    for (const piece of pieces) result.push(piece)
  }
  return result
}

function encodeReasoning(
  turns: readonly Numbered[],
  hasCalls: boolean,
  footprint: string,
  place: Place,
): JsonObject {
  const mode = place.dialect.replayReasoning ?? 'tool-loop'
  if (mode === 'never') return {}
  const isThinking = turns.some(({ turn }) => turn.parts.some((part) => part.type === 'reasoning'))
  if (!isThinking && mode !== 'always') return {}
  const reasoning = turns.flatMap(({ turn, index }) =>
    turn.parts.flatMap((part, at) =>
      part.type === 'reasoning' ? [{ part, place: atPart(place, index, at) }] : [],
    ),
  )
  const details = reasoning.flatMap((found) => sentDetails(found.part, footprint, found.place))
  const words = reasoning
    .map(({ part }) => part.text)
    .filter((text) => text !== '')
    .join(REASONING_BREAK)
  // DeepSeek wants the field on every assistant message of a thinking conversation, also when it is empty.
  const tells = mode === 'always' || (hasCalls && words !== '')
  return {
    ...(tells ? { [place.dialect.reasoningField ?? 'reasoning_content']: words } : {}),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  }
}

function sentDetails(part: ReasoningPart, footprint: string, place: Place): JsonObject[] {
  noteForeignAt(part.carry, place)
  if (part.seal === undefined || part.seal.data === '') return []
  if (usableSeal(part.seal, { protocol: PROTOCOL, footprint })) return messageDetails(part.seal)
  place.notes.push({
    kind: part.text === '' ? 'dropped' : 'approximated',
    path: pathOf(place),
    reason: 'the proof of this reasoning can only be read by the provider that made it',
  })
  return []
}

/** Accepted by Gemini in place of the proof that a call made by another model cannot have. */
const NO_PROOF = { google: { thought_signature: 'skip_thought_signature_validator' } }

/** The calls, each with the proof that stood before it. Gemini wants one on the first of parallel calls. */
function encodeCalls(parts: readonly IrPart[], footprint: string, place: Place): JsonObject[] {
  const calls: JsonObject[] = []
  let proof: JsonObject | undefined
  for (const part of parts) {
    if (part.type === 'reasoning' && part.seal !== undefined)
      proof = usableSeal(part.seal, { protocol: PROTOCOL, footprint }) ? callFields(part.seal) : undefined
    if (part.type !== 'tool-call') continue
    const call: JsonObject = { ...encodeCall(part, place), ...proof }
    const bare = calls.length === 0 && call['extra_content'] === undefined
    calls.push(bare && place.dialect.thoughtSignatures === true ? { ...call, extra_content: NO_PROOF } : call)
    proof = undefined
  }
  return calls
}

function encodeCall(call: ToolCallPart, place: Place): JsonObject {
  noteForeignAt(call.carry, place)
  const id = wireCallId(call.id, place.dialect)
  const name = callName(call, place)
  if (call.kind === 'custom' && place.dialect.customTools === true)
    return restored({ id, type: 'custom', custom: { name, input: call.input } }, call.carry)
  const input = call.kind === 'custom' ? JSON.stringify({ input: call.input }) : call.input
  return restored({ id, type: 'function', function: { name, arguments: input || '{}' } }, call.carry)
}
