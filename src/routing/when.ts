// Conditions of a mapping: all must hold. What is measured stands in the reasons, so that a person sees why not.

export type Conditions = {
  readonly agent?: string
  readonly input_tokens_over?: number
  readonly has_images?: boolean
  readonly thinking?: boolean
  readonly background?: boolean
  readonly subagent?: boolean
  readonly web_search?: boolean
  readonly quota_below?: { readonly channel: string; readonly percent: number }
}

/** What is known of a request. Only what a rule asks for is read, so costly facts may be getters. */
export type RequestFacts = {
  readonly agent: string
  /** An estimate will do; undefined: not known. */
  readonly inputTokens: number | undefined
  readonly hasImages: boolean
  readonly thinking: boolean
  /** A side call of the agent: a title, a summary. */
  readonly background: boolean
  readonly subagent: boolean
  readonly webSearch: boolean
  /** What is left of a channel's plan, in percent; undefined: not known. */
  quotaLeft(channel: string): number | undefined
}

/** The first condition that does not hold, with the measured value; undefined when all hold. */
export function unmetCondition(conditions: Conditions, facts: RequestFacts | undefined): string | undefined {
  if (facts === undefined)
    return Object.keys(conditions).length === 0 ? undefined : 'nothing is known of the request'
  if (conditions.agent !== undefined && conditions.agent !== facts.agent)
    return `agent is ${facts.agent}, not ${conditions.agent}`
  return unmetFlag(conditions, facts) ?? unmetTokens(conditions, facts) ?? unmetQuota(conditions, facts)
}

function unmetFlag(conditions: Conditions, facts: RequestFacts): string | undefined {
  const flags = [
    ['has_images', conditions.has_images, () => facts.hasImages],
    ['thinking', conditions.thinking, () => facts.thinking],
    ['background', conditions.background, () => facts.background],
    ['subagent', conditions.subagent, () => facts.subagent],
    ['web_search', conditions.web_search, () => facts.webSearch],
  ] as const
  for (const [name, wanted, measure] of flags)
    if (wanted !== undefined && measure() !== wanted) return `${name} is ${!wanted}`
  return undefined
}

function unmetTokens(conditions: Conditions, facts: RequestFacts): string | undefined {
  const bound = conditions.input_tokens_over
  if (bound === undefined) return undefined
  const measured = facts.inputTokens
  if (measured === undefined) return 'input tokens are not known'
  return measured > bound ? undefined : `input tokens are ${measured}, not over ${bound}`
}

/** A quota that is not known is not below anything: a rule for bad times must not act on ignorance. */
function unmetQuota(conditions: Conditions, facts: RequestFacts): string | undefined {
  if (conditions.quota_below === undefined) return undefined
  const { channel, percent } = conditions.quota_below
  const left = facts.quotaLeft(channel)
  if (left === undefined) return `quota of ${channel} is not known`
  return left < percent ? undefined : `quota of ${channel} is at ${left} %, not below ${percent} %`
}
