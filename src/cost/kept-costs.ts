// Prices and costs for who asks often: to look a price up takes up to a twentieth of a millisecond, so it is kept for a while.
import { type Cost, costOf, type Price, type Tokens } from './price.js'
import { type Pricing, priceOf } from './request-cost.js'

/** Published prices change by the day, some by the hour of the day, and then at the full or the half hour. */
const KEPT_MS = 300_000
const MOST = 500

/** Undefined when a price that it needs is not known. `at`: when the request began, ms since the epoch. */
export type KeptCost = (tokens: Tokens, pricing: Pricing, model: string, at: number) => Cost | undefined

export function keptRequestCosts(): KeptCost {
  const kept = new Map<string, { readonly price: Price | undefined; readonly slot: number }>()
  return (tokens, pricing, model, at) => {
    const key = JSON.stringify([pricing, model])
    const slot = Math.floor(at / KEPT_MS)
    let known = kept.get(key)
    if (known?.slot !== slot) {
      if (kept.size >= MOST) kept.clear()
      known = { price: priceOf(pricing, model, at), slot }
      kept.set(key, known)
    }
    return known.price === undefined ? undefined : costOf(tokens, known.price)
  }
}

/** US dollars; undefined when a price that it needs is not known. `at`: when the request began, ms since the epoch. */
export type CostOf = (tokens: Tokens, pricing: Pricing, model: string, at: number) => number | undefined

export function keptCosts(): CostOf {
  const costs = keptRequestCosts()
  return (tokens, pricing, model, at) => costs(tokens, pricing, model, at)?.dollars
}
