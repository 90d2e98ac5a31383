// What tokens cost. Law: a cost is told only when every rate that it needs is known; else there is none, never a guess.

/** US dollars per million tokens; absent is not known, 0 is free. */
export type Rates = {
  readonly input?: number
  readonly output?: number
  readonly cacheRead?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
}

/** Rates for inputs of more than so many tokens, the cache included. */
export type Tier = Rates & { readonly over: number }

export type Price = {
  readonly rates: Rates
  /** From the smallest to the largest. */
  readonly tiers: readonly Tier[]
  /** Where it was read. */
  readonly source: string
  /** When the source was right, YYYY-MM-DD. */
  readonly date: string
}

/** Disjoint counters, as protocol/ir/usage.ts has them; `reasoning` is part of `output`. */
export type Tokens = {
  readonly inputFresh: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly output: number
}

/** The cost in US dollars and the rates that made it. */
export type Cost = {
  readonly dollars: number
  readonly rates: Rates
  readonly source: string
  readonly date: string
}

const MILLION = 1_000_000

/** Undefined when a rate is not known for tokens that were used. */
export function costOf(tokens: Tokens, { rates: base, tiers, source, date }: Price): Cost | undefined {
  const input = tokens.inputFresh + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h
  const tier = tiers.findLast(({ over }) => input > over)
  const rates = tier === undefined ? base : ratesOf({ ...base, ...tier })
  const parts = [
    times(tokens.inputFresh, rates.input),
    times(tokens.cacheRead, rates.cacheRead),
    times(tokens.cacheWrite5m, rates.cacheWrite5m),
    times(tokens.cacheWrite1h, rates.cacheWrite1h),
    times(tokens.output, rates.output),
  ]
  let dollars = 0
  for (const part of parts) {
    if (part === undefined) return undefined
    dollars += part
  }
  return { dollars, rates, source, date }
}

function times(tokens: number, rate: number | undefined): number | undefined {
  return tokens === 0 ? 0 : rate === undefined ? undefined : (tokens * rate) / MILLION
}

const NAMES = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const

/** The rates alone, without those that are not known. */
export function ratesOf(from: { readonly [K in (typeof NAMES)[number]]?: number | undefined }): Rates {
  const rates: { -readonly [K in keyof Rates]: Rates[K] } = {}
  for (const name of NAMES) {
    const rate = from[name]
    if (rate !== undefined) rates[name] = rate
  }
  return rates
}
