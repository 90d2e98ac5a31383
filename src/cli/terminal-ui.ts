// `axonhub` without a command, in a terminal: the UI, with what it needs of the outside.

import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HubError } from '../base/errors.js'
import type { ControlClient } from '../control/client.js'
import type { Spoken } from '../export/reading.js'
import type { Cli } from './cli.js'
import { startDetached } from './daemon-life.js'

/** What the UI is given by the command line. */
export type UiParts = {
  readonly control: ControlClient
  /** `axonhub init` has connected an agent. */
  hasAgent(): Promise<boolean>
  /** Reads bodies; loaded when it is needed. */
  conversations(): Promise<{
    asked(protocol: string, body: Uint8Array): readonly Spoken[]
    answered(protocol: string, request: Uint8Array, body: Uint8Array): readonly Spoken[]
    listen(protocol: string): { push(bytes: Uint8Array): void; said(): readonly Spoken[] }
  }>
  /** Starts a hub in the background and waits until it answers. Throws HubError. */
  startHub(): Promise<void>
  /** Writes a conversation as a page; tells its path. */
  exportTrace(id: string, open: boolean): Promise<string>
}

/** Whether an agent was connected by `axonhub init`. */
export async function hasAgent(cli: Cli): Promise<boolean> {
  const { loadLedger } = await import('../edit/ledger.js')
  return Object.keys((await loadLedger(cli.paths().ledger)).agents).length > 0
}

async function startHub(cli: Cli): Promise<void> {
  const result = await startDetached(cli, {})
  if (result.type === 'started') return
  const said = result.said === '' ? `The hub ended at once (exit code ${result.code}).` : result.said
  throw new HubError('internal', said.replace(/^error: /, ''))
}

/** Shows a file with what the desktop has for it. Throws HubError when nothing can. */
function show(path: string, platform: NodeJS.Platform): Promise<void> {
  const [command, args] =
    platform === 'darwin'
      ? ['open', [path]]
      : platform === 'win32'
        ? ['explorer', [path]]
        : ['xdg-open', [path]]
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { detached: true, stdio: 'ignore' })
    child.once('error', (cause) =>
      reject(
        new HubError('not-found', `There is no ${command} here.`, { hint: `Open ${path} yourself.`, cause }),
      ),
    )
    child.once('spawn', () => {
      child.unref()
      resolve()
    })
  })
}

/** Writes the page beside the others of this home; where the user stands may be a repository. */
async function exportTrace(cli: Cli, id: string, open: boolean): Promise<string> {
  const path = join(cli.paths().home, 'exports', `${id.replace(/[^\w.-]/g, '_').slice(0, 60)}.html`)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const { exportTrace: write } = await import('./commands/trace/export.js')
  // The screen is the UI's: what the command would print is told by the path.
  const silent = { ...cli.out, line: () => undefined, note: () => undefined, raw: () => undefined }
  await write({ ...cli, out: silent }, id, { format: 'html', output: path })
  if (open) await show(path, cli.deps.platform)
  return path
}

/** Runs until the user leaves. */
export async function terminalUi(cli: Cli): Promise<void> {
  await cli.deps.openTui({
    control: await cli.control(),
    hasAgent: () => hasAgent(cli),
    async conversations() {
      const { answerListener, spokenAnswer, spokenIn } = await import('../export/reading.js')
      return { asked: spokenIn, answered: spokenAnswer, listen: answerListener }
    },
    startHub: () => startHub(cli),
    exportTrace: (id, open) => exportTrace(cli, id, open),
  })
}
