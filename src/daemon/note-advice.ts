// What the user of an agent can do about a part of its request that a conversion loses: said in the note itself.

import type { Note } from '../protocol/ir/note.js'

/** By path in the request. Fields that only Claude Code sends, so that the path tells who asks (docs/clients.md). */
const ADVICE: Readonly<Record<string, string>> = {
  safeguards:
    "only Anthropic judges commands for Claude Code; the agent's auto mode needs CLAUDE_CODE_AUTO_MODE_SERVER=0 here",
}

/** The notes, with advice in the place of the general reason where there is some. */
export function withAdvice(notes: readonly Note[]): readonly Note[] {
  if (!notes.some(({ path }) => path in ADVICE)) return notes
  return notes.map((note) => ({ ...note, reason: ADVICE[note.path] ?? note.reason }))
}
