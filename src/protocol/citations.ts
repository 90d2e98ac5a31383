// The web pages that an answer's text names as its sources, whatever protocol says them, so that each can say those of
// the others. Law: what names no address is left in the carry, and noted there like any other foreign field.

import {
  isObject,
  type JsonObject,
  type JsonValue,
  number,
  object,
  objects,
  text,
  without,
} from '../base/json.js'
import type { Carry } from './ir/part.js'

export type Citation = {
  readonly url: string
  readonly title?: string
  /** The words of the page. */
  readonly quote?: string
  /** The place in the text that the page speaks for, in characters; absent where it is the whole text. */
  readonly start?: number
  readonly end?: number
}

/** The sources in a foreign carry of a text, and what is left of it. */
export function foreignCitations(
  carry: Carry | undefined,
  own: Carry['protocol'],
): { readonly citations: readonly Citation[]; readonly rest: Carry | undefined } {
  if (carry === undefined || carry.protocol === own) return { citations: [], rest: carry }
  if (carry.protocol === 'gemini') return fromGrounding(carry)
  const field = carry.protocol === 'anthropic-messages' ? 'citations' : 'annotations'
  const told = carry.fields[field]
  const list = Array.isArray(told) ? told : []
  const citations = list.flatMap((entry) => citationOf(entry) ?? [])
  if (citations.length === 0 || citations.length < list.length) return { citations, rest: carry }
  return { citations, rest: { protocol: carry.protocol, fields: without(carry.fields, [field]) } }
}

/** Gemini lists the pages in `groundingChunks`; which words rest on which page is told in bytes, and left to Gemini. */
function fromGrounding(carry: Carry): ReturnType<typeof foreignCitations> {
  const grounds = object(carry.fields, 'groundingMetadata')
  if (grounds === undefined) return { citations: [], rest: carry }
  const citations = objects(grounds, 'groundingChunks').flatMap(
    (chunk) => citationOf({ ...object(chunk, 'web'), url: object(chunk, 'web')?.['uri'] ?? '' }) ?? [],
  )
  return {
    citations,
    rest: { protocol: carry.protocol, fields: without(carry.fields, ['groundingMetadata']) },
  }
}

/** `url_citation` of Responses, the same inside a member of that name in Chat, and the locations of Messages. */
function citationOf(entry: JsonValue): Citation | undefined {
  if (!isObject(entry)) return undefined
  const source: JsonObject = object(entry, 'url_citation') ?? entry
  const url = text(source, 'url') ?? text(source, 'source')
  if (url === undefined || !/^https?:/i.test(url)) return undefined
  const title = text(source, 'title')
  const quote = text(source, 'cited_text')
  const start = number(source, 'start_index')
  const end = number(source, 'end_index')
  return {
    url,
    ...(title === undefined ? {} : { title }),
    ...(quote === undefined ? {} : { quote }),
    ...(start === undefined || end === undefined ? {} : { start, end }),
  }
}

/** The members that both OpenAI protocols give a citation; `offset` is where the text begins in the whole message. */
export function urlCitation(citation: Citation, length: number, offset = 0): JsonObject {
  return {
    url: citation.url,
    title: citation.title ?? '',
    start_index: offset + (citation.start ?? 0),
    end_index: offset + (citation.end ?? length),
  }
}
