// The user's own command, told of something as JSON on its stdin. Law: nobody waits for it, one runs at a time, it ends
// within its time, and what it prints goes nowhere. It comes from the user's configuration and from nowhere else.

import { type ChildProcess, spawn } from 'node:child_process'
import { endGroup } from '../base/end-group.js'
import type { Environment } from '../config/paths.js'

export type Hook = {
  /** Returns at once; the command in force when its turn comes is run with the value as one line of JSON. */
  tell(value: object): void
  /** Ends what runs and forgets what waits. */
  close(): void
}

export type HookDeps = {
  /** In force now; undefined: nobody is told. */
  readonly command: () => string | undefined
  readonly env: Environment
  readonly timeoutMs?: number
  /** Told why a run did not end well. */
  readonly failed: (why: string) => void
}

const TIMEOUT_MS = 10_000
/** A hook that hangs is not fed for ever. */
const MOST_WAITING = 50

export function openHook({ command, env, failed, timeoutMs = TIMEOUT_MS }: HookDeps): Hook {
  const waiting: string[] = []
  let running: ChildProcess | undefined
  let isClosed = false

  const next = () => {
    const shell = command()
    const line = waiting.shift()
    if (line === undefined || shell === undefined || isClosed) return
    // A group of its own, so that what the shell started ends with it.
    const child = spawn(shell, {
      shell: true,
      detached: process.platform !== 'win32',
      env: { ...env },
      stdio: ['pipe', 'ignore', 'ignore'],
      windowsHide: true,
    })
    running = child
    const timer = setTimeout(() => {
      failed(`it did not end within ${timeoutMs / 1000} s and was stopped`)
      endGroup(child)
    }, timeoutMs)
    const over = () => {
      clearTimeout(timer)
      if (running !== child) return
      running = undefined
      next()
    }
    // A command that does not read its input closes it.
    child.stdin.on('error', () => undefined)
    child.once('error', (thrown) => {
      failed(`it could not be started: ${thrown.message}`)
      over()
    })
    child.once('close', (code) => {
      if (code !== null && code !== 0) failed(`it ended with exit code ${code}`)
      over()
    })
    child.stdin.end(`${line}\n`)
  }

  return {
    tell(value) {
      if (command() === undefined || isClosed) return
      if (waiting.length >= MOST_WAITING) failed('too many notices wait for it; one is left out')
      else waiting.push(JSON.stringify(value))
      if (running === undefined) next()
    },
    close() {
      isClosed = true
      waiting.length = 0
      if (running !== undefined) endGroup(running)
      running = undefined
    },
  }
}
