// Images, documents, sound and film as parts of this wire, both ways: `inlineData` holds them, `fileData` names them.

import { compact, type JsonObject, text } from '../../base/json.js'
import type { MediaPart } from '../ir/part.js'
import { camelObject, carried, PROTOCOL, restored } from './wire.js'

function kindOf(mediaType: string): MediaPart['kind'] {
  const [main] = mediaType.toLowerCase().split('/')
  return main === 'image' || main === 'audio' || main === 'video' ? main : 'document'
}

/** A media part of the wire; undefined when the part holds none. `part` has camel keys. */
export function decodeMedia(part: JsonObject): MediaPart | undefined {
  const inline = camelObject(part, 'inlineData')
  const data = inline === undefined ? undefined : text(inline, 'data')
  if (inline !== undefined && data !== undefined) {
    const mediaType = text(inline, 'mimeType') ?? 'application/octet-stream'
    const name = text(inline, 'displayName')
    return {
      type: 'media',
      kind: kindOf(mediaType),
      source: { type: 'base64', mediaType, data },
      ...(name === undefined ? {} : { name }),
      ...carried(part, ['inlineData']),
    }
  }
  const file = camelObject(part, 'fileData')
  const uri = file === undefined ? undefined : text(file, 'fileUri')
  if (file === undefined || uri === undefined) return undefined
  return decodeFile(part, file, uri)
}

/** Files of Google's own storage can only be read by Google; YouTube and other addresses by anyone. */
function decodeFile(part: JsonObject, file: JsonObject, uri: string): MediaPart {
  const mediaType = text(file, 'mimeType')
  const isOwn = /^gs:|generativelanguage\.googleapis\.com/.test(uri) || !/^https?:/i.test(uri)
  const fields: JsonObject = carried(part, ['fileData']).carry?.fields ?? {}
  const all: JsonObject = mediaType === undefined ? fields : { ...fields, fileData: { mimeType: mediaType } }
  return {
    type: 'media',
    kind: mediaType === undefined ? kindOfAddress(uri) : kindOf(mediaType),
    source: isOwn ? { type: 'file', protocol: PROTOCOL, id: uri } : { type: 'url', url: uri },
    ...(Object.keys(all).length === 0 ? {} : { carry: { protocol: PROTOCOL, fields: all } as const }),
  }
}

const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/\.png$/i, 'image/png'],
  [/\.jpe?g$/i, 'image/jpeg'],
  [/\.webp$/i, 'image/webp'],
  [/\.gif$/i, 'image/gif'],
  [/\.pdf$/i, 'application/pdf'],
  [/\.mp4$/i, 'video/mp4'],
  [/\.mp3$/i, 'audio/mpeg'],
  [/\.wav$/i, 'audio/wav'],
]

/** The media type that an address ends like. */
function typeOfAddress(address: string): string | undefined {
  const path = address.replace(/[?#].*$/s, '')
  return ENDINGS.find(([ending]) => ending.test(path))?.[1]
}

function kindOfAddress(address: string): MediaPart['kind'] {
  if (/youtube\.com|youtu\.be/i.test(address)) return 'video'
  return kindOf(typeOfAddress(address) ?? 'application/octet-stream')
}

/** How a media part can be told on this wire: as a part, as text without loss, or only by a placeholder. */
export type ToldMedia =
  | { readonly type: 'part'; readonly part: JsonObject }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'placeholder'; readonly text: string; readonly reason: string }

export function encodeMedia(media: MediaPart): ToldMedia {
  const { source } = media
  switch (source.type) {
    case 'text':
      return { type: 'text', text: named(media, source.text) }
    case 'base64':
      return asPart({ inlineData: { mimeType: bareType(source.mediaType), data: source.data } }, media)
    case 'url':
      return encodeUrl(media, source.url)
    case 'file':
      if (source.protocol === PROTOCOL) return asPart({ fileData: { fileUri: source.id } }, media)
      return placeholder(media, '', `only its own provider can read this ${media.kind}`)
  }
}

function encodeUrl(media: MediaPart, url: string): ToldMedia {
  const inline = /^data:([^;,]+)?(?:;[^;,]*)*;base64,/i.exec(url)
  if (inline !== null) {
    const mimeType = inline[1] ?? 'application/octet-stream'
    return asPart({ inlineData: { mimeType, data: url.slice(inline[0].length) } }, media)
  }
  if (!/^https?:/i.test(url)) return placeholder(media, '', `Gemini cannot read this ${media.kind}`)
  const known = typeOfAddress(url) ?? (media.kind === 'image' ? 'image/jpeg' : undefined)
  return asPart({ fileData: compact({ mimeType: known, fileUri: url }) }, media)
}

function asPart(part: JsonObject, media: MediaPart): ToldMedia {
  return { type: 'part', part: restored(part, media.carry) }
}

function bareType(mediaType: string): string {
  return mediaType.split(';')[0]?.trim() ?? mediaType
}

function named(media: MediaPart, words: string): string {
  return media.name === undefined ? words : `<document name="${media.name}">\n${words}\n</document>`
}

function placeholder(media: MediaPart, where: string, reason: string): ToldMedia {
  const name = media.name === undefined ? '' : ` "${media.name}"`
  return {
    type: 'placeholder',
    text: `[${media.kind}${name}${where}, which this model cannot see]`,
    reason,
  }
}
