// What a meter says at a given moment. Law: old is told apart from used up, and a window that has been reset since says
// nothing about the one that runs now. Pure.

import type { Meter } from './meter.js'

export type State = 'available' | 'warning' | 'exhausted' | 'unknown'
export type Charge = 'full' | 'medium' | 'low' | 'empty' | 'exhausted' | 'unknown'

/** From this share on people should know. */
export const WARNING_PERCENT = 80

/** Has the window been reset since it was measured? */
export function isPast({ resetsAt }: Meter, now: number): boolean {
  return resetsAt !== undefined && resetsAt <= now
}

/** What is left, 0 to 100; undefined when it is not known, or was of a window that is over. */
export function leftPercent(meter: Meter, now: number): number | undefined {
  if (isPast(meter, now)) return undefined
  if (meter.told === 'exhausted') return 0
  if (meter.usedPercent !== undefined) return 100 - meter.usedPercent
  if (meter.kind !== 'window' && meter.left !== undefined && meter.left <= 0) return 0
  return undefined
}

export function stateOf(meter: Meter, now: number): State {
  if (isPast(meter, now)) return 'unknown'
  const left = leftPercent(meter, now)
  if (left !== undefined && left <= 0) return 'exhausted'
  if (meter.told === 'warning' || (left !== undefined && left <= 100 - WARNING_PERCENT)) return 'warning'
  if (left !== undefined || meter.told === 'available' || meter.left !== undefined) return 'available'
  return 'unknown'
}

/** Steps of a battery, by what remains: under 5 empty, under 20 low, under 80 medium, else full. */
export function chargeOf(meter: Meter, now: number): Charge {
  const state = stateOf(meter, now)
  if (state === 'exhausted' || state === 'unknown') return state
  const left = leftPercent(meter, now)
  if (left === undefined) return state === 'warning' ? 'low' : 'full'
  if (left < 5) return 'empty'
  if (left < 20) return 'low'
  return left < 80 ? 'medium' : 'full'
}

/** Worst first: used up, then what is left least; what is not known comes last. */
export function byNeed(now: number): (a: Meter, b: Meter) => number {
  const rank = (meter: Meter) => {
    const state = stateOf(meter, now)
    if (state === 'exhausted') return -1
    if (state === 'unknown') return 1000
    return leftPercent(meter, now) ?? (state === 'warning' ? 20 : 500)
  }
  return (a, b) =>
    rank(a) - rank(b) || (a.windowSeconds ?? 0) - (b.windowSeconds ?? 0) || (a.id < b.id ? -1 : 1)
}

/**
 * The meter that an account stands or falls with: the worst of those that bind everything. One that binds a single model
 * speaks for the account only when there is no other.
 */
export function headline(meters: readonly Meter[], now: number): Meter | undefined {
  const general = meters.filter(({ scope }) => scope === undefined)
  return [...(general.length > 0 ? general : meters)].sort(byNeed(now))[0]
}
