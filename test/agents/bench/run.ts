// Runs one command to its end in a home; its output is the test's to judge.

import { spawn } from 'node:child_process'
import type { Home } from './home.js'

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Runs the command with an empty stdin; after `seconds` it is killed, and its code is null. */
export function run(home: Home, command: readonly [string, ...string[]], seconds = 90): Promise<Ran> {
  const [program, ...parameters] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: home.work,
      env: home.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    })
  })
}
