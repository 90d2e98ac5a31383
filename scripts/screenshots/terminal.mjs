// A real terminal for pictures: tmux with a server of its own. What stands on it is read with its colours, as cells.

import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {{ text: string, fore?: string, back?: string, bold: boolean, dim: boolean }} Run */

const hex = (red, green, blue) =>
  `#${[red, green, blue].map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`

const PLAIN = { bold: false, dim: false }

/** The look after an SGR sequence: only what the UI's true-colour theme uses. */
function changed(look, parameters) {
  let next = { ...look }
  const codes = (parameters === '' ? '0' : parameters).split(';').map(Number)
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]
    if (code === 0) next = { ...PLAIN }
    else if (code === 1) next.bold = true
    else if (code === 2) next.dim = true
    else if (code === 22) Object.assign(next, PLAIN)
    else if (code === 39) delete next.fore
    else if (code === 49) delete next.back
    else if ((code === 38 || code === 48) && codes[at + 1] === 2) {
      next[code === 38 ? 'fore' : 'back'] = hex(codes[at + 2], codes[at + 3], codes[at + 4])
      at += 4
    }
  }
  return next
}

/** Lines of runs of one look each. */
export function runsOf(captured) {
  const lines = []
  // tmux lets a look go on over the end of a line.
  let look = { ...PLAIN }
  for (const line of captured.split('\n')) {
    const runs = []
    for (const [index, piece] of line.split('\u001b[').entries()) {
      // Before the first sequence there is only text.
      const end = index === 0 ? -1 : piece.indexOf('m')
      if (index > 0) look = changed(look, piece.slice(0, end))
      const text = piece.slice(end + 1)
      if (text !== '') runs.push({ text, ...look })
    }
    lines.push(runs)
  }
  return lines
}

/** Starts the command in a terminal of this size. */
export function openTerminal({ command, environment, columns, rows }) {
  const server = `axonhub-${randomBytes(6).toString('hex')}`
  const tmux = (...parameters) =>
    execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...parameters], {
      encoding: 'utf8',
      env: { ...environment, TERM: 'xterm-256color' },
    })
  tmux('new-session', '-d', '-s', 'ui', '-x', String(columns), '-y', String(rows), ...command)
  const screen = () => tmux('capture-pane', '-p', '-t', 'ui')
  return {
    screen,
    async press(...keys) {
      for (const key of keys) {
        tmux('send-keys', '-t', 'ui', key)
        await sleep(80)
      }
      await sleep(400)
    },
    async waitFor(pattern, seconds = 20) {
      const end = Date.now() + seconds * 1000
      while (!pattern.test(screen())) {
        if (Date.now() > end) throw new Error(`${pattern} did not appear. The screen shows:\n${screen()}`)
        await sleep(100)
      }
    },
    /** Cells as they are now. */
    runs: () => runsOf(tmux('capture-pane', '-e', '-N', '-p', '-t', 'ui').replace(/\n$/, '')),
    close() {
      spawnSync('tmux', ['-L', server, 'kill-server'])
    },
  }
}
