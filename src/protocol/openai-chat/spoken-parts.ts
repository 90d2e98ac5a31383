// The parts of an answer made of words: reasoning, text, refusal. One is open at a time; when another kind of
// words begins, it ends, taking along the proof or the annotations that belong to it.

import type { JsonObject } from '../../base/json.js'
import type { IrEvent } from '../ir/event.js'
import { addDetail, sealOfDetails } from './reasoning.js'
import { carryOf } from './wire.js'

type Speech = 'reasoning' | 'text' | 'refusal'

export type SpokenParts = {
  say(type: Speech, words: string): IrEvent[]
  /** `reasoning_details` that came with the words said last, or without words. */
  prove(details: readonly JsonObject[]): void
  annotate(annotations: readonly JsonObject[]): void
  /** The pages that the answer as a whole rests on: told with the text that ends next, unless it names its own. */
  cite(pages: readonly JsonObject[]): void
  /** Ends the open part, and tells proof that no open reasoning took along. */
  close(): IrEvent[]
}

type Open = { readonly type: 'none' } | { readonly type: Speech; readonly index: number }

function wordsOf(type: Speech, index: number, text: string): IrEvent {
  return type === 'reasoning' ? { type: 'reasoning-delta', index, text } : { type: 'text-delta', index, text }
}

/** `pause` is asked for what has to end before a new part begins (complete calls). */
export function spokenParts(nextIndex: () => number, footprint: string, pause: () => IrEvent[]): SpokenParts {
  let open: Open = { type: 'none' }
  let details: JsonObject[] = []
  let annotations: JsonObject[] = []
  let pages: readonly JsonObject[] = []

  function closeOpen(): IrEvent[] {
    const closing = open
    open = { type: 'none' }
    if (closing.type === 'none') return []
    if (closing.type === 'reasoning') {
      const seal = sealOfDetails(details, footprint)
      details = []
      return [{ type: 'reasoning-end', index: closing.index, ...(seal === undefined ? {} : { seal }) }]
    }
    const told = annotations.length === 0 ? [...pages] : annotations
    const fields: JsonObject = told.length === 0 ? {} : { annotations: told }
    annotations = []
    pages = []
    return [{ type: 'text-end', index: closing.index, ...carryOf(fields) }]
  }

  /** Proof without open reasoning (encrypted only, or late) gets a part of its own, before what follows. */
  function looseProof(): IrEvent[] {
    return details.length === 0 ? [] : [...begin('reasoning', nextIndex()), ...closeOpen()]
  }

  function begin(type: Speech, index: number): IrEvent[] {
    open = { type, index }
    // `summary` is what agents display, and users expect to see the thinking of these vendors too.
    if (type === 'reasoning') return [{ type: 'reasoning-start', index, visibility: 'summary' }]
    return [{ type: 'text-start', index, ...(type === 'refusal' ? { refusal: true as const } : {}) }]
  }

  /** Begins a part of another kind than the open one. */
  function enter(type: Speech): { readonly index: number; readonly events: IrEvent[] } {
    const before = [...closeOpen(), ...pause(), ...(type === 'reasoning' ? [] : looseProof())]
    const index = nextIndex()
    return { index, events: [...before, ...begin(type, index)] }
  }

  return {
    say(type, words) {
      if (words === '') return []
      if (open.type === type) return [wordsOf(type, open.index, words)]
      const { index, events } = enter(type)
      return [...events, wordsOf(type, index, words)]
    },
    prove(fresh) {
      for (const detail of fresh) addDetail(details, { ...detail })
    },
    annotate(fresh) {
      annotations.push(...fresh)
    },
    cite(found) {
      pages = found
    },
    close: () => [...closeOpen(), ...looseProof()],
  }
}
