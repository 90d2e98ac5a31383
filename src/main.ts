// The composition root: the only place that meets the process itself, and the only one that ends it. The daemon's parts
// are loaded when a command needs them, so that the small commands start fast.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { isObject, parseJson, text } from './base/json.js'
import { packageFile } from './base/package-file.js'
import { randomId } from './base/random-id.js'
import type { CliDeps, HubStart, RunningHub } from './cli/deps.js'
import { runProgram } from './cli/program.js'
import type { UiParts } from './cli/terminal-ui.js'
import { type Paths, userHomeFolder } from './config/paths.js'
import type { CostOf } from './cost/kept-costs.js'

const clock = { now: () => Date.now(), monotonic: () => performance.now() }

function ownVersion(): string {
  const file = parseJson(readFileSync(packageFile('package.json'), 'utf8'))
  return (isObject(file) ? text(file, 'version') : undefined) ?? '0.0.0'
}

const version = ownVersion()
const userHome = userHomeFolder()

/**
 * Bodies pass through as memory outside of V8's heap, which V8 counts as growth: with a small heap it looks through all of it
 * every few megabytes. Let it grow to several times its size before that (docs/performance.md).
 */
const HEAP_GROWTH_PERCENT = 300

async function startHub({ paths, flags, demo, echo }: HubStart): Promise<RunningHub> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`)
  // What survives of young objects is little: sharing the work among threads costs more than the work.
  setFlagsFromString('--no-parallel-scavenge')
  const { startHub: start } = await import('./daemon/hub.js')
  return start({
    paths,
    flags,
    demo,
    version,
    env: process.env,
    userHome,
    clock,
    newId: randomId,
    ...(echo === undefined ? {} : { echo }),
  })
}

function offlineHub(paths: Paths) {
  return { paths, version, clock, newId: randomId, env: process.env, userHome }
}

/** A process that has ended but was not yet waited for still answers signals: on Linux its state tells. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
  if (process.platform !== 'linux') return true
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** The folder may have been removed under the shell that stands in it. */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return userHome
  }
}

/** React decides how it was built when it is loaded; what the UI starts shall not inherit the word. */
async function loadApp() {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    return await import('./tui/app.js')
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}

function onCrash(handler: (thrown: unknown) => void): () => void {
  process.on('uncaughtException', handler)
  return () => process.off('uncaughtException', handler)
}

async function openTui(parts: UiParts): Promise<void> {
  const { startTui } = await import('./tui/start.js')
  let costs: CostOf = () => undefined
  const { stdin, stdout, stderr } = process
  await startTui(
    {
      stdin,
      stdout,
      stderr,
      onSignal: (signal, handler) => deps.onSignal(signal, handler),
      onCrash,
      async loadApp() {
        const app = await loadApp()
        // The price book is large, and no first frame waits for it.
        costs = (await import('./cost/kept-costs.js')).keptCosts()
        return app
      },
    },
    {
      ...parts,
      clock,
      env: process.env,
      platform: process.platform,
      costOf: (usage, pricing, model, at) => costs(usage, pricing, model, at),
    },
  )
}

const deps: CliDeps = {
  argv: process.argv.slice(2),
  env: process.env,
  userHome,
  cwd: currentFolder(),
  platform: process.platform,
  version,
  self: { command: process.execPath, args: [fileURLToPath(packageFile('bin/axonhub.js'))] },
  clock,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onSignal(signal, handler) {
    process.on(signal, handler)
    return () => process.off(signal, handler)
  },
  isAlive,
  startHub,
  openTui,
  offline: {
    explain: async (paths, request) =>
      (await import('./daemon/offline.js')).explainOffline(offlineHub(paths), request),
    checkProfile: async (paths, request) =>
      (await import('./daemon/offline.js')).checkProfileOffline(offlineHub(paths), request),
    testChannel: async (paths, channel, test) =>
      (await import('./daemon/probe-offline.js')).testOffline(offlineHub(paths), channel, test),
    listModels: async (paths, channel, key) =>
      (await import('./daemon/probe-offline.js')).modelsOffline(offlineHub(paths), channel, key),
    listCards: async (paths) => (await import('./daemon/probe-offline.js')).cardsOffline(offlineHub(paths)),
    quota: async (paths) => (await import('./daemon/offline.js')).quotaOffline(offlineHub(paths)),
    async openTraces({ database }) {
      const store = (await import('./store/read-only.js')).openReadOnly(database)
      return {
        listTraces: async (ask) => store.query('list-traces', ask),
        showTrace: async (id) => store.query('show-trace', { id }),
        showRequest: async (id) => store.query('show-request', { id }),
        body: async (question) => store.query('body', question),
        times: async (question) => store.query('body-times', question),
        usage: async (question) => store.query('usage', question),
        close: () => store.close(),
      }
    },
  },
  probes: {
    portOwner: async (port) => (await import('./daemon/port-owner.js')).portOwner(port, process.platform),
    checkDatabase: async (file) => (await import('./store/health.js')).databaseHealth(file),
    databaseTrouble: async (file) => (await import('./store/health.js')).databaseTrouble(file),
    prices: async () => (await import('./cost/price-book.js')).PUBLISHED,
  },
}

/** Resolves when what was written has left the process, or nobody reads it any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve()
    else stream.write('', () => resolve())
  })
}

/** Why what was printed did not arrive. A reader that closed the pipe (`axonhub trace list | head`) has what it wanted. */
function unwritten({ errored }: NodeJS.WriteStream): string | undefined {
  if (!(errored instanceof Error)) return undefined
  return 'code' in errored && errored.code === 'EPIPE' ? undefined : errored.message
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

const code = await runProgram(deps)
await flushed(process.stdout)
const lost = unwritten(process.stdout)
if (lost !== undefined) process.stderr.write(`error: What was printed could not be written: ${lost}\n`)
await flushed(process.stderr)
process.exit(code === 0 && lost !== undefined ? 1 : code)
