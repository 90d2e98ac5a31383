// Token counts. The wire's input_tokens include what was read from and written to the cache, its output_tokens
// include reasoning.

import { type JsonObject, number, object } from '../../base/json.js'
import { type IrUsage, totalInput } from '../ir/usage.js'

/** `{input_tokens, input_tokens_details, output_tokens, …}` → counters; undefined when nothing was told. */
export function decodeUsage(usage: JsonObject | undefined): IrUsage | undefined {
  if (usage === undefined) return undefined
  const input = number(usage, 'input_tokens')
  const output = number(usage, 'output_tokens')
  if (input === undefined && output === undefined) return undefined
  const inputDetails = object(usage, 'input_tokens_details') ?? {}
  const outputDetails = object(usage, 'output_tokens_details') ?? {}
  const cacheRead = number(inputDetails, 'cached_tokens') ?? 0
  const cacheWrite = number(inputDetails, 'cache_write_tokens') ?? 0
  return {
    inputFresh: Math.max(0, (input ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite5m: cacheWrite,
    cacheWrite1h: 0,
    output: output ?? 0,
    reasoning: number(outputDetails, 'reasoning_tokens') ?? 0,
  }
}

/** Always with `total_tokens` and both details: Codex repeats the turn when one is missing (docs/clients.md). */
export function encodeUsage(usage: IrUsage): JsonObject {
  const input = totalInput(usage)
  const written = usage.cacheWrite5m + usage.cacheWrite1h
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(written === 0 ? {} : { cache_write_tokens: written }),
    },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + usage.output,
  }
}
