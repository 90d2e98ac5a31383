// The base instructions for models that Codex brings none for, from the package's own templates.
import { readFile } from 'node:fs/promises'

/** The text of templates/catalogue/codex-instructions.md; read once by whoever serves the catalogue. */
export function loadCodexInstructions(): Promise<string> {
  // The same way up from src/agents/codex and from dist/agents/codex.
  return readFile(new URL('../../../templates/catalogue/codex-instructions.md', import.meta.url), 'utf8')
}
