// Parts → the content of a message: one string wherever it is all text, because that is what every vendor takes;
// a list only where there is media or a field of a part to keep.

import { type JsonObject, text } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { IrPart, MediaPart, OpaquePart, TextPart } from '../ir/part.js'
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
  readonly path: string
  readonly dialect: Dialect
  readonly names: ToolNames
  readonly notes: Note[]
}

/** A turn and its place in the history, for the paths of notes. */
export type Numbered = { readonly turn: IrTurn; readonly index: number }

export function atTurn(place: Place, index: number): Place {
  return { ...place, path: `turns[${index}]` }
}

/** The pieces of a user message. */
export function contentPieces(parts: readonly IrPart[], place: Place): Piece[] {
  return parts.flatMap((part, index) =>
    contentPiece(part, { ...place, path: `${place.path}.parts[${index}]` }),
  )
}

/** The pieces of a message that takes text only (system, assistant): media becomes a placeholder; only `wanted` parts. */
export function textPieces(
  parts: readonly IrPart[],
  place: Place,
  wanted: (part: IrPart) => boolean,
): Piece[] {
  return parts.flatMap((part, index) => {
    if (!wanted(part)) return []
    const here = { ...place, path: `${place.path}.parts[${index}]` }
    return part.type === 'media' ? mediaWords(part, here) : contentPiece(part, here)
  })
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
  noteForeign(part.carry, place.path, place.notes)
  return { type: 'text', text: part.text, fields: partFields(part, place) }
}

function partFields(part: TextPart | MediaPart, place: Place): JsonObject {
  return {
    ...ownFields(part.carry),
    ...(place.dialect.cacheControl === true ? encodeCacheMark(part.cache) : {}),
  }
}

export function mediaPiece(part: MediaPart, place: Place): Piece {
  noteForeign(part.carry, place.path, place.notes)
  const told = encodeMedia(part)
  switch (told.type) {
    case 'part':
      return { type: 'part', part: { ...told.part, ...withoutNested(partFields(part, place), told.part) } }
    case 'text':
      return plain(told.text)
    default:
      place.notes.push({ kind: 'approximated', path: place.path, reason: told.reason })
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
    path: place.path,
    reason: 'this message can hold only text on Chat Completions',
  })
  return [plain(words)]
}

function opaquePieces(part: OpaquePart, place: Place): Piece[] {
  if (part.protocol === PROTOCOL) return [{ type: 'part', part: part.value }]
  const type = text(part.value, 'type') ?? 'block'
  if (part.fallback === undefined || part.fallback === '') {
    place.notes.push({ kind: 'dropped', path: place.path, reason: `${type} has no form on Chat Completions` })
    return []
  }
  place.notes.push({ kind: 'approximated', path: place.path, reason: `${type} is told as text` })
  return [plain(part.fallback)]
}

export function plain(words: string): Piece {
  return { type: 'text', text: words, fields: {} }
}

/** All text: a string with `separator` between the pieces; else the list of parts. Never an empty part or list. */
export function joinPieces(pieces: readonly Piece[], separator: string): string | JsonObject[] {
  const filled = pieces.filter((piece) => piece.type === 'part' || piece.text !== '')
  if (isPlainText(filled)) return filled.map((piece) => piece.text).join(separator)
  return filled.map((piece) =>
    piece.type === 'part' ? piece.part : { type: 'text', text: piece.text, ...piece.fields },
  )
}

function isPlainText(pieces: readonly Piece[]): pieces is Extract<Piece, { type: 'text' }>[] {
  return pieces.every((piece) => piece.type === 'text' && Object.keys(piece.fields).length === 0)
}

/** `wire` with the carried fields of a turn; a foreign carry is noted. */
export function withTurnFields(
  wire: JsonObject,
  turns: readonly { readonly carry?: Parameters<typeof restored>[1] }[],
  place: Place,
): JsonObject {
  return turns.reduce((message, { carry }) => {
    noteForeign(carry, place.path, place.notes)
    return restored(message, carry)
  }, wire)
}
