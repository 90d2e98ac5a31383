// How Claude Code is told that a model has less room than it believes. Measured with 2.1.328 and 2.1.197: of the models
// that it knows itself it believes a million tokens, or 200 000 when the million is switched off, and no other number
// is taken; the two variables of the window work for every other name.

/** What it believes of the models that it knows. */
const LARGE = 1_000_000
/** The same, when the large window is switched off. */
const USUAL = 200_000

/** The variables for conversations that may have `room` tokens; none when it needs none or `room` is not known. */
export function contextVariables(room: number | undefined): Readonly<Record<string, string>> {
  if (room === undefined || room >= LARGE) return {}
  return {
    CLAUDE_CODE_DISABLE_1M_CONTEXT: '1',
    CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(room),
    CLAUDE_CODE_AUTO_COMPACT_WINDOW: String(room),
  }
}

/** What the variables cannot do; undefined when they do all. */
export function contextLimits(room: number | undefined): string | undefined {
  if (room === undefined || room >= USUAL) return undefined
  return (
    `Of its own models Claude Code believes ${USUAL} tokens at least: with them it compacts when the hub tells it that ` +
    'the conversation is too long. To compact in time, let it ask for the real name ("axonhub init claude --model NAME").'
  )
}
