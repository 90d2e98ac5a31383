// Puts overlapping parts one after another, in the order of their start, for wires that know one open part at a
// time. Law: the same events, each part whole; the deltas of the part in front pass at once.

import type { Step } from '../codec.js'
import type { IrEvent } from './event.js'

type Waiting = { readonly index: number; readonly events: IrEvent[]; ended: boolean }

/** Events of later parts are held back until the earlier part has ended; an `error` drops what is held back. */
export function sequential(): Step<IrEvent, IrEvent> {
  let front: number | undefined
  const queue: Waiting[] = []

  /** The parts that waited behind one that has ended: whole ones go out, the first unfinished one is now in front. */
  function advance(): IrEvent[] {
    const out: IrEvent[] = []
    front = undefined
    while (front === undefined) {
      const next = queue.shift()
      if (next === undefined) break
      out.push(...next.events)
      if (!next.ended) front = next.index
    }
    return out
  }

  function hold(event: IrEvent & { readonly index: number }): IrEvent[] {
    const waiting = queue.find((candidate) => candidate.index === event.index)
    if (waiting === undefined)
      queue.push({ index: event.index, events: [event], ended: endsPart(event) || isWhole(event) })
    else {
      waiting.events.push(event)
      waiting.ended = endsPart(event)
    }
    return []
  }

  return {
    push(event) {
      if (event.type === 'error') {
        queue.length = 0
        return [event]
      }
      if (!('index' in event)) return event.type === 'finish' ? [...advance(), event] : [event]
      if (front === undefined) {
        if (!isWhole(event)) front = event.index
        return [event]
      }
      if (event.index !== front) return hold(event)
      return endsPart(event) ? [event, ...advance()] : [event]
    },
    end() {
      return advance()
    },
  }
}

function isWhole(event: IrEvent): boolean {
  return event.type === 'media' || event.type === 'opaque'
}

function endsPart(event: IrEvent): boolean {
  return event.type === 'text-end' || event.type === 'reasoning-end' || event.type === 'tool-call-end'
}
