// The program inside the test's own process: for what needs no daemon, and for questions on a made-up terminal.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { CliDeps, OutStream } from '../../src/cli/deps.js'
import { runProgram } from '../../src/cli/program.js'
import { checkProfileOffline } from '../../src/daemon/offline.js'
import { portOwner } from '../../src/daemon/port-owner.js'
import { databaseHealth, databaseTrouble } from '../../src/store/health.js'

export type Here = { readonly code: number; readonly stdout: string; readonly stderr: string }

export type Terminal = {
  /** What is typed, in order: each answer is sent when its question stands on stderr. */
  readonly answers: readonly (readonly [question: RegExp, answer: string])[]
}

type Collected = OutStream & { readonly text: () => string; onText(listener: () => void): void }

function collected(isTTY: boolean): Collected {
  const stream = new PassThrough()
  let text = ''
  let heard: () => void = () => undefined
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    heard()
  })
  return Object.assign(stream, {
    isTTY,
    columns: 80,
    text: () => text,
    onText(listener: () => void) {
      heard = listener
    },
  })
}

/** Types each answer once its question is there. */
function type(stdin: PassThrough, stderr: Collected, { answers }: Terminal): void {
  let next = 0
  let from = 0
  const look = () => {
    const due = answers[next]
    const found = due === undefined ? undefined : due[0].exec(stderr.text().slice(from))
    if (due === undefined || found === undefined || found === null) return
    next += 1
    from += found.index + found[0].length
    setImmediate(() => {
      stdin.write(due[1])
      look()
    })
  }
  stderr.onText(look)
}

const refuse = () => Promise.reject(new Error('This needs the daemon.'))

export type Place = {
  readonly home: string
  run(
    argv: readonly string[],
    options?: {
      env?: Record<string, string>
      terminal?: Terminal
      stdin?: string
      cwd?: string
      self?: string
    },
  ): Promise<Here>
  close(): void
}

export function makePlace(): Place {
  const home = mkdtempSync(join(tmpdir(), 'axh-'))
  return {
    home,
    async run(argv, { env = {}, terminal, stdin: piped = '', cwd = home, self = '/opt/axonhub.js' } = {}) {
      const stdin = Object.assign(new PassThrough(), {
        isTTY: terminal !== undefined,
        setRawMode: () => undefined,
      })
      const stdout = collected(terminal !== undefined)
      const stderr = collected(terminal !== undefined)
      if (terminal === undefined) stdin.end(piped)
      else type(stdin, stderr, terminal)
      const deps: CliDeps = {
        argv,
        env: { HOME: home, AXONHUB_HOME: join(home, 'hub'), NO_COLOR: '1', ...env },
        userHome: home,
        cwd,
        platform: process.platform,
        version: '0.0.0-test',
        self: { command: process.execPath, args: [self] },
        clock: { now: () => Date.now(), monotonic: () => performance.now() },
        stdin,
        stdout,
        stderr,
        onSignal: () => () => undefined,
        isAlive: () => false,
        startHub: refuse,
        openTui: refuse,
        offline: {
          explain: async (_paths, { model }) => ({
            profile: null,
            model,
            targets: [],
            reasons: [],
            error: 'nobody',
          }),
          checkProfile: async (paths, request) => checkProfileOffline({ paths, env }, request),
          testChannel: refuse,
          listModels: refuse,
          listCards: async () => [],
          quota: async () => ({ at: new Date().toISOString(), intervalMs: null, accounts: [] }),
          openTraces: refuse,
        },
        probes: {
          portOwner: (port) => portOwner(port, process.platform),
          checkDatabase: async (file) => databaseHealth(file),
          databaseTrouble: async (file) => databaseTrouble(file),
          prices: async () => ({ source: 'none', date: new Date().toISOString() }),
        },
      }
      const code = await runProgram(deps)
      // What was written reaches its listener with the next turn of the loop.
      await new Promise((resolve) => setImmediate(resolve))
      return { code, stdout: stdout.text(), stderr: stderr.text() }
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  }
}
