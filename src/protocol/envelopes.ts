// Takes our envelopes of foreign reasoning out of a request before it is relayed to an upstream that would call them
// false signatures. Law: only the array elements that hold an envelope go; every other byte stays as it is.

import { Buffer } from 'node:buffer'
import { assertNever } from '../base/assert-never.js'
import { indexOfMark } from '../base/byte-search.js'
import { isObject, type JsonObject, parseJson, text } from '../base/json.js'
import { WRAPPED } from './gemini/count-request.js'
import type { ProtocolId } from './ids.js'
import { ENVELOPE_PREFIX, openEnvelope } from './ir/seal.js'
import {
  type Edit,
  edited,
  elements,
  type Member,
  members,
  type Span,
  textAt,
  topLevelSpans,
} from './json-spans.js'

const MARK = `"${ENVELOPE_PREFIX}`
const RARE = ENVELOPE_PREFIX.slice(-4)

/** Whether a body may hold one of our envelopes: a search of bytes, quick enough for every request. */
export function hasEnvelope(body: Uint8Array): boolean {
  return indexOfMark(Buffer.from(body.buffer, body.byteOffset, body.byteLength), MARK, RARE) !== -1
}

/**
 * The body without what only other upstreams can read: Anthropic thinking blocks (a message that held nothing else
 * goes as a whole) and citations, Responses reasoning items, the `reasoning_details` of Chat Completions and the signatures
 * of Gemini's parts.
 * The same bytes when there is none.
 */
export function stripEnvelopes(protocol: ProtocolId, body: Uint8Array): Uint8Array {
  if (!hasEnvelope(body)) return body
  const edits = protocol === 'gemini' ? signatureEdits(body) : cutsOf(protocol, body).map(cut)
  return edits.length === 0 ? body : edited(body, edits)
}

function cutsOf(protocol: Exclude<ProtocolId, 'gemini'>, body: Uint8Array): Span[] {
  switch (protocol) {
    case 'anthropic-messages':
      return arraysAt(body, 'messages').flatMap((list) => messageCuts(body, list))
    case 'openai-responses':
      return arraysAt(body, 'input').flatMap((list) =>
        cutElements(list, elementsThat(body, list, isSealedItem)),
      )
    case 'openai-chat':
      return arraysAt(body, 'messages').flatMap((list) =>
        list.flatMap((message) => detailCuts(body, message)),
      )
    default:
      return assertNever(protocol)
  }
}

/** Taken by Google in place of a proof that there cannot be; on anything but a call none is needed. */
const NO_PROOF = Buffer.from('"skip_thought_signature_validator"', 'utf8')
const NOTHING = Buffer.from('null', 'utf8')

/**
 * Signatures stand on parts, which stay: a call needs a word in its place. Thoughts go, and parts without words; a content that
 * held nothing else goes as a whole, because Google refuses one without parts.
 */
function signatureEdits(body: Uint8Array): Edit[] {
  const edits = contentLists(body).flatMap((contents) => {
    const emptied = new Set<Span>()
    const inner = contents.flatMap((content) => {
      if (!hasEnvelope(body.subarray(content.start, content.end))) return []
      return (members(body, content, ['parts']) ?? []).flatMap(({ value }) => {
        const list = elements(body, value) ?? []
        const gone = new Set(list.filter((part) => isForeignThought(body, part)))
        if (gone.size > 0 && gone.size === list.length) {
          emptied.add(content)
          return []
        }
        const kept = list.filter((part) => !gone.has(part)).flatMap((part) => signatureEdit(body, part))
        return [...cutElements(list, gone).map(cut), ...kept]
      })
    })
    return [...cutElements(contents, emptied).map(cut), ...inner]
  })
  return edits.sort((left, right) => left.span.start - right.span.start)
}

/** The contents of the request, and of one that a question for its tokens wraps. */
function contentLists(body: Uint8Array): Span[][] {
  const wrapped = (topLevelSpans(body, WRAPPED) ?? []).flatMap(
    ({ value }) => members(body, value, ['contents']) ?? [],
  )
  return [...arraysAt(body, 'contents'), ...listsAt(body, wrapped)]
}

/** A thought that an envelope of the same content tells, or a part that held nothing but one. */
function isForeignThought(body: Uint8Array, part: Span): boolean {
  const value = parseJson(textAt(body, part))
  if (!isObject(value)) return false
  const signature = text(value, 'thoughtSignature')
  if (value['thought'] === true) return signature === undefined || isEnvelope(signature)
  return text(value, 'text') === '' && isEnvelope(signature)
}

