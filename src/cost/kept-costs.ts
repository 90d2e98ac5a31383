// Costs for who asks often: the price of a model is looked up once in an hour.
import { costOf, type Price, type Tokens } from './price.js'
import { type Pricing, priceOf } from './request-cost.js'

const KEPT_MS = 3_600_000
const MOST = 500

/** US dollars; undefined when a price that it needs is not known. `at`: when the request began, ms since the epoch. */
export type CostOf = (tokens: Tokens, pricing: Pricing, model: string, at: number) => number | undefined

export function keptCosts(): CostOf {
  const kept = new Map<string, { readonly price: Price | undefined; readonly at: number }>()
  return (tokens, pricing, model, at) => {
    const key = JSON.stringify([pricing, model])
    let known = kept.get(key)
    if (known === undefined || Math.abs(at - known.at) > KEPT_MS) {
      if (kept.size >= MOST) kept.clear()
      known = { price: priceOf(pricing, model, at), at }
      kept.set(key, known)
    }
    return known.price === undefined ? undefined : costOf(tokens, known.price)?.dollars
  }
}
