// What an answer's parts look like to the agent: the pieces that the whole and the streamed form share.
// Law: both forms are made of these, so they cannot drift apart.

import { isObject, type JsonObject, type JsonValue, list, parseJson, text } from '../../base/json.js'
import { foreignCitations } from '../citations.js'
import type { EncodeContext } from '../codec.js'
import type { Note } from '../ir/note.js'
import type { Carry, IrPart, MediaPart, OpaquePart, Seal, ToolCallPart, WebSearch } from '../ir/part.js'
import { sealEnvelope, UNPROVEN } from '../ir/seal.js'
import { placeholder } from './media.js'
import { toolId } from './tool-id.js'
import { noteForeign, ownFields, PROTOCOL } from './wire.js'

/** The proof as this wire's opaque word: Anthropic's own as it is, any other, or none, in an envelope of ours. */
export function proofOf(seal: Seal = UNPROVEN): string {
  return seal.maker === PROTOCOL ? seal.data : sealEnvelope(seal)
}

/** A seal without text: hidden by its maker, so a `redacted_thinking` block; Anthropic's own may be text left out. */
export function hiddenThinking(seal: Seal): JsonObject {
  if (seal.maker === PROTOCOL && seal.redacted !== true) {
    return { type: 'thinking', thinking: '', signature: seal.data }
  }
  return { type: 'redacted_thinking', data: proofOf(seal) }
}

/**
 * The head of a `tool_use` block. The input follows, whole or in pieces. No agent of this protocol has offered a
 * namespace, so one that a provider tells is no part of the name.
 */
export function callHead(
  call: Pick<ToolCallPart, 'id' | 'name'>,
  newId: (prefix: string) => string,
): JsonObject {
  const id = call.id === '' ? newId('toolu_') : toolId(call.id)
  return { type: 'tool_use', id, name: call.name, input: {} }
}

/** The blocks that say a part which comes whole: blocks of Anthropic as they are, those of others in words. */
export function wholeBlocks(
  part: MediaPart | OpaquePart,
  newId: (prefix: string) => string,
  notes: Note[],
): JsonObject[] {
  if (part.type === 'media') {
    notes.push({ kind: 'approximated', path: 'content', reason: `${part.kind} told in words` })
    return [{ type: 'text', text: mediaWords(part) }]
  }
  if (part.protocol === PROTOCOL) return [part.value]
  if (part.search !== undefined) return searchBlocks(part.search, newId)
  const type = text(part.value, 'type') ?? 'block'
  if (part.fallback === undefined || part.fallback === '') {
    notes.push({ kind: 'dropped', path: 'content', reason: `${type} exists only in ${part.protocol}` })
    return []
  }
  notes.push({ kind: 'approximated', path: 'content', reason: `${type} of ${part.protocol} told in words` })
  return [{ type: 'text', text: part.fallback }]
}

/** A search that another provider made, as Anthropic's own: clients show both blocks, and read the pages in the second. */
function searchBlocks(search: WebSearch, newId: (prefix: string) => string): JsonObject[] {
  const id = newId('srvtoolu_')
  const content = search.results.map((url) => ({
    type: 'web_search_result',
    url,
    title: url,
    encrypted_content: proofOf(),
    page_age: null,
  }))
  return [
    { type: 'server_tool_use', id, name: 'web_search', input: { query: search.query } },
    { type: 'web_search_tool_result', tool_use_id: id, content },
  ]
}

function mediaWords(part: MediaPart): string {
  if (part.source.type === 'url' && /^https?:/i.test(part.source.url)) {
    return part.kind === 'image' ? `![image](${part.source.url})` : part.source.url
  }
  if (part.source.type === 'text') return part.source.text
  return placeholder(part, 'answers of this protocol hold no media')
}

function textBlock(words: string, carry: Carry | undefined, notes: Note[]): JsonObject {
  const citations = locations(words, carry, notes)
  return { type: 'text', text: words, ...ownFields(carry), ...(citations.length === 0 ? {} : { citations }) }
}

/**
 * The citations of a text: its own as they are, those of other protocols as places in search results. Anthropic could
 * not read the index of these, so they carry our mark, by which a relay leaves them out.
 */
export function locations(words: string, carry: Carry | undefined, notes: Note[]): JsonValue[] {
  const { citations, rest } = foreignCitations(carry, PROTOCOL)
  noteForeign(rest, 'content', notes)
  const told = citations.map(({ url, title, quote, start, end }) => ({
    type: 'web_search_result_location',
    url,
    title: title ?? null,
    cited_text: quote ?? (start === undefined ? '' : words.slice(start, end)),
    encrypted_index: proofOf(),
  }))
  return [...list(ownFields(carry), 'citations'), ...told]
}

/** The blocks of one part of a whole answer. */
export function answerBlocks(part: IrPart, newId: (prefix: string) => string, notes: Note[]): JsonObject[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [textBlock(part.text, part.carry, notes)]
    case 'reasoning': {
      const fields = ownFields(part.carry)
      if (part.text === '')
        return part.seal === undefined ? [] : [{ ...hiddenThinking(part.seal), ...fields }]
      return [{ type: 'thinking', thinking: part.text, signature: proofOf(part.seal), ...fields }]
    }
    case 'tool-call':
      return [{ ...callHead(part, newId), input: callInput(part), ...ownFields(part.carry) }]
    case 'media':
    case 'opaque':
      return wholeBlocks(part, newId, notes)
    case 'tool-result':
      return []
  }
}

/** Broken JSON goes to the agent the way its own client stores it: an object that holds the raw text. */
function callInput(part: ToolCallPart): JsonObject {
  if (part.kind === 'custom') return { input: part.input }
  const parsed = part.input.trim() === '' ? {} : parseJson(part.input)
  return isObject(parsed) ? parsed : { input: parsed ?? part.input }
}

/** Anthropic's own id when the upstream is one, else a fresh one of the same form. */
export function messageId(id: string | undefined, context: Pick<EncodeContext, 'newId'>): string {
  return id?.startsWith('msg_') === true ? id : context.newId('msg_')
}
