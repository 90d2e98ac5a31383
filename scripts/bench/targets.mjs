// What is measured: the upstream itself, the bare Node pipe before it, and the hub with and without capture.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { memorySettings } from '../../build/base/memory-settings.js'
import { PATHS, PROTOCOLS } from './bodies.mjs'
import { helper, LOOP_ARGS, LOOP_ENV, PROXY_CORE, sleep, started } from './processes.mjs'

const run = promisify(execFile)

export const OWN_BIN = fileURLToPath(new URL('../../bin/axonhub.js', import.meta.url))

/** The protocol behind a channel of the bench is in its model's name; `relay` has all three. */
export const modelTo = (protocol) => (protocol === 'relay' ? 'bench-model' : `to-${protocol}`)

function configuration(upstreamPort, capture, more) {
  const base = `http://127.0.0.1:${upstreamPort}`
  const url = (protocol) => (protocol === 'anthropic-messages' ? base : `${base}/v1`)
  const channel = (name, protocols, models) =>
    `  - name: ${name}\n    api_key: sk-bench\n    models: [${models}]\n    endpoints:\n${protocols
      .map((protocol) => `      ${protocol}: ${url(protocol)}\n`)
      .join('')}`
  return `server:
  capture: { bodies: ${capture}${more.capture === undefined ? '' : `, ${more.capture}`} }
channels:
${channel('relay', PROTOCOLS, modelTo('relay'))}${PROTOCOLS.map((protocol) =>
  channel(protocol, [protocol], modelTo(protocol)),
).join('')}${more.channels ?? ''}${more.rest ?? ''}`
}

/** Resolves when the hub answers; ms that took since the process was started. */
async function firstAnswer(port, startedAt, child) {
  for (;;) {
    const health = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined)
    await health?.arrayBuffer()
    if (health?.ok === true) return performance.now() - startedAt
    if (child.exitCode !== null) throw new Error(`The hub ended with code ${child.exitCode}.`)
    await sleep(2)
  }
}

/** Below those that the system gives out by itself. */
let lastPort = 10_000 + (process.pid % 20_000)

/** A place for a hub: a home with configuration and key, started as often as wanted. `more`: further YAML. */
export async function hubHome({ bin = OWN_BIN, upstreamPort, capture, more = {} }) {
  const home = mkdtempSync(join(tmpdir(), 'axonhub-bench-'))
  // As `serve --detach` and the service start it.
  const env = {
    ...process.env,
    ...memorySettings(process.env),
    ...LOOP_ENV,
    AXONHUB_HOME: home,
    NO_COLOR: '1',
    HOME: home,
  }
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'config.yml'), configuration(upstreamPort, capture, more), { mode: 0o600 })
  const axonhub = async (...args) => {
    const { stdout } = await run(process.execPath, [bin, ...args], { env })
    return stdout.trim()
  }

  await axonhub('key', 'create', 'bench')

  async function start(nodeArgs = []) {
    lastPort += 1
    const port = lastPort
    const startedAt = performance.now()
    const child = started(
      PROXY_CORE,
      process.execPath,
      [...nodeArgs, bin, 'serve', '--background', '--port', String(port)],
      { env, stdio: ['ignore', 'ignore', 'inherit'], cwd: home },
    )
    const startMs = await firstAnswer(port, startedAt, child)
    return {
      pid: child.pid,
      port,
      startMs,
      async stop() {
        const gone = once(child, 'exit')
        child.kill('SIGTERM')
        await gone
      },
    }
  }
  return {
    home,
    env,
    bin,
    axonhub,
    start,
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** A running hub in a home of its own. `type` is its name in the table. */
export async function hubTarget({ name, nodeArgs, ...options }) {
  const place = await hubHome(options)
  const hub = await place.start([...LOOP_ARGS, ...(nodeArgs ?? [])])
  const key = await place.axonhub('token', 'bench')
  return {
    name,
    key,
    place,
    pid: hub.pid,
    port: hub.port,
    startMs: hub.startMs,
    async stop() {
      await hub.stop()
      place.remove()
    },
  }
}

/** The four targets of the table, by name. `only`: 'off' or 'full' leaves the other hub out. */
export async function openTargets({ bin, upstream, nodeArgs = [], only }) {
  const upstreamPort = upstream.port
  const pipe = await helper('pipe.mjs', PROXY_CORE, [upstreamPort], LOOP_ARGS)
  const captures = ['off', 'full'].filter((capture) => only === undefined || only === capture)
  const hubs = []
  for (const capture of captures)
    hubs.push(await hubTarget({ name: capture, bin, upstreamPort, capture, nodeArgs }))
  return [
    { name: 'direct', port: upstreamPort, pid: upstream.pid, stop: async () => undefined },
    { name: 'pipe', port: pipe.port, pid: pipe.pid, stop: () => pipe.stop() },
    ...hubs,
  ]
}

export const pathOf = (protocol) => PATHS[protocol]
