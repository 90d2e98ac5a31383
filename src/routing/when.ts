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

export type Judgement = {
  readonly holds: boolean
  /** Each condition that was looked at, with the measured value; the last is the first that does not hold. */
  readonly findings: readonly string[]
}

/** Looks at the conditions, cheap ones first, until one does not hold. */
export function judge(conditions: Conditions, facts: RequestFacts | undefined): Judgement {
  const findings: string[] = []
  for (const { wanted, measure } of looks(conditions)) {
    const { holds, value } = facts === undefined ? UNKNOWN : measure(facts)
    findings.push(`${wanted}: ${value} → ${holds ? 'holds' : 'does not hold'}`)
    if (!holds) return { holds: false, findings }
  }
  return { holds: true, findings }
}

/** The conditions in words; empty when there is none. */
export function conditionWords(conditions: Conditions): string {
  return looks(conditions)
    .map(({ wanted }) => wanted)
    .join(', ')
}

type Measured = { readonly holds: boolean; readonly value: string }
type Look = { readonly wanted: string; readonly measure: (facts: RequestFacts) => Measured }

/** What is not known holds for nothing: a rule must not act on ignorance. */
const UNKNOWN: Measured = { holds: false, value: 'not known' }

function looks(conditions: Conditions): Look[] {
  return [
    ...agentLook(conditions),
    ...flagLooks(conditions),
    ...tokenLook(conditions),
    ...quotaLook(conditions),
  ]
}

function agentLook({ agent }: Conditions): Look[] {
  if (agent === undefined) return []
  return [
    { wanted: `agent ${agent}`, measure: (facts) => ({ holds: facts.agent === agent, value: facts.agent }) },
  ]
}

const FLAGS = [
  ['background', (facts: RequestFacts) => facts.background],
  ['subagent', (facts: RequestFacts) => facts.subagent],
  ['thinking', (facts: RequestFacts) => facts.thinking],
  ['web_search', (facts: RequestFacts) => facts.webSearch],
  ['has_images', (facts: RequestFacts) => facts.hasImages],
] as const

function flagLooks(conditions: Conditions): Look[] {
  return FLAGS.flatMap(([name, measure]): Look[] => {
    const wanted = conditions[name]
    if (wanted === undefined) return []
    const look = (facts: RequestFacts) => {
      const value = measure(facts)
      return { holds: value === wanted, value: String(value) }
    }
    return [{ wanted: `${name} ${wanted}`, measure: look }]
  })
}

function tokenLook({ input_tokens_over: bound }: Conditions): Look[] {
  if (bound === undefined) return []
  const look = ({ inputTokens }: RequestFacts) =>
    inputTokens === undefined ? UNKNOWN : { holds: inputTokens > bound, value: `about ${inputTokens}` }
  return [{ wanted: `input_tokens_over ${bound}`, measure: look }]
}

function quotaLook({ quota_below: quota }: Conditions): Look[] {
  if (quota === undefined) return []
  const look = (facts: RequestFacts) => {
    const left = facts.quotaLeft(quota.channel)
    return left === undefined ? UNKNOWN : { holds: left < quota.percent, value: `${left} % left` }
  }
  return [{ wanted: `quota_below ${quota.channel} ${quota.percent} %`, measure: look }]
}