function signatureEdit(body: Uint8Array, part: Span): Edit[] {
  const found = members(body, part, ['thoughtSignature', 'functionCall']) ?? []
  const isCall = found.some(({ key }) => key === 'functionCall')
  return found
    .filter(
      ({ key, value }) => key === 'thoughtSignature' && hasEnvelope(body.subarray(value.start, value.end)),
    )
    .map(({ value }) => ({ span: value, with: isCall ? NO_PROOF : NOTHING }))
}

function arraysAt(body: Uint8Array, key: string): Span[][] {
  return listsAt(body, topLevelSpans(body, [key]) ?? [])
}

function listsAt(body: Uint8Array, found: readonly Member[]): Span[][] {
  return found.flatMap(({ value }) => {
    const list = elements(body, value)
    return list === undefined ? [] : [list]
  })
}

/** What goes out of the messages: blocks of some, the whole of those that would be left empty. */
function messageCuts(body: Uint8Array, messages: readonly Span[]): Span[] {
  const emptied = new Set<Span>()
  const inner = new Map<Span, Span[]>()
  for (const message of messages) {
    if (!hasEnvelope(body.subarray(message.start, message.end))) continue
    for (const content of members(body, message, ['content']) ?? []) {
      const blocks = elements(body, content.value) ?? []
      const sealed = elementsThat(body, blocks, isSealedBlock)
      if (sealed.size > 0 && sealed.size === blocks.length) emptied.add(message)
      else inner.set(message, [...cutElements(blocks, sealed), ...pageCuts(body, blocks, sealed)])
    }
  }
  const cuts = [...cutElements(messages, emptied), ...[...inner.values()].flat()]
  return cuts.sort((left, right) => left.start - right.start)
}

/** Citations and search results of other makers; what they belong to stays, so the list may be left empty. */
function pageCuts(body: Uint8Array, blocks: readonly Span[], gone: ReadonlySet<Span>): Span[] {
  return blocks.flatMap((block) => {
    if (gone.has(block) || !hasEnvelope(body.subarray(block.start, block.end))) return []
    return (members(body, block, ['citations', 'content']) ?? []).flatMap(({ value }) => {
      const list = elements(body, value) ?? []
      return cutElements(list, elementsThat(body, list, isForeignPage))
    })
  })
}

/** The foreign details of a message; its text stays, so the list may be left empty. */
function detailCuts(body: Uint8Array, message: Span): Span[] {
  if (!hasEnvelope(body.subarray(message.start, message.end))) return []
  return (members(body, message, ['reasoning_details']) ?? []).flatMap(({ value }) => {
    const list = elements(body, value) ?? []
    return cutElements(list, elementsThat(body, list, isSealedDetail))
  })
}

function elementsThat(
  body: Uint8Array,
  list: readonly Span[],
  test: (value: JsonObject) => boolean,
): ReadonlySet<Span> {
  return new Set(
    list.filter((span) => {
      if (!hasEnvelope(body.subarray(span.start, span.end))) return false
      const value = parseJson(textAt(body, span))
      return isObject(value) && test(value)
    }),
  )
}

function isSealedBlock(block: JsonObject): boolean {
  const type = text(block, 'type')
  if (type === 'thinking') return isEnvelope(text(block, 'signature'))
  return type === 'redacted_thinking' && isEnvelope(text(block, 'data'))
}

function isForeignPage(page: JsonObject): boolean {
  return isEnvelope(text(page, 'encrypted_index') ?? text(page, 'encrypted_content'))
}

function isSealedDetail(detail: JsonObject): boolean {
  return text(detail, 'type') === 'reasoning.encrypted' && isEnvelope(text(detail, 'data'))
}

function isSealedItem(item: JsonObject): boolean {
  return text(item, 'type') === 'reasoning' && isEnvelope(text(item, 'encrypted_content'))
}

function isEnvelope(data: string | undefined): boolean {
  return data !== undefined && openEnvelope(data.split(',', 1)[0] ?? '') !== undefined
}

/** The bytes to leave out so that the chosen elements and one comma for each are gone. */
function cutElements(list: readonly Span[], chosen: ReadonlySet<Span>): Span[] {
  const lastKept = list.findLastIndex((span) => !chosen.has(span))
  const cuts: Span[] = []
  list.forEach((span, index) => {
    const next = list[index + 1]
    if (chosen.has(span) && index < lastKept && next !== undefined)
      cuts.push({ start: span.start, end: next.start })
  })
  const tail = list.at(-1)
  const kept = list[lastKept]
  const first = list[0]
  if (tail === undefined || first === undefined || lastKept === list.length - 1) return cuts
  cuts.push({ start: kept === undefined ? first.start : kept.end, end: tail.end })
  return cuts
}

function cut(span: Span): Edit {
  return { span, with: new Uint8Array(0) }
}
