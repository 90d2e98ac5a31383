// Reasoning on this wire: text in one of three fields, proof in `reasoning_details` (OpenRouter's shape, to be sent
// back unmodified and in order). Seals of other makers travel there too, as one encrypted detail with our envelope.

import { isObject, type JsonObject, object, objects, parseJson, text } from '../../base/json.js'
import type { ReasoningPart, Seal } from '../ir/part.js'
import { envelopeText, openEnvelope, sealEnvelope } from '../ir/seal.js'
import { PROTOCOL } from './wire.js'

/** The fields vendors use for reasoning text; some send two with the same text (providers §3). */
export const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_text'] as const

/** What stands between two parts of reasoning when they share one field. */
export const REASONING_BREAK = '\n\n'

/** The reasoning text of a message or delta: the first field that is not empty. */
export function reasoningText(source: JsonObject): string {
  for (const field of REASONING_FIELDS) {
    const value = text(source, field)
    if (value !== undefined && value !== '') return value
  }
  return ''
}

/** What a detail shows to people; encrypted ones show nothing. */
export function detailText(detail: JsonObject): string {
  return text(detail, 'text') ?? text(detail, 'summary') ?? ''
}

/** Adds a streamed detail to those so far: pieces of one detail share type and index, and their texts are joined. */
export function addDetail(details: JsonObject[], piece: JsonObject): void {
  const last = details.at(-1)
  const continues =
    last !== undefined &&
    piece['type'] === last['type'] &&
    piece['type'] !== 'reasoning.encrypted' &&
    piece['index'] === last['index'] &&
    (text(piece, 'id') ?? text(last, 'id')) === (text(last, 'id') ?? text(piece, 'id'))
  if (!continues) {
    details.push(piece)
    return
  }
  for (const [key, value] of Object.entries(piece)) {
    const before = last[key]
    const joins = key === 'text' || key === 'summary'
    if (joins && typeof before === 'string' && typeof value === 'string') last[key] = before + value
    else if (value !== null) last[key] = value
  }
}

/** The seal of details as an upstream gave them; `footprint` names the channel, '' an unknown one. */
export function sealOfDetails(details: readonly JsonObject[], footprint: string): Seal | undefined {
  if (details.length === 0) return undefined
  return { maker: PROTOCOL, footprint, data: JSON.stringify(details) }
}

/**
 * The details to show an agent for this seal: the maker's own, or our envelope with the text it belongs to. The proof
 * of a call is told with the call itself.
 */
export function detailsOfSeal(seal: Seal, reasoning: string): JsonObject[] {
  const own = rawDetails(seal)
  if (own.length > 0) return own.filter((detail) => detail['type'] !== CALL_PROOF)
  return [{ type: 'reasoning.encrypted', data: sealEnvelope(seal, reasoning) }]
}

/** What we call the proof of a call among the details of a seal; it never stands on a wire. */
const CALL_PROOF = 'axonhub.tool_call'

/**
 * Gemini proves its reasoning on the call (`extra_content.google.thought_signature`) and refuses a history without it
 * (providers §4). Other protocols have no such field, so it travels as sealed reasoning directly before the call.
 */
export function sealOfCall(fields: JsonObject, footprint: string): Seal | undefined {
  const extra = object(fields, 'extra_content')
  const google = extra === undefined ? undefined : object(extra, 'google')
  if (extra === undefined || google === undefined || text(google, 'thought_signature') === undefined)
    return undefined
  return sealOfDetails([{ type: CALL_PROOF, extra_content: extra }], footprint)
}

/** The fields that a seal has for the call after it; undefined when it is no proof of a call. */
export function callFields(seal: Seal): JsonObject | undefined {
  const proof = rawDetails(seal).find((detail) => detail['type'] === CALL_PROOF)
  const extra = proof === undefined ? undefined : object(proof, 'extra_content')
  return extra === undefined ? undefined : { extra_content: extra }
}

/** The details of a seal that belong to the message. */
export function messageDetails(seal: Seal): JsonObject[] {
  return rawDetails(seal).filter((detail) => detail['type'] !== CALL_PROOF)
}

/** The maker's own details inside a seal of this protocol. */
export function rawDetails(seal: Seal): JsonObject[] {
  if (seal.maker !== PROTOCOL) return []
  const value = parseJson(seal.data)
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The reasoning of an agent's history message, each sealed part with the text that its seal belongs to. */
export function decodeReasoning(message: JsonObject): ReasoningPart[] {
  const details = objects(message, 'reasoning_details')
  const shown = reasoningText(message)
  const foreign: { readonly seal: Seal; readonly text: string }[] = []
  const raw: JsonObject[] = []
  for (const detail of details) {
    const data = text(detail, 'data') ?? ''
    const seal = openEnvelope(data)
    if (seal === undefined) raw.push(detail)
    else foreign.push({ seal, text: envelopeText(data) ?? '' })
  }
  if (foreign.length > 0) return besideShown(foreign, shown)
  const seal = sealOfDetails(raw, '')
  const words = shown === '' ? raw.map(detailText).join('') : shown
  if (words === '' && seal === undefined) return []
  return [{ type: 'reasoning', text: words, visibility: 'summary', ...(seal === undefined ? {} : { seal }) }]
}

/** Sealed parts in their order; shown text that belongs to none of them stays as unsealed reasoning. */
function besideShown(
  sealed: readonly { readonly seal: Seal; readonly text: string }[],
  shown: string,
): ReasoningPart[] {
  const parts: ReasoningPart[] = []
  let rest = shown
  for (const { seal, text: own } of sealed) {
    const at = own === '' ? -1 : rest.indexOf(own)
    if (at >= 0) {
      parts.push(...unsealed(rest.slice(0, at)))
      rest = rest.slice(at + own.length)
    }
    parts.push({ type: 'reasoning', text: own, visibility: 'summary', seal })
  }
  return [...parts, ...unsealed(rest)]
}

function unsealed(words: string): ReasoningPart[] {
  const trimmed = words.trim()
  return trimmed === '' ? [] : [{ type: 'reasoning', text: trimmed, visibility: 'summary' }]
}
