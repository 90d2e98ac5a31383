// Token counters of Chat Completions, where prompt_tokens includes cached tokens and completion_tokens includes
// reasoning. Vendors place the details differently (providers §3); whatever they say, the IR's counters stay disjoint.

import { type JsonObject, number, object } from '../../base/json.js'
import { type IrUsage, totalInput } from '../ir/usage.js'

/** The usage of a chunk or an answer, wherever the vendor put it; undefined when there is none. */
export function findUsage(body: JsonObject, choice: JsonObject | undefined): JsonObject | undefined {
  const grouped = object(body, 'x_groq')
  return (
    object(body, 'usage') ??
    (choice === undefined ? undefined : object(choice, 'usage')) ??
    (grouped === undefined ? undefined : object(grouped, 'usage'))
  )
}

/** Tokens of a usage object. Counts that are missing, negative or no numbers read as 0. */
export function decodeUsage(usage: JsonObject): IrUsage {
  const promptDetails = object(usage, 'prompt_tokens_details') ?? object(usage, 'input_tokens_details') ?? {}
  const hit = count(usage, 'prompt_cache_hit_tokens')
  const prompt =
    count(usage, 'prompt_tokens') ??
    count(usage, 'input_tokens') ??
    (hit ?? 0) + (count(usage, 'prompt_cache_miss_tokens') ?? 0)
  const read =
    count(promptDetails, 'cached_tokens') ??
    hit ??
    count(usage, 'cached_tokens') ??
    count(usage, 'cache_read_input_tokens') ??
    0
  const write =
    count(promptDetails, 'cache_write_tokens') ??
    count(promptDetails, 'cache_creation_input_tokens') ??
    count(usage, 'cache_creation_input_tokens') ??
    0
  const cacheRead = Math.min(read, prompt)
  const cacheWrite5m = Math.min(write, prompt - cacheRead)
  return {
    inputFresh: prompt - cacheRead - cacheWrite5m,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    ...decodeOutput(usage, prompt),
  }
}

/** xAI counts reasoning beside completion_tokens, not inside it: there the total is larger than the two. */
function decodeOutput(usage: JsonObject, prompt: number): { output: number; reasoning: number } {
  const details = object(usage, 'completion_tokens_details') ?? object(usage, 'output_tokens_details') ?? {}
  const total = count(usage, 'total_tokens')
  const told = count(usage, 'completion_tokens') ?? count(usage, 'output_tokens')
  const completion = told ?? Math.max(0, (total ?? 0) - prompt)
  const reasoning = count(details, 'reasoning_tokens') ?? count(usage, 'reasoning_tokens') ?? 0
  const beside = reasoning > completion || (total !== undefined && total === prompt + completion + reasoning)
  return { output: beside ? completion + reasoning : completion, reasoning }
}

/** The usage object of an answer: every sum and detail that a client may add up. */
export function encodeUsage(usage: IrUsage): JsonObject {
  const input = totalInput(usage)
  const written = usage.cacheWrite5m + usage.cacheWrite1h
  return {
    prompt_tokens: input,
    completion_tokens: usage.output,
    total_tokens: input + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(written === 0 ? {} : { cache_write_tokens: written }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  }
}

function count(source: JsonObject, key: string): number | undefined {
  const value = number(source, key)
  if (value === undefined || !Number.isFinite(value)) return undefined
  return Math.max(0, Math.trunc(value))
}
