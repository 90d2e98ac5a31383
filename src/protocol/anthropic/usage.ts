// Token counts, both ways. This wire tells uncached input apart from cache reads and writes, so its counters are
// the IR's own; only the split of cache writes by lifetime and the share of thinking stand in nested objects.

import { isObject, type JsonObject, number } from '../../base/json.js'
import { type IrUsage, NO_USAGE } from '../ir/usage.js'

/**
 * The counts of one `usage` object laid over earlier ones of the same answer: `message_delta` repeats those of
 * `message_start` with newer values. A zero never replaces a count: some vendors send zeros for what they told before.
 * Undefined as long as nothing was told.
 */
export function mergeUsage(earlier: IrUsage | undefined, usage: JsonObject | undefined): IrUsage | undefined {
  if (usage === undefined || !COUNTERS.some((key) => number(usage, key) !== undefined)) return earlier
  const base = earlier ?? NO_USAGE
  const details = usage['output_tokens_details']
  const thinking = isObject(details) ? number(details, 'thinking_tokens') : undefined
  return {
    inputFresh: newer(base.inputFresh, number(usage, 'input_tokens')),
    cacheRead: newer(base.cacheRead, number(usage, 'cache_read_input_tokens')),
    ...writes(base, usage),
    output: newer(base.output, number(usage, 'output_tokens')),
    reasoning: newer(base.reasoning, thinking),
  }
}

const COUNTERS = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const

function newer(earlier: number, later: number | undefined): number {
  return later === undefined || later <= 0 || !Number.isFinite(later) ? earlier : later
}

/** All writes are 5-minute ones but those that `cache_creation` calls 1-hour ones. */
function writes(base: IrUsage, usage: JsonObject): Pick<IrUsage, 'cacheWrite5m' | 'cacheWrite1h'> {
  const split = usage['cache_creation']
  const hour = newer(
    base.cacheWrite1h,
    isObject(split) ? number(split, 'ephemeral_1h_input_tokens') : undefined,
  )
  const five = isObject(split) ? number(split, 'ephemeral_5m_input_tokens') : undefined
  const total = number(usage, 'cache_creation_input_tokens')
  if (total === undefined || total <= 0)
    return { cacheWrite5m: newer(base.cacheWrite5m, five), cacheWrite1h: hour }
  const longLived = Math.min(hour, total)
  return { cacheWrite5m: total - longLived, cacheWrite1h: longLived }
}

/** The `usage` object of an answer; zeros when the upstream told nothing, because clients read its members. */
export function encodeUsage(usage: IrUsage | undefined): JsonObject {
  const told = usage ?? NO_USAGE
  return {
    input_tokens: told.inputFresh,
    cache_creation_input_tokens: told.cacheWrite5m + told.cacheWrite1h,
    cache_read_input_tokens: told.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: told.cacheWrite5m,
      ephemeral_1h_input_tokens: told.cacheWrite1h,
    },
    output_tokens: told.output,
    ...(told.reasoning === 0 ? {} : { output_tokens_details: { thinking_tokens: told.reasoning } }),
  }
}

/** Members of a wire `usage` that are not counters of the IR (`service_tier`, `server_tool_use`, `iterations` …). */
export function usageLeftover(usage: JsonObject | undefined): JsonObject {
  const rest: JsonObject = {}
  for (const [key, value] of Object.entries(usage ?? {})) {
    const counted = COUNTERS.some((counter) => counter === key)
    if (!counted && key !== 'cache_creation' && key !== 'output_tokens_details') rest[key] = value
  }
  return rest
}
