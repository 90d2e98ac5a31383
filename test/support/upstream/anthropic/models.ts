// What each generation of models accepts, as far as a validator can tell it from the name.
// Source: the provider's model pages and error messages (2026-11): system turns and adaptive thinking only on
// newer models, thinking budgets and sampling only on older ones.

export type ModelRules = {
  readonly maxTokens: number
  readonly systemTurns: boolean
  readonly adaptiveThinking: boolean
  readonly thinkingBudget: boolean
  readonly sampling: boolean
  readonly effort: boolean
  readonly turnEffort: boolean
}

const NEWEST: ModelRules = {
  maxTokens: 128_000,
  systemTurns: true,
  adaptiveThinking: true,
  thinkingBudget: false,
  sampling: false,
  effort: true,
  turnEffort: true,
}

const OLD: ModelRules = {
  maxTokens: 64_000,
  systemTurns: false,
  adaptiveThinking: false,
  thinkingBudget: true,
  sampling: true,
  effort: false,
  turnEffort: false,
}

/** The rules of a model; a name without a known version is read as one of the newest. */
export function rulesOf(model: string): ModelRules {
  const match = /claude-[a-z]+-(\d+)(?:-(\d{1,2}))?(?:\b|$)/.exec(model)
  if (match === null) return NEWEST
  const version = Number(match[1]) + Number(match[2] ?? 0) / 10
  if (version < 4.6) return OLD
  if (version < 4.8)
    return { ...NEWEST, maxTokens: 128_000, systemTurns: false, thinkingBudget: true, turnEffort: false }
  if (version < 5) return { ...NEWEST, turnEffort: false }
  return NEWEST
}
