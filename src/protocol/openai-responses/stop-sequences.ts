// The protocol has no stop sequences, so answers are cut here. Law: what passes of a text ends before the stop
// sequence that is complete first, however the text was split; nothing new begins after a cut, and usage still counts
// all that was made.

import type { Step } from '../codec.js'
import type { IrEvent } from '../ir/event.js'

type Cutter = {
  readonly stops: readonly string[]
  /** Ends of open texts that may be the beginning of a stop sequence, by the index of their part. */
  readonly held: Map<number, string>
  /** Parts whose beginning was passed on. */
  readonly told: Set<number>
  calls: number
  cut: { readonly index: number; readonly sequence: string } | undefined
}

/** Passes everything on untouched when there are no stop sequences. */
export function stopAt(stops: readonly string[] | undefined): Step<IrEvent, IrEvent> {
  const wanted = (stops ?? []).filter((stop) => stop !== '')
  if (wanted.length === 0) return { push: (event) => [event], end: () => [] }
  const cutter: Cutter = { stops: wanted, held: new Map(), told: new Set(), calls: 0, cut: undefined }
  return { push: (event) => pass(cutter, event), end: () => [] }
}

function pass(cutter: Cutter, event: IrEvent): IrEvent[] {
  if (!('index' in event)) return [event.type === 'finish' ? withReason(cutter, event) : event]
  if (!cutter.told.has(event.index)) {
    if (cutter.cut !== undefined) return []
    cutter.told.add(event.index)
  }
  if (event.type === 'tool-call-start') cutter.calls += 1
  if (event.type === 'text-delta') return passText(cutter, event.index, event.text)
  if (event.type !== 'text-end') return [event]
  const rest = cutter.held.get(event.index) ?? ''
  return rest === '' ? [event] : [{ type: 'text-delta', index: event.index, text: rest }, event]
}

function passText(cutter: Cutter, index: number, delta: string): IrEvent[] {
  if (cutter.cut?.index === index) return []
  const text = (cutter.held.get(index) ?? '') + delta
  const found = firstStop(text, cutter.stops)
  const end = found?.at ?? text.length - openingLength(text, cutter.stops)
  cutter.held.set(index, found === undefined ? text.slice(end) : '')
  if (found !== undefined) cutter.cut ??= { index, sequence: found.sequence }
  return end === 0 ? [] : [{ type: 'text-delta', index, text: text.slice(0, end) }]
}

/** The one that ends first, as a model would have met it; of two that end together, the longer. */
function firstStop(text: string, stops: readonly string[]): { at: number; sequence: string } | undefined {
  return stops
    .map((sequence) => ({ at: text.indexOf(sequence), sequence, length: sequence.length }))
    .filter(({ at }) => at >= 0)
    .sort((left, right) => left.at + left.length - right.at - right.length || left.at - right.at)[0]
}

/** The length of the longest end of the text with which a stop sequence begins. */
function openingLength(text: string, stops: readonly string[]): number {
  const longest = Math.min(text.length, Math.max(...stops.map((stop) => stop.length)) - 1)
  for (let length = longest; length > 0; length--)
    if (stops.some((stop) => stop.startsWith(text.slice(-length)))) return length
  return 0
}

type Finish = Extract<IrEvent, { readonly type: 'finish' }>

/** Calls before the cut are still to be run; calls behind it never were. */
function withReason(cutter: Cutter, event: Finish): Finish {
  if (cutter.cut === undefined || event.reason === 'filter') return event
  if (cutter.calls > 0) return { ...event, reason: 'tool-calls' }
  return { ...event, reason: 'stop', stopSequence: cutter.cut.sequence }
}
