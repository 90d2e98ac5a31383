// The content of a message: a string, or a list of parts. Parts of unknown types stay whole as opaque parts,
// with their text in words where they have one.

import { isObject, type JsonObject, type JsonValue, list, text } from '../../base/json.js'
import type { CacheMark, IrPart, MediaPart, OpaquePart, ReasoningPart, TextPart } from '../ir/part.js'
import { decodeMedia } from './media.js'
import { refuse, wantText } from './refuse.js'
import { carried, PROTOCOL } from './wire.js'

/** What content can hold; calls and results have fields of their own on this wire. */
export type ContentPart = TextPart | MediaPart | OpaquePart | ReasoningPart

/** Throws HubError `invalid-request` naming `param` for anything but a string, a list of parts, or nothing. */
export function decodeContent(content: JsonValue | undefined, param: string): ContentPart[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw refuse(param, 'a string or a list of content parts', content)
  return content.map((part, index) => decodePart(part, `${param}[${index}]`))
}

function decodePart(part: JsonValue, param: string): ContentPart {
  if (typeof part === 'string') return { type: 'text', text: part }
  if (!isObject(part)) throw refuse(param, 'an object', part)
  const type = wantText(part, 'type', `${param}.type`)
  const cache = cacheMark(part)
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return {
        type: 'text',
        text: wantText(part, 'text', `${param}.text`),
        ...cache,
        ...carried(part, ['type', 'text', 'cache_control']),
      }
    case 'refusal':
      return {
        type: 'text',
        text: wantText(part, 'refusal', `${param}.refusal`),
        refusal: true,
        ...carried(part, ['type', 'refusal']),
      }
    case 'thinking':
      return { type: 'reasoning', text: wordsOf(part), visibility: 'summary' }
    default:
      return decodeOther(part, param, type, cache)
  }
}

const MEDIA = ['image_url', 'input_audio', 'file', 'video_url']

function decodeOther(
  part: JsonObject,
  param: string,
  type: string,
  cache: { readonly cache?: CacheMark },
): ContentPart {
  const media = decodeMedia(part)
  if (media !== undefined) return { ...media, ...cache }
  if (MEDIA.includes(type))
    throw refuse(`${param}.${type}`, `the data or the address of the ${type}`, part[type])
  const fallback = wordsOf(part)
  return { type: 'opaque', protocol: PROTOCOL, value: part, ...(fallback === '' ? {} : { fallback }) }
}

/** The readable text of a part that this codec does not know, or of a thinking chunk (Mistral nests a list). */
export function wordsOf(part: JsonObject): string {
  for (const key of ['text', 'content', 'thinking']) {
    const value = part[key]
    if (typeof value === 'string') return value
    const nested = list(part, key).filter(isObject)
    if (nested.length > 0) return nested.map((item) => text(item, 'text') ?? '').join('')
  }
  return ''
}

/** OpenRouter and others take Anthropic's cache marks on parts and tools. */
export function cacheMark(source: JsonObject): { readonly cache?: CacheMark } {
  const control = source['cache_control']
  if (!isObject(control)) return {}
  return { cache: { ttl: control['ttl'] === '1h' ? '1h' : '5m' } }
}

/** The same mark on the way out. */
export function encodeCacheMark(cache: CacheMark | undefined): JsonObject {
  if (cache === undefined) return {}
  return { cache_control: cache.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } }
}

export function isToolContent(part: IrPart): part is TextPart | MediaPart | OpaquePart {
  return part.type === 'text' || part.type === 'media' || part.type === 'opaque'
}
