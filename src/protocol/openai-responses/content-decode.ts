// Content of messages and tool outputs, wire → IR. The same readers serve histories and answers.

import { isObject, type JsonObject, type JsonValue, object, objects, text } from '../../base/json.js'
import type { MediaPart, OpaquePart, TextPart } from '../ir/part.js'
import { invalid } from './check.js'
import { opaque } from './opaque.js'
import { carried, ID, leftover } from './wire.js'

export type ContentPart = TextPart | MediaPart | OpaquePart

/** A string or a list of content parts. Throws `invalid-request` for anything else; null reads as nothing. */
export function decodeContent(value: JsonValue | undefined, path: string): ContentPart[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }]
  if (!Array.isArray(value)) throw invalid(path, 'a string or a list of content parts')
  return value.map((element, index) => {
    if (!isObject(element)) throw invalid(`${path}[${index}]`, 'an object')
    return decodeContentPart(element)
  })
}

/** One content part; what is not known, or lacks what its type promises, stays opaque. */
export function decodeContentPart(part: JsonObject): ContentPart {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
    case 'reasoning_text':
      return { type: 'text', text: text(part, 'text') ?? '', ...carried(textFields(part)) }
    case 'refusal':
      return {
        type: 'text',
        text: text(part, 'refusal') ?? '',
        refusal: true,
        ...carried(leftover(part, ['type', 'refusal'])),
      }
    case 'input_image':
      return decodeImage(part) ?? keptWhole(part)
    case 'input_file':
      return decodeFile(part) ?? keptWhole(part)
    case 'input_audio':
      return decodeAudio(part) ?? keptWhole(part)
    default:
      return keptWhole(part)
  }
}

/** In a message of its own, so that the encoder can tell a content part from an item (see `keptContent`). */
function keptWhole(part: JsonObject): OpaquePart {
  return opaque({ type: 'message', role: 'user', content: [part] })
}

/** The content part inside an opaque part that `decodeContentPart` made; undefined for an item. */
export function keptContent(part: OpaquePart): JsonObject | undefined {
  return part.protocol === ID && part.value['type'] === 'message'
    ? objects(part.value, 'content')[0]
    : undefined
}

/** Codex and OpenAI send empty `annotations` and `logprobs` everywhere; empty ones are not worth carrying. */
function textFields(part: JsonObject): JsonObject {
  const fields = leftover(part, ['type', 'text'])
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  )
}

function decodeImage(part: JsonObject): MediaPart | undefined {
  const wrapped = object(part, 'image_url')
  const url = text(part, 'image_url') ?? (wrapped === undefined ? undefined : text(wrapped, 'url'))
  const detail = text(part, 'detail')
  const source = mediaSource(url, text(part, 'file_id'))
  if (source === undefined) return undefined
  return {
    type: 'media',
    kind: 'image',
    source,
    ...(detail === undefined ? {} : { detail }),
    ...carried(leftover(part, ['type', 'image_url', 'file_id', 'detail'])),
  }
}

function decodeFile(part: JsonObject): MediaPart | undefined {
  const data = text(part, 'file_data')
  const name = text(part, 'filename')
  const detail = text(part, 'detail')
  const source =
    data !== undefined && !data.startsWith('data:')
      ? ({ type: 'base64', mediaType: 'application/pdf', data } as const)
      : mediaSource(data ?? text(part, 'file_url'), text(part, 'file_id'))
  if (source === undefined) return undefined
  return {
    type: 'media',
    kind: 'document',
    source,
    ...(name === undefined ? {} : { name }),
    ...(detail === undefined ? {} : { detail }),
    ...carried(leftover(part, ['type', 'file_data', 'file_url', 'file_id', 'filename', 'detail'])),
  }
}

function decodeAudio(part: JsonObject): MediaPart | undefined {
  const audio = object(part, 'input_audio')
  const data = audio === undefined ? undefined : text(audio, 'data')
  if (audio === undefined || data === undefined) return undefined
  const format = text(audio, 'format') ?? 'wav'
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format}`
  return {
    type: 'media',
    kind: 'audio',
    source: { type: 'base64', mediaType, data },
    ...carried(leftover(part, ['type', 'input_audio'])),
  }
}

function mediaSource(url: string | undefined, fileId: string | undefined): MediaPart['source'] | undefined {
  if (url !== undefined) return readDataUrl(url) ?? { type: 'url', url }
  return fileId === undefined ? undefined : { type: 'file', protocol: ID, id: fileId }
}

/** `data:image/png;base64,…`; undefined for other URLs and for data that is not base64. */
function readDataUrl(url: string): MediaPart['source'] | undefined {
  if (!url.startsWith('data:')) return undefined
  const comma = url.indexOf(',')
  if (comma < 0) return undefined
  const head = url.slice('data:'.length, comma).split(';')
  if (head.at(-1) !== 'base64') return undefined
  return { type: 'base64', mediaType: head[0] || 'application/octet-stream', data: url.slice(comma + 1) }
}
