// Runs the command of a `cmd:` reference: by the user's shell, without input, for at most a few seconds.

import { spawn } from 'node:child_process'
import { endGroup } from '../base/end-group.js'
import { HubError } from '../base/errors.js'

const LONGEST_OUTPUT = 64 * 1024

export type CommandOptions = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly commandTimeoutMs?: number
}

/**
 * The standard output of `command`, run as `sh -c` does (cmd.exe on Windows). `shown` stands for it in errors; its
 * output never does. Throws HubError `secret-unavailable` on another exit code than 0, or after the time limit (5 s).
 */
export async function runCommand(command: string, shown: string, options: CommandOptions): Promise<string> {
  const limit = options.commandTimeoutMs ?? 5000
  const { output, ending } = await collectOutput(command, options.env, limit)
  switch (ending.type) {
    case 'exit':
      if (ending.code === 0) return output
      throw failed(shown, ending.code === 127 ? 'was not found' : `ended with exit code ${ending.code}`)
    case 'signal':
      throw failed(shown, `was ended by ${ending.signal}`)
    case 'timeout':
      throw failed(shown, `gave no key within ${limit / 1000} s and was stopped`)
    case 'too-long':
      throw failed(shown, 'printed far more than a key')
    case 'not-started':
      throw failed(shown, 'could not be started', ending.cause)
  }
}

type Ending =
  | { readonly type: 'exit'; readonly code: number }
  | { readonly type: 'signal'; readonly signal: string }
  | { readonly type: 'timeout' | 'too-long' }
  | { readonly type: 'not-started'; readonly cause: unknown }

function collectOutput(
  command: string,
  env: CommandOptions['env'],
  limit: number,
): Promise<{ output: string; ending: Ending }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    // A group of its own, so that what the shell started ends with it.
    const child = spawn(command, {
      shell: true,
      detached: process.platform !== 'win32',
      env: { ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    })
    const finish = (ending: Ending): void => {
      clearTimeout(timer)
      if (ending.type === 'timeout' || ending.type === 'too-long') endGroup(child)
      child.stdout.destroy()
      resolve({ output: Buffer.concat(chunks).toString('utf8'), ending })
    }
    const timer = setTimeout(() => finish({ type: 'timeout' }), limit)
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > LONGEST_OUTPUT) finish({ type: 'too-long' })
      else chunks.push(chunk)
    })
    child.on('error', (cause) => finish({ type: 'not-started', cause }))
    child.on('close', (code, signal) =>
      finish(code === null ? { type: 'signal', signal: signal ?? 'a signal' } : { type: 'exit', code }),
    )
  })
}

function failed(shown: string, what: string, cause?: unknown): HubError {
  return new HubError('secret-unavailable', `The command ${shown} ${what}.`, {
    hint: 'Run the command in a shell to see what it says; it must print the key and nothing else.',
    ...(cause === undefined ? {} : { cause }),
  })
}
