// A real terminal for the interactive agents: tmux with a server of its own, nothing of the person's tmux.

import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Home } from './home.js'

export type Terminal = {
  /** What stands on the screen now, without empty lines. */
  screen(): string
  type(text: string): Promise<void>
  /** A key in tmux's words: Enter, Down, Escape, C-c. */
  press(key: string): Promise<void>
  /** Waits until the screen shows it; says what the screen shows instead when it does not come. */
  waitFor(pattern: RegExp, seconds?: number): Promise<void>
  close(): void
}

export function hasTmux(): boolean {
  return spawnSync('tmux', ['-V']).status === 0
}

/** Starts the command in the home's folder, in a terminal of 120 × 40. */
export function openTerminal(home: Pick<Home, 'environment' | 'work'>, command: readonly string[]): Terminal {
  const server = `axonhub-${randomBytes(6).toString('hex')}`
  const tmux = (...parameters: string[]) =>
    execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...parameters], {
      encoding: 'utf8',
      env: home.environment,
      cwd: home.work,
    })
  tmux('new-session', '-d', '-s', 'agent', '-x', '120', '-y', '40', ...command)
  tmux('set-option', '-t', 'agent', 'remain-on-exit', 'on')
  const screen = () =>
    tmux('capture-pane', '-p', '-t', 'agent')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .join('\n')
  return {
    screen,
    async type(text) {
      tmux('send-keys', '-t', 'agent', '-l', text)
      // Agents take a burst of keys for a paste, in which Enter is a line end: let the burst end first.
      await pause(400)
    },
    async press(key) {
      tmux('send-keys', '-t', 'agent', key)
      await pause(200)
    },
    async waitFor(pattern, seconds = 30) {
      const end = Date.now() + seconds * 1000
      while (!pattern.test(screen())) {
        if (Date.now() > end) throw new Error(`${pattern} did not appear. The screen shows:\n${screen()}`)
        await pause(100)
      }
    },
    close() {
      spawnSync('tmux', ['-L', server, 'kill-server'])
    },
  }
}
