// The ids that Claude Code asks for by itself, so that a profile can be checked against them (2.1.197 and 2.1.328,
// measured): what its aliases mean, its subagents and title requests, and the safety check of its auto mode.

type KnownModel = {
  readonly id: string
  readonly use: string
  /** Tokens that the client believes it to have room for. */
  readonly contextWindow: number
}

export const KNOWN_MODELS: readonly KnownModel[] = [
  { id: 'claude-opus-5-5', use: 'default; alias opus', contextWindow: 1_000_000 },
  { id: 'claude-sonnet-5-5', use: 'alias sonnet', contextWindow: 1_000_000 },
  { id: 'claude-haiku-5-5', use: 'alias haiku: titles and small tasks', contextWindow: 1_000_000 },
  { id: 'claude-fable-5-2', use: 'alias fable', contextWindow: 1_000_000 },
  { id: 'claude-sonnet-5', use: 'safety check of auto mode', contextWindow: 1_000_000 },
  // Its default is the flavour with a million, which it asks for by the same name.
  { id: 'claude-opus-4-8', use: 'default of 2.1.197', contextWindow: 1_000_000 },
  { id: 'claude-haiku-4-5-20251001', use: 'small tasks of 2.1.197', contextWindow: 200_000 },
]
