// The ids that Claude Code asks for by itself, so that a profile can be checked against them (2.1.197 and 2.1.328,
// measured): what its aliases mean, its subagents and title requests, and the safety check of its auto mode.

export const KNOWN_MODELS: readonly { readonly id: string; readonly use: string }[] = [
  { id: 'claude-opus-5-5', use: 'default; alias opus' },
  { id: 'claude-sonnet-5-5', use: 'alias sonnet' },
  { id: 'claude-haiku-5-5', use: 'alias haiku: titles and small tasks' },
  { id: 'claude-fable-5-2', use: 'alias fable' },
  { id: 'claude-sonnet-5', use: 'safety check of auto mode' },
  { id: 'claude-opus-4-8', use: 'default of 2.1.197' },
  { id: 'claude-haiku-4-5-20251001', use: 'small tasks of 2.1.197' },
]
