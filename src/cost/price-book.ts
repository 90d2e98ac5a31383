// The published prices of providers, from the data of @pydantic/genai-prices; nothing is fetched. It is read when the
// first price is looked up, because that takes a tenth of a second: only the store's worker does it.
import { createRequire } from 'node:module'
import { type Price, type Rates, ratesOf, type Tier } from './price.js'

type Book = typeof import('@pydantic/genai-prices')
type BookPrice = Readonly<Record<string, unknown>>

const SOURCE = 'genai-prices 0.1.8'
/** When that version was published. */
const DATE = '2026-09-23'
/** Where the prices come from, and of which day they are. */
export const PUBLISHED = { source: SOURCE, date: DATE } as const

/** Our presets whose prices are published under this name. Plans with a fixed fee are not here: their tokens have no price. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  'azure-openai': 'azure',
  cerebras: 'cerebras',
  deepseek: 'deepseek',
  fireworks: 'fireworks',
  gemini: 'google',
  groq: 'groq',
  minimax: 'minimax',
  mistral: 'mistral',
  moonshot: 'moonshotai',
  openai: 'openai',
  openrouter: 'openrouter',
  together: 'together',
  xai: 'x-ai',
  zai: 'zai',
}

let book: Book | undefined

/** The price of a preset's model at a time (ms since the epoch); undefined when none is published. */
export function publishedPrice(provider: string, model: string, at: number): Price | undefined {
  const providerId = PROVIDERS[provider]
  if (providerId === undefined) return undefined
  if (book === undefined) {
    const loaded: Book = createRequire(import.meta.url)('@pydantic/genai-prices')
    book = loaded
  }
  const found = book.calcPrice({ input_tokens: 1 }, model, { providerId, timestamp: new Date(at) })
  return found === null ? undefined : priceOf(found.model_price)
}

function priceOf(price: BookPrice): Price {
  const starts = new Set(Object.values(price).flatMap((rate) => tiersOf(rate).map(({ start }) => start)))
  const tiers = [...starts].sort((a, b) => a - b)
  return {
    rates: ratesAt(price, undefined),
    tiers: tiers.map((over): Tier => ({ over, ...ratesAt(price, over) })),
    source: SOURCE,
    date: DATE,
  }
}

/** The rates for inputs above `start` tokens, or those of small inputs. */
function ratesAt(price: BookPrice, start: number | undefined): Rates {
  const rate = (name: string) => rateAt(price[`${name}_mtok`], start)
  const write = rate('cache_write')
  return ratesOf({
    input: rate('input'),
    output: rate('output'),
    cacheRead: rate('cache_read'),
    cacheWrite5m: rate('cache_write_5m') ?? write,
    cacheWrite1h: rate('cache_write_1h'),
  })
}

function rateAt(rate: unknown, start: number | undefined): number | undefined {
  if (typeof rate === 'number') return rate
  if (typeof rate !== 'object' || rate === null || !('base' in rate)) return undefined
  const base = typeof rate.base === 'number' ? rate.base : undefined
  if (start === undefined) return base
  return tiersOf(rate).findLast((tier) => tier.start <= start)?.price ?? base
}

function tiersOf(rate: unknown): { readonly start: number; readonly price: number }[] {
  if (typeof rate !== 'object' || rate === null || !('tiers' in rate) || !Array.isArray(rate.tiers)) return []
  return rate.tiers.filter(isTier).sort((a, b) => a.start - b.start)
}

function isTier(tier: unknown): tier is { start: number; price: number } {
  return (
    typeof tier === 'object' &&
    tier !== null &&
    'start' in tier &&
    typeof tier.start === 'number' &&
    'price' in tier &&
    typeof tier.price === 'number'
  )
}
