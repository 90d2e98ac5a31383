// Starting a hub of its own process and waiting for one to go. A child that fails is never silent: what it wrote is read.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../base/errors.js'
import { memorySettings } from '../base/memory-settings.js'
import { ensureHome } from '../config/paths.js'
import type { StatusReply } from '../control/api.js'
import { statusOfSameVersion } from '../control/same-version.js'
import type { Cli } from './cli.js'

export type StartFlags = { readonly port?: number | undefined; readonly demo?: boolean | undefined }

export type StartResult =
  | { readonly type: 'started'; readonly status: StatusReply }
  /** It ended by itself; what it said and its exit number. */
  | { readonly type: 'failed'; readonly said: string; readonly code: number }

const START_PATIENCE_MS = 10_000
const STOP_PATIENCE_MS = 40_000
const POLL_MS = 40

export function urlOf({ host, port }: Pick<StatusReply, 'host' | 'port'>): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The state of the running hub; undefined when none runs. */
export async function statusIfRunning(cli: Cli): Promise<StatusReply | undefined> {
  const usual = await statusOfSameVersion(cli.paths().socket, cli.deps.version)
  if (usual !== undefined) return usual
  try {
    return await (await cli.control()).status()
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'daemon-not-running') return undefined
    throw thrown
  }
}

function launch(cli: Cli, flags: StartFlags, outputFile: string): ChildProcess {
  const { deps } = cli
  const { home } = cli.paths()
  const output = openSync(outputFile, 'w', 0o600)
  try {
    const child = spawn(
      deps.self.command,
      [
        ...deps.self.args,
        'serve',
        '--background',
        '--home',
        home,
        ...(flags.port === undefined ? [] : ['--port', String(flags.port)]),
        ...(flags.demo === true ? ['--demo'] : []),
      ],
      // From the home, so that no folder of the user's is held by the daemon.
      {
        cwd: home,
        env: { ...deps.env, ...memorySettings(deps.env) },
        detached: true,
        stdio: ['ignore', output, output],
        windowsHide: true,
      },
    )
    child.unref()
    return child
  } finally {
    closeSync(output)
  }
}

/** Starts a hub in the background and waits until it answers. Throws HubError `daemon-already-running`. */
export async function startDetached(cli: Cli, flags: StartFlags): Promise<StartResult> {
  const paths = cli.paths()
  const running = await statusIfRunning(cli)
  if (running !== undefined) {
    const other = running.version === cli.deps.version ? '' : `, version ${running.version}`
    throw new HubError(
      'daemon-already-running',
      `A hub is already running for ${paths.home} (pid ${running.pid}, ${urlOf(running)}${other}).`,
      { hint: 'Use it, or run "axonhub restart".' },
    )
  }
  ensureHome(paths)
  // Of its own while it starts: of two starts at once neither writes over what the other says.
  const outputFile = join(paths.logFolder, `start-${process.pid}.log`)
  const child = launch(cli, flags, outputFile)
  let ended: number | undefined
  child.once('exit', (code) => {
    ended = code ?? 1
  })
  child.once('error', () => {
    ended = 1
  })
  const end = cli.deps.clock.monotonic() + START_PATIENCE_MS
  while (cli.deps.clock.monotonic() < end) {
    if (ended !== undefined) {
      const said = readFileSync(outputFile, 'utf8').trim()
      rmSync(outputFile, { force: true })
      return { type: 'failed', said, code: ended }
    }
    const status = existsSync(paths.daemonFile) ? await statusIfRunning(cli) : undefined
    if (status !== undefined && status.pid === child.pid) {
      renameSync(outputFile, join(paths.logFolder, 'start.log'))
      return { type: 'started', status }
    }
    await sleep(POLL_MS)
  }
  throw new HubError(
    'internal',
    `The hub (pid ${child.pid ?? '?'}) did not answer within ${START_PATIENCE_MS / 1000} s.`,
    {
      hint: `Look with "axonhub status" and "axonhub logs"; what it printed is in ${outputFile}.`,
    },
  )
}

/** A hub that said nothing could not even write what it said: its output goes to the disk that is full. */
function silentEnd(home: string, code: number): string {
  const isFull = statfsSync(home).bavail === 0
  return isFull
    ? `error: The hub cannot start: no space is left on the disk of ${home}.\nFree some and try again.`
    : `error: The hub ended at once (exit code ${code}).`
}

/** As startDetached; a failure of the child is printed and becomes this program's. Undefined then. */
export async function startOrReport(cli: Cli, flags: StartFlags): Promise<StatusReply | undefined> {
  const result = await startDetached(cli, flags)
  if (result.type === 'started') return result.status
  cli.out.note(result.said === '' ? silentEnd(cli.paths().home, result.code) : result.said)
  cli.exit(result.code === 0 ? 1 : result.code)
  return undefined
}

/** Asks the hub to end and waits until its process is gone. Throws HubError `daemon-not-running`. */
export async function stopHub(cli: Cli): Promise<StatusReply> {
  const { deps, out } = cli
  const client = await cli.control()
  const status = await client.status()
  await client.shutdown()
  if (status.requests.running > 0) {
    out.note(`Waiting for ${status.requests.running} running request(s), 30 s at most.`)
  }
  const end = deps.clock.monotonic() + STOP_PATIENCE_MS
  while (deps.isAlive(status.pid)) {
    if (deps.clock.monotonic() > end) {
      throw new HubError(
        'internal',
        `The hub (pid ${status.pid}) is still there after ${STOP_PATIENCE_MS / 1000} s.`,
        {
          hint: `Look with "axonhub logs"; as a last resort end the process ${status.pid} yourself.`,
        },
      )
    }
    await sleep(POLL_MS)
  }
  return status
}
