// Token counters of this wire: the prompt includes what was cached, the candidates do not include the thoughts, and what
// tools of the provider read is counted apart. The IR's counters stay disjoint.

import { compact, type JsonObject, number } from '../../base/json.js'
import { type IrUsage, totalInput } from '../ir/usage.js'

/** Tokens of `usageMetadata`. Counts that are missing, negative or no numbers read as 0. */
export function decodeUsage(usage: JsonObject): IrUsage {
  const prompt = count(usage, 'promptTokenCount') + count(usage, 'toolUsePromptTokenCount')
  const cacheRead = Math.min(count(usage, 'cachedContentTokenCount'), prompt)
  const thoughts = count(usage, 'thoughtsTokenCount')
  return {
    inputFresh: prompt - cacheRead,
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: count(usage, 'candidatesTokenCount') + thoughts,
    reasoning: thoughts,
  }
}

export function encodeUsage(usage: IrUsage): JsonObject {
  const prompt = totalInput(usage)
  const thoughts = Math.min(usage.reasoning, usage.output)
  return compact({
    promptTokenCount: prompt,
    cachedContentTokenCount: usage.cacheRead === 0 ? undefined : usage.cacheRead,
    candidatesTokenCount: usage.output - thoughts,
    thoughtsTokenCount: thoughts === 0 ? undefined : thoughts,
    totalTokenCount: prompt + usage.output,
  })
}

function count(source: JsonObject, key: string): number {
  const value = number(source, key)
  return value === undefined || !Number.isFinite(value) ? 0 : Math.max(0, Math.trunc(value))
}
