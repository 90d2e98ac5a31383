// IR events → the deltas of a Chat Completions answer. The stream sends them as chunks, the whole answer is their
// sum, so that nothing is mapped twice.

import { assertNever } from '../../base/assert-never.js'
import type { HubError } from '../../base/errors.js'
import type { JsonObject } from '../../base/json.js'
import { foreignCitations, urlCitation } from '../citations.js'
import type { IrEvent } from '../ir/event.js'
import type { Note } from '../ir/note.js'
import type { Carry, MediaPart, OpaquePart, ToolKind } from '../ir/part.js'
import type { IrUsage } from '../ir/usage.js'
import { encodeFinish } from './finish.js'
import { encodeMedia } from './media.js'
import { detailsOfSeal, REASONING_BREAK } from './reasoning.js'
import { noteForeign, ownFields, PROTOCOL } from './wire.js'

/** What an event means on this wire. */
export type Told =
  | { readonly type: 'delta'; readonly delta: JsonObject }
  /** A piece of an open text or call; deltas of one kind differ in their words only. */
  | {
      readonly type: 'words'
      readonly kind: string
      readonly words: string
      readonly delta: (words: string) => JsonObject
    }
  | {
      readonly type: 'finish'
      readonly reason: string
      readonly usage: IrUsage | undefined
      /** Carried top-level fields of an answer of this protocol. */
      readonly fields: JsonObject
    }
  | { readonly type: 'error'; readonly error: HubError }

/** A call that was told: its place among the calls, and whether the asker knows only the older form. */
type Call = { readonly slot: number; readonly kind: ToolKind }

export type DeltaEncoder = { push(event: IrEvent): Told[] }

/** `legacy`: the asker offered `functions`, so a call is told as `function_call`. */
export function deltaEncoder(legacy: boolean, notes: Note[]): DeltaEncoder {
  const calls = new Map<number, Call>()
  const reasoning = new Map<number, string>()
  const words = textDeltas(notes)
  let usage: IrUsage | undefined

  function call(event: Extract<IrEvent, { type: 'tool-call-start' }>): Told[] {
    const slot = calls.size
    calls.set(event.index, { slot, kind: event.kind })
    // No agent of this protocol has offered a namespace, so one that a provider tells is no part of the name.
    const { name } = event
    if (legacy) return slot === 0 ? delta({ function_call: { name, arguments: '' } }) : extraCall(notes)
    const custom = event.kind === 'custom'
    return callDelta({
      index: slot,
      id: event.id,
      type: custom ? 'custom' : 'function',
      ...(custom ? { custom: { name, input: '' } } : { function: { name, arguments: '' } }),
    })
  }

  function callInput(index: number, input: string): Told[] {
    const found = calls.get(index)
    if (found === undefined || input === '') return []
    const { slot, kind } = found
    if (legacy) return slot === 0 ? delta({ function_call: { arguments: input } }) : []
    const piece = (words: string) =>
      kind === 'custom' ? { custom: { input: words } } : { function: { arguments: words } }
    return [
      {
        type: 'words',
        kind: `call ${slot}`,
        words: input,
        delta: (words) => ({ tool_calls: [{ index: slot, ...piece(words) }] }),
      },
    ]
  }

  function reasoned(index: number, words: string): Told[] {
    const before = reasoning.get(index) ?? ''
    const separated = before === '' && [...reasoning.values()].some((text) => text !== '')
    reasoning.set(index, before + words)
    return words === '' ? [] : said('reasoning_content', (separated ? REASONING_BREAK : '') + words)
  }

  return {
    push(event) {
      switch (event.type) {
        case 'start':
          return delta({ role: 'assistant', content: '' })
        case 'text-start':
          return words.start(event.refusal === true ? 'refusal' : 'content')
        case 'text-delta':
          return words.say(event.text)
        case 'text-end':
          return words.end(event.carry)
        case 'reasoning-start':
          reasoning.set(event.index, '')
          return []
        case 'reasoning-delta':
          return reasoned(event.index, event.text)
        case 'reasoning-end': {
          const { seal } = event
          if (seal === undefined || seal.data === '') return []
          return delta({ reasoning_details: detailsOfSeal(seal, reasoning.get(event.index) ?? '') })
        }
        case 'tool-call-start':
          return call(event)
        case 'tool-call-delta':
          return callInput(event.index, event.input)
        case 'tool-call-end': {
          const slot = calls.get(event.index)?.slot
          const fields = ownFields(event.carry)
          return slot === undefined || Object.keys(fields).length === 0 || legacy
            ? []
            : callDelta({ ...fields, index: slot })
        }
        case 'media':
          return media(event.part, notes)
        case 'opaque':
          return opaque(event.part, notes)
        case 'usage':
          usage = event.usage
          return []
        case 'finish': {
          const reason =
            legacy && event.reason === 'tool-calls' ? 'function_call' : encodeFinish(event.reason)
          const fields = ownFields(event.carry)
          return [{ type: 'finish', reason, usage: event.usage ?? usage, fields }]
        }
        case 'error':
          return [{ type: 'error', error: event.error }]
        default:
          return assertNever(event)
      }
    },
  }
}

