// The cost of one request: by the price that the channel's preset tells, else by the published one.
import { type Cost, costOf, type Price, type Rates, type Tier, type Tokens } from './price.js'
import { publishedPrice } from './price-book.js'

/** What a request is priced by. */
export type Pricing = {
  /** The channel's preset. */
  readonly provider: string
  /** What the preset says of the model. */
  readonly listed?: { readonly rates: Rates; readonly tiers?: readonly Tier[]; readonly date: string }
}

/** Undefined when the price, or a part of it that is needed, is not known. `at`: when the request began, ms. */
export function requestCost(tokens: Tokens, pricing: Pricing, model: string, at: number): Cost | undefined {
  const price = priceOf(pricing, model, at)
  return price === undefined ? undefined : costOf(tokens, price)
}

/** By which price a model's tokens count. Looking it up takes part of a millisecond: who asks often keeps it. */
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
