// IR events → the parts of an answer of this wire. The stream sends them in chunks, the whole answer is their sum, so that
// nothing is mapped twice. Clients leave thoughts out of their history, so foreign proof rides on what follows them.

import { assertNever } from '../../base/assert-never.js'
import type { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, parseJson, text } from '../../base/json.js'
import type { IrEvent } from '../ir/event.js'
import type { Note } from '../ir/note.js'
import type { Carry, MediaPart, OpaquePart, Seal, ToolKind } from '../ir/part.js'
import { UNPROVEN } from '../ir/seal.js'
import type { IrUsage } from '../ir/usage.js'
import { encodeFinish } from './finish.js'
import { type Grounding, grounding } from './grounding.js'
import { encodeMedia } from './media.js'
import { envelopeFor, placed } from './signature.js'
import { ownFields, PROTOCOL, restored } from './wire.js'

/** What an event means on this wire. */
export type Told =
  | { readonly type: 'parts'; readonly parts: readonly JsonObject[] }
  | {
      readonly type: 'finish'
      readonly parts: readonly JsonObject[]
      readonly reason: string
      /** Further members of the candidate. */
      readonly candidate: JsonObject
      readonly usage: IrUsage | undefined
      /** Carried top-level fields of an answer of this protocol. */
      readonly fields: JsonObject
    }
  | { readonly type: 'error'; readonly error: HubError }

export type PartEncoder = { push(event: IrEvent): Told[] }

type Call = { readonly id: string; readonly name: string; readonly kind: ToolKind; input: string }

export function partEncoder(notes: Note[]): PartEncoder {
  const calls = new Map<number, Call>()
  const thoughts = new Map<number, string>()
  const proofs = proofDesk()
  const pages: Grounding = grounding(notes)
  let usage: IrUsage | undefined

  function call(index: number, carry: Carry | undefined): Told[] {
    const found = calls.get(index)
    if (found === undefined) return []
    const { id, name } = found
    const part = { functionCall: { id, name, args: argumentsOf(found, notes) }, ...proofs.forCall() }
    return parts(restored(part, carry))
  }

  function reasoned(index: number, seal: Seal | undefined): Told[] {
    const words = thoughts.get(index) ?? ''
    return proofs.hold(seal, words).flatMap((part) => parts(part))
  }

  return {
    push(event) {
      switch (event.type) {
        case 'start':
          return []
        case 'text-start':
          pages.begin()
          return []
        case 'text-delta':
          if (event.text === '') return []
          pages.say(event.text)
          return parts({ text: event.text, ...proofs.forWords() })
        case 'text-end': {
          const own = text(ownFields(event.carry), 'thoughtSignature')
          pages.end(event.carry)
          return own === undefined ? [] : parts({ text: '', thoughtSignature: own })
        }
        case 'reasoning-start':
          thoughts.set(event.index, '')
          return []
        case 'reasoning-delta':
          thoughts.set(event.index, (thoughts.get(event.index) ?? '') + event.text)
          return event.text === '' ? [] : parts({ text: event.text, thought: true })
        case 'reasoning-end':
          return reasoned(event.index, event.seal)
        case 'tool-call-start':
          calls.set(event.index, { id: event.id, name: event.name, kind: event.kind, input: '' })
          return []
        case 'tool-call-delta': {
          const found = calls.get(event.index)
          if (found !== undefined) found.input += event.input
          return []
        }
        case 'tool-call-end':
          return call(event.index, event.carry)
        case 'media':
          return parts(mediaPart(event.part, notes))
        case 'opaque':
          return opaqueParts(event.part, notes)
        case 'usage':
          usage = event.usage
          return []
        case 'finish': {
          const { candidate, ...fields } = ownFields(event.carry)
          return [
            {
              type: 'finish',
              parts: proofs.rest(),
              reason: encodeFinish(event.reason),
              candidate: { ...(isObject(candidate) ? candidate : {}), ...pages.fields() },
              usage: event.usage ?? usage,
              fields,
            },
          ]
        }
        case 'error':
          return [{ type: 'error', error: event.error }]
        default:
          return assertNever(event)
      }
    },
  }
}

function parts(...told: JsonObject[]): Told[] {
  return [{ type: 'parts', parts: told }]
}

/** Proof that waits for the part it belongs to. */
function proofDesk() {
  let waiting: { readonly seal: Seal; readonly text: string }[] = []
  let own: string | undefined

  function envelope(): { readonly thoughtSignature?: string } {
    if (waiting.length === 0) return {}
    const thoughtSignature = envelopeFor(waiting)
    waiting = []
    return { thoughtSignature }
  }

  return {
    /** What can be told at once of reasoning that has ended. */
    hold(seal: Seal | undefined, words: string): JsonObject[] {
      if (seal?.maker !== PROTOCOL) {
        if (seal !== undefined || words !== '') waiting.push({ seal: seal ?? UNPROVEN, text: words })
        return []
      }
      const { place, signature } = placed(seal)
      if (place === 'thought') return [{ text: '', thought: true, thoughtSignature: signature }]
      if (place === 'alone') return [{ text: '', thoughtSignature: signature }]
      own = signature
      return []
    },
    forCall(): { readonly thoughtSignature?: string } {
      const proof = own === undefined ? envelope() : { thoughtSignature: own }
      own = undefined
      return proof
    },
    forWords: envelope,
    /** Proof after which nothing came. */
    rest(): JsonObject[] {
      const left = envelope()
      return left.thoughtSignature === undefined ? [] : [{ text: '', ...left }]
    },
  }
}

/** Arguments are an object on this wire; free text stands under `input`, and so does what is no object. */
function argumentsOf({ kind, input, name }: Call, notes: Note[]): JsonObject {
  if (kind === 'custom') return { input }
  if (input.trim() === '') return {}
  const value = parseJson(input)
  if (isObject(value)) return value
  notes.push({ kind: 'approximated', path: 'answer', reason: `the arguments of ${name} are no JSON object` })
  return { input }
}

function mediaPart(part: MediaPart, notes: Note[]): JsonObject {
  const told = encodeMedia(part)
  if (told.type === 'part') return told.part
  if (told.type === 'placeholder')
    notes.push({ kind: 'approximated', path: 'answer', reason: `${part.kind} is told as a placeholder` })
  return { text: told.text }
}

function opaqueParts(part: OpaquePart, notes: Note[]): Told[] {
  if (part.protocol === PROTOCOL) return parts(part.value)
  const type = text(part.value, 'type') ?? 'block'
  const words = part.fallback ?? ''
  const kind = words === '' ? 'dropped' : 'approximated'
  notes.push({
    kind,
    path: 'answer',
    reason: `${type} ${words === '' ? 'has no form on Gemini' : 'is told as text'}`,
  })
  return words === '' ? [] : parts({ text: words })
}