/** The texts of an answer, which share one field, with the sources that each of them names at its end. */
function textDeltas(notes: Note[]) {
  let field: 'content' | 'refusal' = 'content'
  /** The content that is out, and how much of it was out when the open text began, in characters. */
  let told = 0
  let before = 0
  return {
    start(kind: typeof field): Told[] {
      field = kind
      before = told
      return []
    },
    say(piece: string): Told[] {
      if (piece === '') return []
      if (field === 'content') told += piece.length
      return said(field, piece)
    },
    end(carry: Carry | undefined): Told[] {
      const { citations, rest } = foreignCitations(carry, PROTOCOL)
      noteForeign(rest, 'answer', notes)
      if (citations.length === 0) return own(carry, 'annotations')
      const annotations = citations.map((citation) => ({
        type: 'url_citation',
        url_citation: urlCitation(citation, told - before, before),
      }))
      return delta({ annotations })
    },
  }
}

function delta(fields: JsonObject): Told[] {
  return [{ type: 'delta', delta: fields }]
}

/** A piece of a text under a field of its own. */
function said(field: keyof typeof TEXTS, words: string): Told[] {
  return [{ type: 'words', kind: field, words, delta: TEXTS[field] }]
}

const TEXTS = {
  content: (words: string): JsonObject => ({ content: words }),
  refusal: (words: string): JsonObject => ({ refusal: words }),
  reasoning_content: (words: string): JsonObject => ({ reasoning_content: words }),
}

function callDelta(call: JsonObject): Told[] {
  return delta({ tool_calls: [call] })
}

function own(carry: Parameters<typeof ownFields>[0], field: string): Told[] {
  const value = ownFields(carry)[field]
  return value === undefined ? [] : delta({ [field]: value })
}

function extraCall(notes: Note[]): Told[] {
  notes.push({ kind: 'dropped', path: 'function_call', reason: 'the older form can tell only one call' })
  return []
}

/** Images and sound have fields of their own in an answer; other media is told in words. */
function media(part: MediaPart, notes: Note[]): Told[] {
  const told = encodeMedia(part)
  if (told.type === 'part' && part.kind === 'image') return delta({ images: [told.part] })
  if (part.kind === 'audio' && part.source.type === 'base64') {
    const audio = ownFields(part.carry)['audio']
    const head = typeof audio === 'object' && audio !== null && !Array.isArray(audio) ? audio : {}
    return delta({ audio: { ...head, data: part.source.data, transcript: '' } })
  }
  if (told.type === 'text') return delta({ content: told.text })
  notes.push({ kind: 'approximated', path: 'answer', reason: `${part.kind} is told as a placeholder` })
  return delta({ content: told.type === 'placeholder' ? told.text : `[${part.kind}]` })
}

function opaque(part: OpaquePart, notes: Note[]): Told[] {
  const type = typeof part.value['type'] === 'string' ? part.value['type'] : 'block'
  const words = part.fallback ?? ''
  if (words === '') {
    if (part.protocol !== PROTOCOL)
      notes.push({ kind: 'dropped', path: 'answer', reason: `${type} has no form on Chat Completions` })
    return []
  }
  notes.push({ kind: 'approximated', path: 'answer', reason: `${type} is told as text` })
  return delta({ content: words })
}
