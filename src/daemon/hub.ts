// The daemon: one home, one configuration in force, one recorder, two doors. `startHub` brings it up, `stop` drains it.

import { rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { ensureHome } from '../config/paths.js'
import { watchConfig } from '../config/watch.js'
import { codecOf } from '../protocol/registry.js'
import { channelTeller } from './channel-rows.js'
import { switchChannel, switchProfile } from './config-switch.js'
import { type ControlDeps, createControlServer } from './control.js'
import { keepControlDoor } from './control-door.js'
import type { Front } from './front.js'
import { createHandler } from './handlers.js'
import { type Closers, exchangeDeps, type HubOptions, type HubParts, openParts, TIMING } from './hub-parts.js'
import { restOf } from './hub-rest.js'
import { claimHome, writeDaemonRecord } from './instance.js'
import { listenOnPort } from './listen.js'
import { metricsText } from './metrics.js'
import { cardsInForce, channelInForce, modelsInForce, testInForce } from './probe-channel.js'
import { profileRows } from './profile-rows.js'
import { replay } from './replay.js'
import { createHubServer } from './server.js'
import { watchStalls } from './stall.js'
import { explainRoute, statusReport } from './status.js'

export type Hub = {
  readonly host: string
  readonly port: number
  /** Takes no new requests, lets the running ones end (30 s at most), then closes everything. */
  stop(): Promise<void>
  /** Resolves when the hub has stopped, by whomever. */
  readonly stopped: Promise<void>
}

async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.reverse()) await close()
  closers.length = 0
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function openDoors(parts: HubParts, startedAt: string, shutdown: () => void) {
  const { options, inForce, recorder, running, log } = parts
  const deps = exchangeDeps(parts)
  const tcp = createHubServer({
    handle: createHandler(parts, deps),
    codecOf,
    newRequestId: () => options.newId('ar-'),
    requestHeader: () => deps.settings().requestHeader,
    now: () => options.clock.now(),
    isOwnName: (host, socket) => front?.isOwnName(host, socket) ?? false,
  })
  const { place } = parts
  let front: Front | undefined
  /** Resolves when agents may come; `place.port` is the port then. */
  const listen = async () => {
    if (place.tls === undefined) place.port = await listenOnPort(tcp, place.host, place.port)
    else {
      const { openFront } = await import('./front.js')
      front = await openFront(tcp, { place, files: place.tls, log })
      place.port = front.port
    }
  }
  const controlDeps: ControlDeps = {
    status: () => statusReport(parts, startedAt),
    async reload() {
      const changed = await parts.reload()
      if (changed) log.info('config.reloaded')
      return { changed, error: inForce.error()?.message ?? null }
    },
    checkConfig: (text) => ({ error: inForce.refusal(text)?.message ?? null }),
    explain: (request) => explainRoute(parts.router, request, parts.quota.leftOf),
    quota: parts.quota,
    lastRoutes: parts.lastRoutes,
    contextOf: (channel, model) =>
      inForce
        .channels()
        .find(({ name }) => name === channel)
        ?.catalogue.find(({ id }) => id === model)?.context,
    releaseProfiles: ({ key }) => parts.router.release(key),
    testChannel: (name, request, signal) => testInForce(parts, name, request, signal),
    channels: channelTeller(parts),
    switchChannel: (name, enabled) => switchChannel(parts, name, enabled),
    profiles: () => profileRows(parts),
    switchProfile: (name, body) => switchProfile(parts, name, body),
    logFile: options.paths.log,
    metrics: () => metricsText(parts, Date.parse(startedAt)),
    replay: (id, request, signal) => replay(parts, id, request, signal),
    listCards: () => cardsInForce(parts),
    clearChannel: (name) =>
      parts.router.report({ type: 'cleared', channel: channelInForce(parts, name).name }),
    listModels: (name) => modelsInForce(parts, name),
    shutdown,
    recorder,
    running,
    live: parts.live,
  }
  return {
    listen,
    stopListening() {
      front?.stopListening()
      tcp.close()
      tcp.closeIdleConnections()
    },
    close: () => Promise.all([closeServer(tcp), front?.close()]),
    openControl: () => createControlServer(controlDeps),
  }
}

