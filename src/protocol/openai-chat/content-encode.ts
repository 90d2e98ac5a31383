// Parts → the content of a message: one string wherever it is all text, because that is what every vendor takes;
// a list only where there is media or a field of a part to keep.

import { type JsonObject, text } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { Carry, IrPart, MediaPart, OpaquePart, TextPart } from '../ir/part.js'
import type { IrTurn } from '../ir/request.js'
import type { ToolNames } from '../tools/names.js'
import { encodeCacheMark } from './content-decode.js'
import { encodeMedia } from './media.js'
import { noteForeign, ownFields, PROTOCOL, restored } from './wire.js'

/** Blocks of one message are separate paragraphs for the model. */
export const PARAGRAPH = '\n\n'

/** One part of content on its way out. */
export type Piece =
  | { readonly type: 'text'; readonly text: string; readonly fields: JsonObject }
  | { readonly type: 'part'; readonly part: JsonObject }

/** Where in the request the encoder is, and what it has lost so far. */
export type Place = {
  readonly turn: number
  /** The part of the turn; undefined for the turn as a whole. */
  readonly part: number | undefined
  readonly dialect: Dialect
  readonly names: ToolNames
  readonly notes: Note[]
}

/** As notes tell it; written only where there is something to tell. */
export function pathOf({ turn, part }: Place): string {
  return part === undefined ? `turns[${turn}]` : `turns[${turn}].parts[${part}]`
}

/** A turn and its place in the history, for the paths of notes. */
export type Numbered = { readonly turn: IrTurn; readonly index: number }

export function atTurn(place: Place, index: number): Place {
  return atPart(place, index, undefined)
}

export function atPart({ dialect, names, notes }: Place, turn: number, part: number | undefined): Place {
  return { turn, part, dialect, names, notes }
}

/** Notes the fields of a foreign carry that are lost at this place. */
export function noteForeignAt(carry: Carry | undefined, place: Place): void {
  if (carry !== undefined) noteForeign(carry, pathOf(place), place.notes)
}

/** The pieces of a user message. */
export function contentPieces(parts: readonly IrPart[], place: Place): Piece[] {
  const pieces: Piece[] = []
  parts.forEach((part, index) => {
    for (const piece of contentPiece(part, atPart(place, place.turn, index))) pieces.push(piece)
  })
  return pieces
}

/** The pieces of a message that takes text only (system, assistant): media becomes a placeholder; only `wanted` parts. */
export function textPieces(
  parts: readonly IrPart[],
  place: Place,
  wanted: (part: IrPart) => boolean,
): Piece[] {
  const pieces: Piece[] = []
  parts.forEach((part, index) => {
    if (!wanted(part)) return
    const here = atPart(place, place.turn, index)
    const told = part.type === 'media' ? mediaWords(part, here) : contentPiece(part, here)
    for (const piece of told) pieces.push(piece)
  })
  return pieces
}

function contentPiece(part: IrPart, place: Place): Piece[] {
  switch (part.type) {
    case 'text':
      return [textPiece(part, place)]
    case 'media':
      return [mediaPiece(part, place)]
    case 'opaque':
      return opaquePieces(part, place)
    default:
      return []
  }
}

function textPiece(part: TextPart, place: Place): Piece {
  noteForeignAt(part.carry, place)
  return { type: 'text', text: part.text, fields: partFields(part, place) }
}

const NO_FIELDS: JsonObject = {}

function partFields(part: TextPart | MediaPart, place: Place): JsonObject {
  if (part.carry === undefined && part.cache === undefined) return NO_FIELDS
  return {
    ...ownFields(part.carry),
    ...(place.dialect.cacheControl === true ? encodeCacheMark(part.cache) : {}),
  }
}

export function mediaPiece(part: MediaPart, place: Place): Piece {
  noteForeignAt(part.carry, place)
  const told = encodeMedia(part)
  switch (told.type) {
    case 'part':
      return { type: 'part', part: { ...told.part, ...withoutNested(partFields(part, place), told.part) } }
    case 'text':
      return plain(told.text)
    default:
      place.notes.push({ kind: 'approximated', path: pathOf(place), reason: told.reason })
      return plain(told.text)
  }
}

/** `encodeMedia` has merged the nested fields already. */
function withoutNested(fields: JsonObject, part: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => part[key] === undefined))
}

function mediaWords(part: MediaPart, place: Place): Piece[] {
  const told = encodeMedia(part)
  if (told.type === 'text') return [plain(told.text)]
  const words =
    told.type === 'placeholder' ? told.text : `[${part.kind}, which cannot be shown in this place]`
  place.notes.push({
    kind: 'approximated',
    path: pathOf(place),
    reason: 'this message can hold only text on Chat Completions',
  })
  return [plain(words)]
}

function opaquePieces(part: OpaquePart, place: Place): Piece[] {
  if (part.protocol === PROTOCOL) return [{ type: 'part', part: part.value }]
  const type = text(part.value, 'type') ?? 'block'
  if (part.fallback === undefined || part.fallback === '') {
    place.notes.push({
      kind: 'dropped',
      path: pathOf(place),
      reason: `${type} has no form on Chat Completions`,
    })
    return []
  }
  place.notes.push({ kind: 'approximated', path: pathOf(place), reason: `${type} is told as text` })
  return [plain(part.fallback)]
}

export function plain(words: string): Piece {
  return { type: 'text', text: words, fields: NO_FIELDS }
}

/** All text: a string with `separator` between the pieces; else the list of parts. Never an empty part or list. */
export function joinPieces(pieces: readonly Piece[], separator: string): string | JsonObject[] {
  const [first, ...others] = pieces
  if (first === undefined) return ''
  if (others.length === 0 && isPlain(first)) return first.text
  const filled = pieces.filter((piece) => piece.type === 'part' || piece.text !== '')
  if (isPlainText(filled)) return filled.map((piece) => piece.text).join(separator)
  return filled.map((piece) =>
    piece.type === 'part' ? piece.part : { type: 'text', text: piece.text, ...piece.fields },
  )
}

function isPlainText(pieces: readonly Piece[]): pieces is Extract<Piece, { type: 'text' }>[] {
  return pieces.every(isPlain)
}

function isPlain(piece: Piece): piece is Extract<Piece, { type: 'text' }> {
  return piece.type === 'text' && (piece.fields === NO_FIELDS || Object.keys(piece.fields).length === 0)
}

/** `wire` with the carried fields of a turn; a foreign carry is noted. */
export function withTurnFields(
  wire: JsonObject,
  turns: readonly { readonly carry?: Parameters<typeof restored>[1] }[],
  place: Place,
): JsonObject {
  let message = wire
  for (const { carry } of turns) {
    if (carry === undefined) continue
    noteForeignAt(carry, place)
    message = restored(message, carry)
  }
  return message
}
