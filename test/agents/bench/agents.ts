// Where the pinned agents stand, and which version of Claude Code is driven.

import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** The newest by default; `AXONHUB_CLAUDE=2.1.197` drives the older one. */
export const CLAUDE_VERSION = process.env['AXONHUB_CLAUDE'] ?? '2.1.328'

/** The folder whose lock file pins the driven version of Claude Code. */
export function claudeFolder(): string {
  return CLAUDE_VERSION === '2.1.328' ? ROOT : join(ROOT, `claude-${CLAUDE_VERSION}`)
}

/** What stands first on the PATH of every home. */
export const AGENT_FOLDERS = [
  join(claudeFolder(), 'node_modules', '.bin'),
  join(ROOT, 'node_modules', '.bin'),
]

export const CODEX = join(ROOT, 'node_modules', '.bin', 'codex')
export const CLAUDE = join(claudeFolder(), 'node_modules', '.bin', 'claude')
