// Images and documents, both ways. Law: a source that the IR cannot say exactly stays opaque; media that this
// protocol cannot take become a text that says what was there.

import { Buffer } from 'node:buffer'
import { isObject, type JsonObject, text } from '../../base/json.js'
import type { MediaPart } from '../ir/part.js'
import { cacheOf, carrying, PROTOCOL } from './wire.js'

/** An `image` or `document` block as media; undefined when its source has a form the IR does not know. */
export function decodeMedia(block: JsonObject, kind: 'image' | 'document'): MediaPart | undefined {
  const source = block['source']
  if (!isObject(source)) return undefined
  const decoded = decodeSource(source)
  if (decoded === undefined) return undefined
  const title = kind === 'document' ? text(block, 'title') : undefined
  const context = kind === 'document' ? text(block, 'context') : undefined
  const known = [
    'type',
    'source',
    'cache_control',
    ...(title === undefined ? [] : ['title']),
    ...(context === undefined ? [] : ['context']),
  ]
  return {
    type: 'media',
    kind,
    source: decoded,
    ...(title === undefined ? {} : { name: title }),
    ...(context === undefined ? {} : { context }),
    ...cacheOf(block),
    ...carrying(block, known),
  }
}

function decodeSource(source: JsonObject): MediaPart['source'] | undefined {
  const mediaType = text(source, 'media_type')
  const data = text(source, 'data')
  const url = text(source, 'url')
  const id = text(source, 'file_id')
  switch (text(source, 'type')) {
    case 'base64':
      if (mediaType === undefined || data === undefined || !exact(source, 3)) return undefined
      return { type: 'base64', mediaType, data }
    case 'url':
      return url === undefined || !exact(source, 2) ? undefined : { type: 'url', url }
    case 'file':
      return id === undefined || !exact(source, 2) ? undefined : { type: 'file', protocol: PROTOCOL, id }
    case 'text':
      if (data === undefined || mediaType !== 'text/plain' || !exact(source, 3)) return undefined
      return { type: 'text', text: data }
    default:
      return undefined
  }
}

function exact(source: JsonObject, members: number): boolean {
  return Object.keys(source).length === members
}

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

/** A media part as a block, or the reason why this protocol cannot take it. */
export function encodeMedia(part: MediaPart): JsonObject | string {
  if (part.kind !== 'image' && part.kind !== 'document') return `${part.kind} is not accepted`
  const source = encodeSource(part)
  if (typeof source === 'string') return source
  return {
    type: part.kind,
    source,
    ...(part.kind === 'document' && part.name !== undefined ? { title: part.name } : {}),
    ...(part.kind === 'document' && part.context !== undefined ? { context: part.context } : {}),
  }
}

function encodeSource(part: MediaPart): JsonObject | string {
  const { source } = part
  switch (source.type) {
    case 'base64':
      return encodeData(part.kind, source.mediaType, source.data)
    case 'url': {
      const inline = /^data:([^;,]+);base64,(.*)$/s.exec(source.url)
      if (inline !== null) return encodeData(part.kind, inline[1] ?? '', inline[2] ?? '')
      return /^https?:/i.test(source.url)
        ? { type: 'url', url: source.url }
        : 'only http, https and data addresses are accepted'
    }
    case 'file':
      if (source.protocol !== PROTOCOL) return 'the file is stored at another provider'
      return { type: 'file', file_id: source.id }
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text }
  }
}

function encodeData(kind: MediaPart['kind'], mediaType: string, data: string): JsonObject | string {
  if (kind === 'image') {
    if (!IMAGE_TYPES.includes(mediaType)) return `images of type ${mediaType} are not accepted`
    return { type: 'base64', media_type: mediaType, data }
  }
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data }
  if (/^text\/|^application\/json$/.test(mediaType)) {
    return { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString('utf8') }
  }
  return `documents of type ${mediaType} are not accepted`
}

/** The text that stands where media had to be left out. */
export function placeholder(part: MediaPart, reason: string): string {
  const name = part.name === undefined ? '' : ` "${part.name}"`
  return `[${part.kind}${name} left out: ${reason}]`
}