/** The control socket and the record beside it; both come back where somebody removed them. */
function keepDoor(parts: HubParts, startedAt: string, open: () => Server): Promise<() => Promise<void>> {
  const { log, place } = parts
  const { paths, version } = parts.options
  const record = () =>
    writeDaemonRecord(paths.daemonFile, {
      pid: process.pid,
      host: place.host,
      port: place.port,
      version,
      startedAt,
    })
  return keepControlDoor({
    open,
    socket: paths.socket,
    prepare() {
      ensureHome(paths)
      record()
    },
    reopened: () => log.warn('control.reopened', { message: 'The control socket was gone.' }),
    failed: (error) => log.error('control.unreachable', { message: error.message }),
  }).then((close) => {
    record()
    return close
  })
}

/** After a sleep of the machine kept connections are dead, and the first request must not find that out. */
function watchStalling(parts: HubParts): () => void {
  return watchStalls(parts.options.clock, (ms) => {
    parts.upstream.forgetIdle()
    parts.log.warn('hub.stood-still', { ms })
  })
}

function rest({ running, recorder }: HubParts): () => void {
  return restOf({
    done() {
      const { completed, failed, canceled, refused } = running.counts()
      return completed + failed + canceled + refused
    },
    isBusy: () => running.counts().running > 0,
    held: () => process.memoryUsage().arrayBuffers,
    giveBack: () => recorder.giveBack(),
  })
}

function watchFile(parts: HubParts, closers: Closers): void {
  const watcher = watchConfig({
    path: parts.options.paths.config,
    onChange: () => {
      parts.reload().then(
        (changed) => {
          const error = parts.inForce.error()
          if (error !== undefined) parts.log.error('config.refused', { message: error.message })
          else if (changed) parts.log.info('config.reloaded')
        },
        (thrown: unknown) => parts.log.error('config.reload-failed', { message: String(thrown) }),
      )
    },
  })
  closers.push(() => watcher.close())
}

/** Throws HubError `daemon-already-running`, `port-in-use`, `config-invalid` or what the store says. */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { paths } = options
  ensureHome(paths)
  const release = await claimHome({
    socket: paths.socket,
    daemonFile: paths.daemonFile,
    lock: join(paths.run, 'start.lock'),
  })
  const closers: Closers = []
  let settled: () => void = () => undefined
  const stopped = new Promise<void>((resolve) => {
    settled = resolve
  })
  try {
    const parts = await openParts(options, closers)
    const startedAt = new Date(options.clock.now()).toISOString()
    const { place } = parts
    const { host } = place
    let stopping: Promise<void> | undefined
    const stop = () => {
      stopping ??= shutDown(parts, doors, closers).finally(settled)
      return stopping
    }
    const doors = openDoors(parts, startedAt, () => void stop())
    await doors.listen()
    closers.push(() => doors.close().then(() => undefined))
    closers.push(await keepDoor(parts, startedAt, doors.openControl))
    closers.push(() => rmSync(paths.daemonFile, { force: true }))
    closers.push(watchStalling(parts))
    closers.push(rest(parts))
    watchFile(parts, closers)
    closers.push(parts.quota.start())
    parts.log.info('hub.started', { host, port: place.port, pid: process.pid, demo: options.demo })
    return { host, port: place.port, stop, stopped }
  } catch (thrown) {
    await closeAll(closers)
    throw thrown
  } finally {
    release()
  }
}

async function shutDown(parts: HubParts, doors: { stopListening(): void }, closers: Closers): Promise<void> {
  parts.log.info('hub.stopping', { running: parts.running.counts().running })
  doors.stopListening()
  await parts.drain.finish(parts.options.timing?.drainMs ?? TIMING.drainMs)
  await closeAll(closers)
}
