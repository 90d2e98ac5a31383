// What a request's tokens are priced by: the price that the channel's preset tells, else by the published one.
import type { Price, Rates, Tier } from './price.js'
import { publishedPrice } from './price-book.js'

/** What a request is priced by. */
export type Pricing = {
  /** The channel's preset. */
  readonly provider: string
  /** What the preset says of the model. */
  readonly listed?: { readonly rates: Rates; readonly tiers?: readonly Tier[]; readonly date: string }
}

/** By which price a model's tokens count. Looking it up takes up to a twentieth of a millisecond: who asks often keeps it (kept-costs.ts). */
export function priceOf(pricing: Pricing, model: string, at: number): Price | undefined {
  return priceFor(pricing, publishedPrice(pricing.provider, model, at))
}

/** A preset tells the newest rates; where the published ones agree with it, these also know tiers and the cache. */
function priceFor({ provider, listed }: Pricing, published: Price | undefined): Price | undefined {
  if (listed === undefined) return published
  const { rates, tiers = [], date } = listed
  const agrees = published?.rates.input === rates.input && published?.rates.output === rates.output
  if (published !== undefined && agrees && rates.cacheRead === undefined && tiers.length === 0)
    return published
  return { rates, tiers, source: `preset ${provider}`, date }
}
