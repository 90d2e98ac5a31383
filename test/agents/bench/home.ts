// A home of its own for every run: an empty HOME, a folder to work in, nothing of the person who runs the tests.
// Not in the system's temporary folder, where Codex refuses helper programs, and with a short path, because Codex
// opens a Unix socket below it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { AGENT_FOLDERS } from './agents.js'

export type Home = {
  readonly home: string
  /** The folder in which the agent works. */
  readonly work: string
  /** The environment of every process of this home: nothing is exported but what a shell always has. */
  readonly environment: Readonly<Record<string, string>>
  /** Writes a file below HOME, folders included. */
  write(path: string, content: string, mode?: number): void
  remove(): void
}

export function makeHome(): Home {
  const root = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'axonhub-agents')
  mkdirSync(root, { recursive: true })
  const folder = mkdtempSync(join(root, '/'))
  const home = join(folder, 'h')
  const work = join(folder, 'w')
  mkdirSync(home)
  mkdirSync(work)
  return {
    home,
    work,
    environment: {
      HOME: home,
      // The pinned agents are the ones that are found, as if they were installed on this machine.
      PATH: [...AGENT_FOLDERS, process.env['PATH'] ?? ''].join(delimiter),
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      // Lets root use Claude Code's flag that skips permission prompts.
      IS_SANDBOX: '1',
    },
    write(path, content, mode = 0o600) {
      const target = join(home, path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, content, { mode })
    },
    remove() {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}
