// Images, documents, audio and video as content parts of this wire, both ways. What the wire has no place for
// becomes a line of text that says so; nothing vanishes silently.

import { Buffer } from 'node:buffer'
import { compact, type JsonObject, object, text } from '../../base/json.js'
import type { MediaPart } from '../ir/part.js'
import { carried, PROTOCOL, restored } from './wire.js'

const DATA_URL = /^data:([^;,]+)?((?:;[^;,]*)*?);base64,/i

type Source = MediaPart['source']

/** A data URL as base64, any other URL as it is. */
function sourceOfUrl(url: string): Source {
  const match = DATA_URL.exec(url)
  if (match === null) return { type: 'url', url }
  return {
    type: 'base64',
    mediaType: (match[1] ?? 'application/octet-stream') + (match[2] ?? ''),
    data: url.slice(match[0].length),
  }
}

/** A media part of the wire; undefined when the part is of another type or says nothing that can be read. */
export function decodeMedia(part: JsonObject): MediaPart | undefined {
  switch (text(part, 'type')) {
    case 'image_url':
      return decodeUrlPart(part, 'image_url', 'image')
    case 'video_url':
      return decodeUrlPart(part, 'video_url', 'video')
    case 'input_audio':
      return decodeAudio(part)
    case 'file':
      return decodeFile(part)
    default:
      return undefined
  }
}

function decodeUrlPart(part: JsonObject, field: string, kind: 'image' | 'video'): MediaPart | undefined {
  const nested = object(part, field)
  const url = nested === undefined ? text(part, field) : text(nested, 'url')
  if (url === undefined || url === '') return undefined
  const detail = nested === undefined ? undefined : text(nested, 'detail')
  return {
    type: 'media',
    kind,
    source: sourceOfUrl(url),
    ...(detail === undefined ? {} : { detail }),
    ...nestedCarry(part, field, ['url', 'detail']),
  }
}

function decodeAudio(part: JsonObject): MediaPart | undefined {
  const audio = object(part, 'input_audio') ?? {}
  const data = text(audio, 'data')
  if (data === undefined) return undefined
  const format = text(audio, 'format') ?? 'wav'
  return {
    type: 'media',
    kind: 'audio',
    source: { type: 'base64', mediaType: format === 'mp3' ? 'audio/mpeg' : `audio/${format}`, data },
    ...nestedCarry(part, 'input_audio', ['data', 'format']),
  }
}

function decodeFile(part: JsonObject): MediaPart | undefined {
  const file = object(part, 'file') ?? {}
  const id = text(file, 'file_id')
  const data = text(file, 'file_data')
  if (id === undefined && data === undefined) return undefined
  const name = text(file, 'filename')
  return {
    type: 'media',
    kind: 'document',
    source: data === undefined ? { type: 'file', protocol: PROTOCOL, id: id ?? '' } : sourceOfFileData(data),
    ...(name === undefined ? {} : { name }),
    ...nestedCarry(part, 'file', ['file_id', 'file_data', 'filename']),
  }
}

/** Documented as bare base64, sent by nearly all as a data URL, by some as an address. */
function sourceOfFileData(data: string): Source {
  if (/^(data|https?):/i.test(data)) return sourceOfUrl(data)
  return { type: 'base64', mediaType: 'application/pdf', data }
}

/** Unknown members of the part and of its one nested object. */
function nestedCarry(part: JsonObject, field: string, known: readonly string[]) {
  const outer = carried(part, ['type', field, 'cache_control']).carry?.fields ?? {}
  const inner = carried(object(part, field) ?? {}, known).carry?.fields
  const fields: JsonObject = { ...outer, ...(inner === undefined ? {} : { [field]: inner }) }
  return Object.keys(fields).length === 0 ? {} : { carry: { protocol: PROTOCOL, fields } as const }
}

/** How a media part can be told on this wire: as a part, as text without loss, or only by a placeholder. */
export type ToldMedia =
  | { readonly type: 'part'; readonly part: JsonObject }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'placeholder'; readonly text: string; readonly reason: string }

export function encodeMedia(media: MediaPart): ToldMedia {
  const document = media.kind === 'document' ? documentText(media) : undefined
  if (document !== undefined) return { type: 'text', text: document }
  const part = encodePart(media)
  return part === undefined ? placeholder(media) : { type: 'part', part: restored(part, media.carry) }
}

function encodePart(media: MediaPart): JsonObject | undefined {
  const { source } = media
  const url = urlOf(source)
  switch (media.kind) {
    case 'image':
      return url === undefined
        ? undefined
        : { type: 'image_url', image_url: compact({ url, detail: detailOf(media.detail) }) }
    case 'video':
      return url === undefined ? undefined : { type: 'video_url', video_url: { url } }
    case 'audio':
      return encodeAudio(source)
    case 'document':
      return encodeFile(media)
    default:
      return undefined
  }
}

/** The wire knows low, high and auto; Codex's `original` means as sharp as it is. */
function detailOf(detail: string | undefined): string | undefined {
  return detail === 'original' ? 'high' : detail
}

function encodeAudio(source: Source): JsonObject | undefined {
  if (source.type !== 'base64') return undefined
  const format = /^audio\/(?:x-)?(mpeg|mp3|wave?)\b/i.exec(source.mediaType)?.[1]?.toLowerCase()
  if (format === undefined) return undefined
  return {
    type: 'input_audio',
    input_audio: { data: source.data, format: format.startsWith('mp') ? 'mp3' : 'wav' },
  }
}

function encodeFile(media: MediaPart): JsonObject | undefined {
  const { source } = media
  if (source.type === 'file' && source.protocol === PROTOCOL)
    return { type: 'file', file: compact({ file_id: source.id, filename: media.name }) }
  if (source.type !== 'base64') return undefined
  const url = `data:${source.mediaType};base64,${source.data}`
  if (source.mediaType.startsWith('image/')) return { type: 'image_url', image_url: { url } }
  return { type: 'file', file: { filename: media.name ?? defaultName(source.mediaType), file_data: url } }
}

/** The filename is mandatory where file_data is used. */
function defaultName(mediaType: string): string {
  const extension = /^[a-z]+\/([a-z0-9]{1,8})\b/i.exec(mediaType)?.[1]
  return `document.${extension ?? 'pdf'}`
}

function urlOf(source: Source): string | undefined {
  if (source.type === 'url') return source.url
  return source.type === 'base64' ? `data:${source.mediaType};base64,${source.data}` : undefined
}

/** A document that is text: models read it best as text, and every vendor takes it. */
function documentText(media: MediaPart): string | undefined {
  const words = plainText(media.source)
  if (words === undefined) return undefined
  return media.name === undefined ? words : `<document name="${media.name}">\n${words}\n</document>`
}

function plainText(source: Source): string | undefined {
  if (source.type === 'text') return source.text
  if (source.type !== 'base64') return undefined
  if (!/^(text\/|application\/(json|xml|yaml|x-yaml|javascript)\b)/i.test(source.mediaType)) return undefined
  return Buffer.from(source.data, 'base64').toString('utf8')
}

function placeholder(media: MediaPart): ToldMedia {
  const { source } = media
  const name = media.name === undefined ? '' : ` "${media.name}"`
  const where =
    source.type === 'url' && /^https?:/i.test(source.url)
      ? `: ${source.url}`
      : ', which this model cannot see'
  return {
    type: 'placeholder',
    text: `[${media.kind}${name}${where}]`,
    reason: `Chat Completions cannot carry this ${media.kind}`,
  }
}
