// Turns → contents[] and systemInstruction. Expects results in place (ir/order). Neighbours of one role become one
// content, as Google's own client sends them; later words of the system are told as reminders of the user.

import { isObject, type JsonObject, parseJson, text } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import { isBillingText } from '../ir/billing.js'
import type { Note } from '../ir/note.js'
import type {
  IrPart,
  MediaPart,
  OpaquePart,
  ReasoningPart,
  ToolCallPart,
  ToolResultPart,
} from '../ir/part.js'
import type { IrTurn } from '../ir/request.js'
import { usableSeal } from '../ir/seal.js'
import { encodeMedia } from './media.js'
import type { WireNames } from './names.js'
import { NO_PROOF, placed } from './signature.js'
import { noteForeign, ownFields, PROTOCOL, restored } from './wire.js'

/** Where in the request the encoder is, and what it has lost so far. */
type Place = {
  readonly path: string
  readonly dialect: Dialect
  readonly footprint: string
  readonly names: WireNames
  readonly notes: Note[]
}

type Content = { readonly role: 'user' | 'model'; readonly parts: JsonObject[]; fields: JsonObject }

export type EncodedTurns = { readonly systemInstruction?: JsonObject; readonly contents: JsonObject[] }

export function encodeTurns(turns: readonly IrTurn[], context: Omit<Place, 'path'>): EncodedTurns {
  const system: JsonObject[] = []
  const contents: Content[] = []
  const calls = new Map<string, ToolCallPart>()
  turns.forEach((turn, index) => {
    const place = { ...context, path: `turns[${index}]` }
    noteForeign(turn.carry, place.path, place.notes)
    if (turn.role === 'system' || turn.role === 'developer') {
      const parts = instructionParts(turn, place)
      if (contents.length === 0) system.push(...parts)
      else if (parts.length > 0) {
        add(contents, 'user', parts.map(asReminder), turn)
        noteLate(place)
      }
      return
    }
    for (const part of turn.parts) if (part.type === 'tool-call') calls.set(part.id, part)
    const isModel = turn.role === 'assistant'
    const parts = isModel ? modelParts(turn.parts, place) : userParts(turn.parts, calls, place)
    if (parts.length > 0) add(contents, isModel ? 'model' : 'user', parts, turn)
  })
  // A request of instructions alone is refused: then they are what the user says.
  if (contents.length === 0) return { contents: [{ role: 'user', parts: nonEmpty(system) }] }
  return {
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }),
    contents: contents.map(({ role, parts, fields }) => ({
      ...fields,
      role,
      parts: withProof(role, parts, context),
    })),
  }
}

function add(contents: Content[], role: Content['role'], parts: readonly JsonObject[], turn: IrTurn): void {
  const last = contents.at(-1)
  if (last?.role === role) {
    for (const part of parts) last.parts.push(part)
    last.fields = { ...last.fields, ...ownFields(turn.carry) }
  } else contents.push({ role, parts: [...parts], fields: ownFields(turn.carry) })
}

function noteLate(place: Place): void {
  place.notes.push({
    kind: 'approximated',
    path: place.path,
    reason: 'a system message in the conversation is sent as a reminder of the user',
  })
}

function asReminder(part: JsonObject): JsonObject {
  const words = text(part, 'text')
  return words === undefined ? part : { ...part, text: `<system-reminder>\n${words}\n</system-reminder>` }
}

function nonEmpty(parts: JsonObject[]): JsonObject[] {
  return parts.length === 0 ? [{ text: '' }] : parts
}

/** Claude Code's billing line is for Anthropic alone. */
function instructionParts(turn: IrTurn, place: Place): JsonObject[] {
  return turn.parts.flatMap((part, at) =>
    part.type === 'text' && (part.text === '' || isBillingText(part.text))
      ? []
      : plainPart(part, { ...place, path: `${place.path}.parts[${at}]` }),
  )
}

/** Texts, media and opaque blocks, as they stand in any content. */
function plainPart(part: IrPart, place: Place): JsonObject[] {
  switch (part.type) {
    case 'text':
      noteForeign(part.carry, place.path, place.notes)
      return part.text === '' ? [] : [restored({ text: part.text }, part.carry)]
    case 'media':
      return [mediaPart(part, place)]
    case 'opaque':
      return opaqueParts(part, place)
    default:
      return []
  }
}

function mediaPart(part: MediaPart, place: Place): JsonObject {
  noteForeign(part.carry, place.path, place.notes)
  const told = encodeMedia(part)
  if (told.type === 'part') return told.part
  if (told.type === 'placeholder')
    place.notes.push({ kind: 'approximated', path: place.path, reason: told.reason })
  return { text: told.text }
}

