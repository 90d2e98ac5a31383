// Claude Code puts a line about billing at the head of its system prompt. It is meant for Anthropic alone:
// there it stays as it is, every other encoder leaves it out (docs/clients.md).

/** Whether a system text is Claude Code's billing line and nothing a model should read. */
export function isBillingText(text: string): boolean {
  return text.startsWith('x-anthropic-billing-header:')
}
