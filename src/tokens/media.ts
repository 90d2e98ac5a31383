// What images and documents cost. No tokenizer is public for them, so these are the vendors' rules of thumb.

import { Buffer } from 'node:buffer'
import type { MediaPart } from '../protocol/ir/part.js'
import { imageSize } from './image-size.js'
import { textTokens } from './text.js'

/** Anthropic's rule: width × height / 750; larger images are scaled down first, to about this many tokens. */
const PIXELS_PER_TOKEN = 750
const LARGEST_IMAGE = 1600
/** A page of a PDF is given to the model as text and as an image: 1500 to 3000 tokens. */
const TOKENS_PER_PAGE = 2000
/** Where the pages cannot be counted: what a page of a PDF takes, in bytes. */
const BYTES_PER_PAGE = 60_000
/** Sound is about 10 tokens for a second of 16 kB. */
const SOUND_BYTES_PER_TOKEN = 1600
/** The header of an image is near its beginning; this much base64 text holds it even behind a preview. */
const HEADER_LENGTH = 256 * 1024

export function mediaTokens(part: MediaPart): number {
  const { source } = part
  const named = part.name === undefined ? 0 : textTokens(part.name)
  switch (source.type) {
    case 'text':
      return named + textTokens(source.text)
    case 'base64':
      return named + dataTokens(part.kind, source.mediaType, source.data)
    case 'url':
      return named + urlTokens(part.kind, source.url)
    case 'file':
      return named + (part.kind === 'image' ? LARGEST_IMAGE : TOKENS_PER_PAGE)
  }
}

function urlTokens(kind: MediaPart['kind'], url: string): number {
  const inline = /^data:([^;,]*);base64,/.exec(url)
  if (inline !== null) return dataTokens(kind, inline[1] ?? '', url.slice(inline[0].length))
  return kind === 'image' ? LARGEST_IMAGE : TOKENS_PER_PAGE
}

function dataTokens(kind: MediaPart['kind'], mediaType: string, data: string): number {
  if (kind === 'image') return imageTokens(data)
  if (kind === 'document' && mediaType === 'application/pdf') return pageCount(data) * TOKENS_PER_PAGE
  if (kind === 'document') return textTokens(Buffer.from(data, 'base64').toString('utf8'))
  return Math.ceil((data.length * 3) / 4 / SOUND_BYTES_PER_TOKEN)
}

function imageTokens(data: string): number {
  const size = imageSize(Buffer.from(data.slice(0, HEADER_LENGTH), 'base64'))
  if (size === undefined) return LARGEST_IMAGE
  return Math.min(LARGEST_IMAGE, Math.ceil((size.width * size.height) / PIXELS_PER_TOKEN))
}

/** Page objects where they stand in the open, else a guess from the size. */
function pageCount(data: string): number {
  const file = Buffer.from(data, 'base64').toString('latin1')
  const pages = file.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0
  return Math.max(pages, pages === 0 ? Math.ceil(file.length / BYTES_PER_PAGE) : 0, 1)
}
