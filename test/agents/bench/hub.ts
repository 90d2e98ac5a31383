// The hub as a user runs it: the built program, in a home of its own, with nothing exported in the shell.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../support/free-port.js'
import type { Home } from './home.js'
import { type Ran, run } from './run.js'

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'bin', 'axonhub.js')

export type Hub = {
  readonly port: number
  /** Runs an `axonhub` command in the same home. */
  axonhub(...parameters: string[]): Promise<Ran>
  /** Connects an agent as its user does; throws what init said when it did not end well. */
  connect(agent: string, ...flags: string[]): Promise<void>
  /** What the daemon has written to its outputs so far. */
  output(): string
  stop(): Promise<void>
}

/** Writes the config and starts the daemon; returns when it answers. `config` is all of it but the port. */
export async function startHub(home: Home, config: string, ...flags: string[]): Promise<Hub> {
  const port = await freePort()
  home.write('.axonhub/config.yml', `server: { port: ${port} }\n${config}`)
  const daemon = spawn(process.execPath, [PROGRAM, 'serve', ...flags], {
    cwd: home.work,
    env: home.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [daemon.stdout, daemon.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  await answering(port, () => {
    if (daemon.exitCode !== null) throw new Error(`axonhub serve ended with ${daemon.exitCode}:\n${said}`)
    return said
  })
  const axonhub = (...parameters: string[]) => run(home, [process.execPath, PROGRAM, ...parameters], 90)
  return {
    port,
    axonhub,
    async connect(agent, ...flags) {
      const ran = await axonhub('init', agent, '--yes', ...flags)
      if (ran.code !== 0)
        throw new Error(`axonhub init ${agent} ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`)
    },
    output: () => said,
    async stop() {
      if (daemon.exitCode !== null || daemon.signalCode !== null) return
      const ended = once(daemon, 'exit')
      daemon.kill('SIGTERM')
      const timer = setTimeout(() => daemon.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(timer)
    },
  }
}

async function answering(port: number, said: () => string): Promise<void> {
  const end = Date.now() + 20_000
  while (Date.now() < end) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/health`)
      if (response.ok) return
    } catch {
      // It does not listen yet.
    }
    said()
    await pause(50)
  }
  throw new Error(`axonhub serve did not answer within 20 s:\n${said()}`)
}
