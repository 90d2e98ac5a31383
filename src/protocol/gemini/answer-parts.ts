// The parts of an answer, piece by piece. Words arrive in pieces, calls whole; a signature ends the part that it stands on.
// Whole answers go through here as well.

import { isObject, type JsonObject, text } from '../../base/json.js'
import type { DecodeContext } from '../codec.js'
import type { IrEvent } from '../ir/event.js'
import { opaque } from './contents-decode.js'
import { decodeMedia } from './media.js'
import { offeredName } from './names.js'
import { type PartialArguments, partialArguments } from './partial-args.js'
import { type SignaturePlace, sealAt } from './signature.js'
import { type OpenText, textEnds } from './text-ends.js'
import { camelKeys, camelObject, carried } from './wire.js'

export type AnswerParts = {
  push(part: JsonObject): IrEvent[]
  /** The pages that the answer rests on: told with the text that ends last. */
  ground(fields: JsonObject): void
  /** Ends whatever is open. */
  end(): IrEvent[]
  /** Pages for which there was no text when the answer had ended. */
  untold(): JsonObject
  hasCalls(): boolean
}

/**
 * A call is open while its arguments come in pieces, a text that was signed until something follows: the pages that it rests on
 * may be told behind it.
 */
type Open =
  | { readonly type: 'none' }
  | OpenText
  | { readonly type: 'reasoning'; readonly index: number }
  | { readonly type: 'call'; readonly index: number; readonly input: PartialArguments }

export function answerParts(context: DecodeContext): AnswerParts {
  const ids = new Set<string>()
  const texts = textEnds(context.request.tools.some(({ type }) => type === 'server'))
  let open: Open = { type: 'none' }
  let next = 0

  /** Ends the open words; a signature belongs to them. */
  function close(signature = '', place: SignaturePlace = 'thought'): IrEvent[] {
    const closing = open
    open = { type: 'none' }
    if (closing.type === 'none') return []
    const { index } = closing
    if (closing.type === 'call') return ended(index, closing.input.whole(), {})
    if (closing.type === 'text') return texts.over(closing)
    const seal = signature === '' ? {} : { seal: sealAt(place, signature, context.footprint) }
    return [{ type: 'reasoning-end', index, ...seal }]
  }

  function begin(type: 'text' | 'reasoning'): IrEvent {
    const index = next++
    open = type === 'text' ? { type, index, signature: '' } : { type, index }
    return opening(type, index)
  }

  function say(type: 'text' | 'reasoning', words: string): IrEvent[] {
    if (words === '') return []
    const goesOn = open.type === type && !isSigned(open)
    const events = goesOn ? [] : [...close(), ...(type === 'text' ? texts.next() : []), begin(type)]
    const delta = type === 'text' ? 'text-delta' : 'reasoning-delta'
    if (open.type !== 'none') events.push({ type: delta, index: open.index, text: words })
    return events
  }

  /** Proof that goes with the thoughts before it; without any it is a part of its own. */
  function prove(place: SignaturePlace, signature: string): IrEvent[] {
    if (signature === '') return close()
    if (open.type === 'reasoning') return close(signature, place)
    return [...close(), begin('reasoning'), ...close(signature, place)]
  }

  /** A piece without a name goes on with the call before it, and ends it unless more is promised. */
  function goOn(body: JsonObject): IrEvent[] {
    if (open.type !== 'call') return []
    open.input.push(body)
    return body['willContinue'] === true ? [] : close()
  }

  function call(part: JsonObject, body: JsonObject, signature: string): IrEvent[] {
    if (text(body, 'name') === undefined && (open.type === 'call' || !isObject(body['args'])))
      return goOn(body)
    const proof = prove('call', signature)
    const index = next++
    const told = text(body, 'id') ?? ''
    const id = told === '' || ids.has(told) ? context.newId('call_') : told
    ids.add(id)
    const name = offeredName(text(body, 'name') ?? 'unnamed', context.request.tools)
    const start: IrEvent = { type: 'tool-call-start', index, id, kind: 'function', name }
    const input = partialArguments()
    input.push(body)
    if (body['willContinue'] === true) {
      open = { type: 'call', index, input }
      return [...proof, start]
    }
    const carry = carried(part, ['functionCall', 'thoughtSignature', 'thought', 'text'])
    return [...proof, start, ...ended(index, input.whole(), carry)]
  }

  function words(part: JsonObject, said: string, signature: string): IrEvent[] {
    if (part['thought'] === true) {
      const events = say('reasoning', said)
      return signature === '' ? events : [...events, ...prove('thought', signature)]
    }
    const events = say('text', said)
    if (signature === '') return events
    if (open.type !== 'text' || isSigned(open)) return [...events, ...prove('alone', signature)]
    open = { ...open, signature }
    return events
  }

  return {
    push(source) {
      const part = camelKeys(source)
      const signature = text(part, 'thoughtSignature') ?? ''
      const body = camelObject(part, 'functionCall')
      if (body !== undefined) return call(part, body, signature)
      const said = text(part, 'text')
      if (said === '' && signature === '') return []
      if (said !== undefined) return words(part, said, signature)
      const media = decodeMedia(part)
      if (media !== undefined) return [...close(), { type: 'media', index: next++, part: media }]
      if (Object.keys(part).every((key) => key === 'thought' || key === 'thoughtSignature'))
        return signature === '' ? [] : prove('alone', signature)
      return [...close(), { type: 'opaque', index: next++, part: opaque(part) }]
    },
    ground: (candidate) => texts.ground(candidate),
    end() {
      const last = open.type === 'text' ? open : undefined
      const events = last === undefined ? close() : []
      open = { type: 'none' }
      return [...events, ...texts.last(last)]
    },
    untold: () => texts.untold(),
    hasCalls: () => ids.size > 0,
  }
}

function isSigned(open: Open): boolean {
  return open.type === 'text' && open.signature !== ''
}

function ended(index: number, input: JsonObject, carry: ReturnType<typeof carried>): IrEvent[] {
  return [
    { type: 'tool-call-delta', index, input: JSON.stringify(input) },
    { type: 'tool-call-end', index, ...carry },
  ]
}

function opening(type: 'text' | 'reasoning', index: number): IrEvent {
  return type === 'text'
    ? { type: 'text-start', index }
    : { type: 'reasoning-start', index, visibility: 'summary' }
}
