// Proof of thinking on this wire: `thoughtSignature`, on whatever part the maker put it. In the IR it is a seal before
// what it belongs to; agents carry the seals of other makers in the same field, several joined by commas.
// Law: what stood on a call, a thought or alone stands there again for its maker.

import type { ReasoningPart, Seal } from '../ir/part.js'
import { ENVELOPE_PREFIX, envelopeText, openEnvelope, sealEnvelope } from '../ir/seal.js'
import { PROTOCOL } from './wire.js'

/** Where the maker put a signature: on the call after it, on the thought itself, or on an empty part. */
export type SignaturePlace = 'call' | 'thought' | 'alone'

/** Taken by Google in place of the proof that a call of another model cannot have. */
export const NO_PROOF = 'skip_thought_signature_validator'

/** The seal of a maker's own signature; `footprint` names the channel, '' an unknown one. */
export function sealAt(place: SignaturePlace, signature: string, footprint: string): Seal {
  return { maker: PROTOCOL, footprint, data: `${place}:${signature}` }
}

/** Where a seal of this protocol stood, and the signature. */
export function placed(seal: Seal): { readonly place: SignaturePlace; readonly signature: string } {
  const [, place, signature] = /^(call|thought|alone):(.*)$/s.exec(seal.data) ?? []
  if (place === 'call' || place === 'alone') return { place, signature: signature ?? '' }
  return { place: 'thought', signature: signature ?? seal.data }
}

/** The word that an agent is given for sealed reasoning; the hidden text is what clients leave out of their history. */
export function envelopeFor(seals: readonly { readonly seal: Seal; readonly text: string }[]): string {
  return seals.map(({ seal, text }) => sealEnvelope(seal, text === '' ? undefined : text)).join(',')
}

export function isEnvelope(signature: string): boolean {
  return signature.startsWith(ENVELOPE_PREFIX)
}

/** The reasoning inside a signature that is one of ours; damaged pieces open to nothing. */
export function openSignature(signature: string): ReasoningPart[] {
  return signature.split(',').flatMap((word): ReasoningPart[] => {
    const seal = openEnvelope(word)
    if (seal === undefined) return []
    const text = envelopeText(word) ?? ''
    const proven = seal.data === '' ? {} : { seal }
    return [{ type: 'reasoning', text, visibility: 'summary', ...proven }]
  })
}