function opaqueParts(part: OpaquePart, place: Place): JsonObject[] {
  if (part.protocol === PROTOCOL) return [part.value]
  const type = text(part.value, 'type') ?? 'block'
  if (part.fallback === undefined || part.fallback === '') {
    place.notes.push({ kind: 'dropped', path: place.path, reason: `${type} has no form on Gemini` })
    return []
  }
  place.notes.push({ kind: 'approximated', path: place.path, reason: `${type} is told as text` })
  return [{ text: part.fallback }]
}

/** Thoughts go back to their maker alone, their proof to the part it stood on. */
function modelParts(parts: readonly IrPart[], turn: Place): JsonObject[] {
  const result: JsonObject[] = []
  let proof: string | undefined
  parts.forEach((part, at) => {
    const place = { ...turn, path: `${turn.path}.parts[${at}]` }
    if (part.type === 'reasoning') {
      const { wire, forCall } = thoughtParts(part, place)
      result.push(...wire)
      proof = forCall ?? proof
    } else if (part.type === 'tool-call') {
      result.push(callPart(part, proof, place))
      proof = undefined
    } else result.push(...plainPart(part, place))
  })
  return result
}

function thoughtParts(
  part: ReasoningPart,
  place: Place,
): { readonly wire: JsonObject[]; readonly forCall?: string } {
  noteForeign(part.carry, place.path, place.notes)
  const { seal } = part
  if (seal === undefined || !usableSeal(seal, { protocol: PROTOCOL, footprint: place.footprint })) {
    place.notes.push({
      kind: 'dropped',
      path: place.path,
      reason: 'reasoning without a proof of this provider is not sent back',
    })
    return { wire: [] }
  }
  const { place: where, signature } = placed(seal)
  const thought = part.text === '' ? [] : [{ text: part.text, thought: true }]
  switch (where) {
    case 'call':
      return { wire: thought, forCall: signature }
    case 'alone':
      return { wire: [...thought, { text: '', thoughtSignature: signature }] }
    case 'thought':
      return { wire: [{ text: part.text, thought: true, thoughtSignature: signature }] }
  }
}

function callPart(part: ToolCallPart, proof: string | undefined, place: Place): JsonObject {
  noteForeign(part.carry, place.path, place.notes)
  const value = part.kind === 'custom' ? { input: part.input } : parseJson(part.input)
  const args = isObject(value) ? value : part.input.trim() === '' ? {} : { input: part.input }
  return restored(
    {
      functionCall: { id: part.id, name: place.names.wire(part.name), args },
      ...(proof === undefined ? {} : { thoughtSignature: proof }),
    },
    part.carry,
  )
}

/** Where calls are refused without a proof, the first of a content gets the word that Google takes in its place. */
function withProof(
  role: Content['role'],
  parts: JsonObject[],
  { dialect }: Pick<Place, 'dialect'>,
): JsonObject[] {
  if (role !== 'model' || dialect.thoughtSignatures !== true) return parts
  const first = parts.findIndex((part) => part['functionCall'] !== undefined)
  return parts.map((part, at) =>
    at === first && part['thoughtSignature'] === undefined ? { ...part, thoughtSignature: NO_PROOF } : part,
  )
}

/** Results first, then what they show, then the words: media stands beside results because older models take it only there. */
function userParts(
  parts: readonly IrPart[],
  calls: ReadonlyMap<string, ToolCallPart>,
  turn: Place,
): JsonObject[] {
  const results: JsonObject[] = []
  const shown: JsonObject[] = []
  const words: JsonObject[] = []
  parts.forEach((part, at) => {
    const place = { ...turn, path: `${turn.path}.parts[${at}]` }
    if (part.type === 'tool-result') results.push(resultPart(part, calls.get(part.callId), shown, place))
    else words.push(...plainPart(part, place))
  })
  return [...results, ...shown, ...words]
}

function resultPart(
  part: ToolResultPart,
  call: ToolCallPart | undefined,
  shown: JsonObject[],
  place: Place,
): JsonObject {
  noteForeign(part.carry, place.path, place.notes)
  const name = place.names.wire(call?.name ?? 'unknown')
  const words: string[] = []
  let media = 0
  for (const entry of part.content) {
    for (const wire of plainPart(entry, place)) {
      const said = text(wire, 'text')
      if (said !== undefined) {
        words.push(said)
        continue
      }
      media += 1
      words.push(`[${entry.type === 'media' ? entry.kind : 'part'} ${media} of this result follows]`)
      shown.push(
        { text: `${entry.type === 'media' ? entry.kind : 'part'} ${media} of the result of ${name}:` },
        wire,
      )
    }
  }
  if (media > 0)
    place.notes.push({ kind: 'emulated', path: place.path, reason: 'the media of a result follows it' })
  const key = part.isError === true ? 'error' : 'output'
  return restored(
    { functionResponse: { id: part.callId, name, response: { [key]: words.join('\n') } } },
    part.carry,
  )
}
