// Sealed reasoning on its way through an agent of another protocol: the seal travels in that protocol's own opaque
// field (Anthropic `signature` or `data`, Responses `encrypted_content`, Gemini `thoughtSignature`), which agents echo verbatim, and is opened
// on the next turn. Law: the same seal gives the same text; open(seal(x)) is x; anything else opens to undefined.

import { Buffer } from 'node:buffer'
import { compact, flag, isObject, type JsonObject, parseJson, text } from '../../base/json.js'
import type { ProtocolId } from '../ids.js'
import type { Seal } from './part.js'

const MAKERS: readonly ProtocolId[] = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']

/** How every envelope begins; the number is the version of the form. */
export const ENVELOPE_PREFIX = 'axonhub.1.'

/**
 * Proves nothing to anyone. Reasoning without a proof is given to agents under this seal, so that it can be told from
 * that of a real maker and is never relayed to one.
 */
export const UNPROVEN: Seal = { maker: 'openai-chat', footprint: '', data: '' }

/** The seal as one opaque word; `hidden` is reasoning text that the asker is not shown but the maker needs back. */
export function sealEnvelope(seal: Seal, hidden?: string): string {
  const content = compact({
    maker: seal.maker,
    footprint: seal.footprint,
    data: seal.data,
    redacted: seal.redacted,
    id: seal.id,
    text: hidden,
  })
  return ENVELOPE_PREFIX + Buffer.from(JSON.stringify(content), 'utf8').toString('base64url')
}

/** The seal inside an envelope; undefined when the text is not one of ours (a real signature, or damaged). */
export function openEnvelope(data: string): Seal | undefined {
  const content = contentOf(data)
  if (content === undefined) return undefined
  const maker = protocolOf(content)
  const footprint = text(content, 'footprint')
  const sealed = text(content, 'data')
  if (maker === undefined || footprint === undefined || sealed === undefined) return undefined
  const id = text(content, 'id')
  return {
    maker,
    footprint,
    data: sealed,
    ...(flag(content, 'redacted') === true ? { redacted: true as const } : {}),
    ...(id === undefined ? {} : { id }),
  }
}

/** The hidden text of an envelope, when it has one. */
export function envelopeText(data: string): string | undefined {
  const content = contentOf(data)
  return content === undefined ? undefined : text(content, 'text')
}

/**
 * Whether the target can read the seal: it speaks the maker's protocol and made it itself, or nobody knows who
 * made it (footprint '') and the agent has always sent it to targets of this protocol. An empty seal proves nothing.
 */
export function usableSeal(
  seal: Seal,
  target: { readonly protocol: ProtocolId; readonly footprint: string },
): boolean {
  if (seal.data === '' || seal.maker !== target.protocol) return false
  return seal.footprint === '' || seal.footprint === target.footprint
}

function contentOf(data: string): JsonObject | undefined {
  if (!data.startsWith(ENVELOPE_PREFIX)) return undefined
  const value = parseJson(Buffer.from(data.slice(ENVELOPE_PREFIX.length), 'base64url').toString('utf8'))
  return isObject(value) ? value : undefined
}

function protocolOf(content: JsonObject): ProtocolId | undefined {
  const maker = text(content, 'maker')
  return MAKERS.find((known) => known === maker)
}
