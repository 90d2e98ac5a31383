// Whether an account is used up for a model, and how long that is believed. Law: a figure is believed until the reset it names,
// and never longer than a hint of a provider is; what still pays behind a window keeps the account usable. Pure.

import type { Kept } from './book.js'
import type { Meter } from './meter.js'
import { stateOf } from './standing.js'

export type Exhaustion = {
  /** Ms since the epoch: then it is asked again. */
  readonly until: number
  /** For a person. */
  readonly reason: string
}

export type ExhaustionQuestion = {
  /** The model to be asked; undefined: any. */
  readonly model: string | undefined
  /** Ms since the epoch. */
  readonly now: number
  /** For how long a figure is believed, ms. */
  readonly believedMs: number
}

type Told = Pick<Kept, 'meter' | 'observedAt'>

/** What Anthropic calls its models in the names of windows. */
const SHORT_NAMES: Readonly<Record<string, string>> = { oi: 'fable' }

/** `GPT Spark` binds `gpt-6-codex-spark`: each of its words stands in the name of the model. */
function binds(scope: string, model: string): boolean {
  const words = (SHORT_NAMES[scope.toLowerCase()] ?? scope.toLowerCase()).split(/[^a-z0-9.]+/)
  const name = model.toLowerCase()
  return words.every((word) => word.length > 2 && name.includes(word))
}

/** Credits or extra usage go on paying when a window is used up; told no earlier than that it is. */
function isReserve({ meter, observedAt }: Told, since: number, now: number): boolean {
  const isOne = meter.kind === 'credits' || meter.scope === 'extra usage' || meter.scope === 'overage'
  const state = stateOf(meter, now)
  return isOne && observedAt >= since && (state === 'available' || state === 'warning')
}

function named({ id, kind }: Meter): string {
  if (id === 'limit') return 'its plan is used up'
  return kind === 'window' ? `its window ${id} is used up` : `its ${id.replace('/', ' ')} is used up`
}

/** Undefined: it is not used up, or that is not known. */
export function exhaustionOf(
  meters: readonly Told[],
  { model, now, believedMs }: ExhaustionQuestion,
): Exhaustion | undefined {
  const binding = meters.filter(
    ({ meter: { scope } }) => scope === undefined || (model !== undefined && binds(scope, model)),
  )
  const used = binding
    .filter(({ meter }) => stateOf(meter, now) === 'exhausted')
    .map(({ meter, observedAt }) => ({
      until: Math.min(meter.resetsAt ?? Number.POSITIVE_INFINITY, observedAt + believedMs),
      reason: named(meter),
      // A refusal says that nothing else pays either.
      isFinal: meter.id === 'limit' || meter.kind !== 'window',
      observedAt,
    }))
    .filter(({ until }) => until > now)
    .filter(({ isFinal, observedAt }) => isFinal || !meters.some((one) => isReserve(one, observedAt, now)))
  const longest = used.toSorted((a, b) => b.until - a.until)[0]
  return longest === undefined ? undefined : { until: longest.until, reason: longest.reason }
}
