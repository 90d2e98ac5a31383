// Content of messages and tool outputs, IR → wire. What the protocol cannot take becomes words and a Note: a model
// that is told of a missing picture can say so.

import { compact, type JsonObject, text } from '../../base/json.js'
import type { Note, Path } from '../ir/note.js'
import type { MediaPart, OpaquePart, TextPart } from '../ir/part.js'
import { keptContent } from './content-decode.js'
import { ID, noteForeign, ownFields } from './wire.js'

/** input: of a person or a tool · output: of the model. */
type Side = 'input' | 'output'

/** One part as wire content; undefined when there is nothing to say. */
export function encodeContentPart(
  part: TextPart | MediaPart | OpaquePart,
  side: Side,
  path: Path,
  notes: Note[],
): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      if (part.carry !== undefined) noteForeign(part.carry, path(), notes)
      return encodeText(part, side)
    case 'media':
      if (part.carry !== undefined) noteForeign(part.carry, path(), notes)
      return side === 'input' ? encodeMedia(part, path, notes) : placeholder(part, side, path, notes)
    default:
      return encodeOpaque(part, side, path, notes)
  }
}

function encodeText(part: TextPart, side: Side): JsonObject | undefined {
  if (part.text === '') return undefined
  const fields = ownFields(part.carry) ?? {}
  if (side === 'input') return { type: 'input_text', text: part.text, ...fields }
  return part.refusal === true
    ? { type: 'refusal', refusal: part.text, ...fields }
    : { type: 'output_text', text: part.text, annotations: [], ...fields }
}

function encodeMedia(part: MediaPart, path: Path, notes: Note[]): JsonObject | undefined {
  const { source } = part
  if (source.type === 'text') return source.text === '' ? undefined : words(source.text, 'input')
  if (source.type === 'file' && source.protocol !== ID) return placeholder(part, 'input', path, notes)
  const fields = ownFields(part.carry) ?? {}
  switch (part.kind) {
    case 'image':
      return compact({
        type: 'input_image',
        ...location(source, 'image_url'),
        detail: part.detail,
        ...fields,
      })
    case 'document':
      return compact({
        type: 'input_file',
        ...location(source, source.type === 'base64' ? 'file_data' : 'file_url'),
        // A file given by its data is refused without a name.
        filename: part.name ?? (source.type === 'base64' ? nameFor(source.mediaType) : undefined),
        detail: part.detail,
        ...fields,
      })
    case 'audio':
      return encodeAudio(part, fields) ?? placeholder(part, 'input', path, notes)
    case 'video':
      return placeholder(part, 'input', path, notes)
  }
}

type Located = Exclude<MediaPart['source'], { readonly type: 'text' }>

function location(source: Located, key: string): JsonObject {
  switch (source.type) {
    case 'base64':
      return { [key]: `data:${source.mediaType};base64,${source.data}` }
    case 'url':
      return { [key]: source.url }
    case 'file':
      return { file_id: source.id }
  }
}

function nameFor(mediaType: string): string {
  if (mediaType === 'application/pdf') return 'document.pdf'
  return mediaType.startsWith('text/') ? 'document.txt' : 'document'
}

function encodeAudio(part: MediaPart, fields: JsonObject): JsonObject | undefined {
  if (part.source.type !== 'base64') return undefined
  const format = { 'audio/mpeg': 'mp3', 'audio/mp3': 'mp3', 'audio/wav': 'wav' }[part.source.mediaType]
  if (format === undefined) return undefined
  return { type: 'input_audio', input_audio: { data: part.source.data, format }, ...fields }
}

function placeholder(part: MediaPart, side: Side, path: Path, notes: Note[]): JsonObject {
  notes.push({
    kind: 'dropped',
    path: path(),
    reason: `the Responses protocol cannot take this ${part.kind} here`,
  })
  return words(mediaWords(part), side)
}

/** What a reader is told in place of media that could not be passed on. */
export function mediaWords(part: MediaPart): string {
  const name = part.name === undefined ? '' : ` ${part.name}`
  const where = part.source.type === 'url' ? ` at ${part.source.url}` : ''
  return `[${part.kind}${name}${where} left out]`
}

function encodeOpaque(part: OpaquePart, side: Side, path: Path, notes: Note[]): JsonObject | undefined {
  if (part.protocol === ID) return keptContent(part) ?? part.value
  return foreignWords(part, side, path, notes)
}

/** The fallback of another protocol's block as content, with a Note; undefined when it has none. */
export function foreignWords(
  part: OpaquePart,
  side: Side,
  path: Path,
  notes: Note[],
): JsonObject | undefined {
  const type = text(part.value, 'type') ?? 'block'
  const told = part.fallback !== undefined && part.fallback !== ''
  const reason = `\`${type}\` is known to ${part.protocol} only`
  notes.push({ kind: told ? 'approximated' : 'dropped', path: path(), reason })
  return told ? words(part.fallback ?? '', side) : undefined
}

function words(told: string, side: Side): JsonObject {
  return side === 'input'
    ? { type: 'input_text', text: told }
    : { type: 'output_text', text: told, annotations: [] }
}
