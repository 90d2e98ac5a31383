// Reasoning items ⇄ IR. `encrypted_content` is either the maker's own proof or our envelope around a foreign one.
// Law: what an agent is given comes back as the same part, text and seal.

import { compact, type JsonObject, objects, text } from '../../base/json.js'
import type { ReasoningPart, Seal } from '../ir/part.js'
import { ENVELOPE_PREFIX, envelopeText, openEnvelope, sealEnvelope, UNPROVEN } from '../ir/seal.js'
import { carried, ID, leftover, ownFields, SECTION_BREAK } from './wire.js'

const HELD = ['type', 'id', 'summary', 'content', 'encrypted_content']

/** `footprint` names the channel the item came from; '' for items of an agent's history. */
export function decodeReasoning(item: JsonObject, footprint: string): ReasoningPart {
  const summary = sections(item, 'summary')
  const content = sections(item, 'content')
  const sealed = text(item, 'encrypted_content') ?? ''
  const seal = readSeal(sealed, text(item, 'id'), footprint)
  const hidden = envelopeText(sealed)
  const visibility = summary.length > 0 || (content.length === 0 && hidden === undefined) ? 'summary' : 'raw'
  const shown = visibility === 'summary' ? summary : content
  const fields = leftover(item, HELD)
  if (summary.length > 1) fields['summary'] = item['summary'] ?? []
  if (visibility === 'summary' && content.length > 0) fields['content'] = item['content'] ?? []
  return {
    type: 'reasoning',
    text: hidden ?? shown.join(SECTION_BREAK),
    visibility,
    ...(seal === undefined ? {} : { seal }),
    ...carried(fields),
  }
}

/** The texts of `summary` or `content`, empty ones left out. */
function sections(item: JsonObject, key: string): string[] {
  return objects(item, key).flatMap((part) => text(part, 'text') || [])
}

function readSeal(sealed: string, id: string | undefined, footprint: string): Seal | undefined {
  if (sealed === '') return undefined
  const opened = openEnvelope(sealed)
  if (opened !== undefined) return opened.data === '' ? undefined : opened
  // A damaged envelope proves nothing to anyone.
  if (sealed.startsWith(ENVELOPE_PREFIX)) return undefined
  return { maker: ID, footprint, data: sealed, ...(id === undefined ? {} : { id }) }
}

/**
 * The `encrypted_content` for an agent. A foreign proof travels with its text, because its maker may want it
 * verbatim. So does raw text: agents echo `encrypted_content`, but not always `content` (docs/clients.md), and some
 * vendors refuse a history without it (providers §4, DeepSeek).
 */
export function opaqueProof(
  seal: Seal | undefined,
  told: string,
  visibility: 'summary' | 'raw',
): string | undefined {
  if (seal?.maker === ID) return seal.data
  if (seal === undefined && told === '') return undefined
  const hidden = told !== '' && (seal !== undefined || visibility === 'raw') ? told : undefined
  return sealEnvelope(seal ?? UNPROVEN, hidden)
}

/** An `output` item with the text where its visibility puts it. */
export function reasoningItem(
  part: Pick<ReasoningPart, 'text' | 'visibility'>,
  proof: string | undefined,
  id: string | undefined,
): JsonObject {
  const summary = part.visibility === 'summary' && part.text !== ''
  const raw = part.visibility === 'raw' && part.text !== ''
  return compact({
    id,
    type: 'reasoning',
    summary: summary ? [{ type: 'summary_text', text: part.text }] : [],
    content: raw ? [{ type: 'reasoning_text', text: part.text }] : undefined,
    encrypted_content: proof,
  })
}

/** An `input` item for an upstream of this protocol; `proof` and `id` only when it made them itself. */
export function reasoningInput(part: ReasoningPart, proof: string | undefined): JsonObject {
  return { ...reasoningItem(part, proof, part.seal?.id), ...ownFields(part.carry) }
}
