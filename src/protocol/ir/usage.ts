// Token counters that never overlap; each codec sums them as its wire demands.

/** Tokens. The input of a request is inputFresh + cacheRead + cacheWrite5m + cacheWrite1h. */
export type IrUsage = {
  readonly inputFresh: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  /** All generated tokens, reasoning included. */
  readonly output: number
  /** The share of `output` that was reasoning. */
  readonly reasoning: number
}

export const NO_USAGE: IrUsage = {
  inputFresh: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
}

/** All input tokens, cached or not: what OpenAI calls prompt_tokens or input_tokens. */
export function totalInput(usage: IrUsage): number {
  return usage.inputFresh + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
}
