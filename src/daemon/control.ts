// The control socket: what the command line and the terminal UI may ask of a running daemon (src/control/api.ts).
// A Unix socket of mode 0600 (a named pipe on Windows), so only the user's own programs reach it.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { asHubError, type ErrorCode, HubError } from '../base/errors.js'
import {
  type ChannelTestReply,
  type ChannelTestRequest,
  type ConfigCheckReply,
  channelTestRequest,
  configCheckRequest,
  type ExplainReply,
  type ExplainRequest,
  explainRequest,
  type ReleaseRequest,
  type ReloadReply,
  releaseRequest,
  type StatusReply,
} from '../control/api.js'
import type { CapabilityCard } from '../control/card.js'
import type { ChangeReply, ChannelsReply } from '../control/channels.js'
import type { ProfilesReply } from '../control/profiles.js'
import type { ReplayReply } from '../control/replay.js'
import type { Recorder } from '../recorder/recorder.js'
import { type Call, namesIn, readCall } from './control-call.js'
import { streamAnswer } from './live-answer.js'
import type { LiveBook } from './live-book.js'
import { streamLog } from './log-tail.js'
import { type QuotaControl, quotaHistoryOf, refreshQuota, routeOfTrace } from './quota-control.js'
import type { LiveEvent, Running } from './running.js'
import { bodyQuestion, findKnown, listTraces, pruneTraces, usageOf } from './trace-control.js'

export type ControlDeps = QuotaControl & {
  status(): StatusReply
  reload(): Promise<ReloadReply>
  checkConfig(text: string): ConfigCheckReply
  explain(request: ExplainRequest): ExplainReply
  /** Running tool loops follow the profile at once. */
  releaseProfiles(request: ReleaseRequest): void
  /** Ends with HubError `canceled` when the signal says that nobody waits any more. */
  testChannel(name: string, request: ChannelTestRequest, signal: AbortSignal): Promise<ChannelTestReply>
  channels(): Promise<ChannelsReply>
  /** Edits config.yml; so does `switchProfile`. */
  switchChannel(name: string, enabled: boolean): Promise<ChangeReply>
  profiles(): Promise<ProfilesReply>
  /** Undefined: the profile is left. `body`: what the asker sent, not yet checked. */
  switchProfile(name: string | undefined, body: unknown): Promise<ChangeReply>
  /** Where the log is. */
  readonly logFile: string
  /** Sends a recorded request again; the signal hangs up. */
  replay(id: string, request: unknown, signal: AbortSignal): Promise<ReplayReply>
  /** Prometheus text, with its content type. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** The capability cards that hold. */
  listCards(): readonly CapabilityCard[]
  /** Forgets the channel's failures and limits. */
  clearChannel(name: string): void
  /** The model ids that the channel's provider lists. */
  listModels(name: string): Promise<string[]>
  /** Begins the drain; the reply is sent first. */
  shutdown(): void
  readonly recorder: Recorder
  readonly running: Running
  readonly live: LiveBook
}

type Route = {
  readonly method: string
  readonly path: RegExp
  answer(call: Call, match: readonly string[], deps: ControlDeps): unknown
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: /^\/status$/, answer: (_call, _match, deps) => deps.status() },
  { method: 'POST', path: /^\/reload$/, answer: (_call, _match, deps) => deps.reload() },
  {
    method: 'POST',
    path: /^\/config\/check$/,
    answer: ({ body }, _match, deps) => {
      const parsed = configCheckRequest.safeParse(body)
      if (!parsed.success) throw new HubError('usage', 'check wants { text }.')
      return deps.checkConfig(parsed.data.text)
    },
  },
  {
    method: 'POST',
    path: /^\/shutdown$/,
    answer: (_call, _match, deps) => {
      setImmediate(() => deps.shutdown())
      return { ok: true }
    },
  },
  {
    method: 'GET',
    path: /^\/traces$/,
    answer: (call, _match, deps) => listTraces(call.query, deps.recorder),
  },
  {
    method: 'POST',
    path: /^\/traces\/prune$/,
    answer: (call, _match, deps) => pruneTraces(call.body, deps.recorder),
  },
  { method: 'GET', path: /^\/quota$/, answer: (_call, _match, deps) => deps.quota.told() },
  {
    method: 'GET',
    path: /^\/quota\/history$/,
    answer: (call, _match, deps) => quotaHistoryOf(call.query, deps),
  },
  {
    method: 'POST',
    path: /^\/quota\/refresh$/,
    answer: (call, _match, deps) => refreshQuota(call.body, deps),
  },
  {
    method: 'GET',
    path: /^\/traces\/([^/]+)\/route$/,
    answer: (_call, [id = ''], deps) => routeOfTrace(id, deps),
  },
  { method: 'GET', path: /^\/usage$/, answer: (call, _match, deps) => usageOf(call.query, deps.recorder) },
  {
    method: 'GET',
    path: /^\/traces\/([^/]+)$/,
    answer: (_call, [id = ''], deps) => deps.recorder.query('show-trace', { id }),
  },
  {
    method: 'GET',
    path: /^\/requests\/([^/]+)$/,
    answer: (_call, [id = ''], deps) => deps.recorder.query('show-request', { id }),
  },
  {
    method: 'GET',
    path: /^\/requests\/([^/]+)\/body$/,
    answer: ({ query }, [id = ''], deps) => deps.recorder.query('body', bodyQuestion(id, query)),
  },
  {
    method: 'GET',
    path: /^\/requests\/([^/]+)\/times$/,
    answer: ({ query }, [id = ''], deps) => deps.recorder.query('body-times', bodyQuestion(id, query)),
  },
  {
    method: 'POST',
    path: /^\/secrets\/find$/,
    answer: ({ body }, _match, deps) => findKnown(body, deps.recorder),
  },
  {
    method: 'POST',
    path: /^\/requests\/([^/]+)\/replay$/,
    answer: ({ body: asked, signal }, [id = ''], deps) => deps.replay(id, asked, signal),
  },
  {
    method: 'POST',
    path: /^\/channels\/([^/]+)\/test$/,
    answer: ({ body: asked, signal }, [name = ''], deps) => {
      const parsed = channelTestRequest.safeParse(asked ?? {})
      if (!parsed.success) throw new HubError('usage', 'test wants { as?, model?, depth? }.')
      return deps.testChannel(name, parsed.data, signal)
    },
  },
  { method: 'GET', path: /^\/channels$/, answer: (_call, _match, deps) => deps.channels() },
  {
    method: 'POST',
    path: /^\/channels\/([^/]+)\/(enable|disable)$/,
    answer: (_call, [name = '', verb], deps) => deps.switchChannel(name, verb === 'enable'),
  },
  { method: 'GET', path: /^\/profiles$/, answer: (_call, _match, deps) => deps.profiles() },
  {
    method: 'POST',
    path: /^\/profiles\/([^/]+)\/use$/,
    answer: (call, [name = ''], deps) => deps.switchProfile(name, call.body),
  },
  {
    method: 'POST',
    path: /^\/profiles\/leave$/,
    answer: (call, _match, deps) => deps.switchProfile(undefined, call.body),
  },
  { method: 'GET', path: /^\/cards$/, answer: (_call, _match, deps) => deps.listCards() },
  {
    method: 'POST',
    path: /^\/channels\/([^/]+)\/clear$/,
    answer: (_call, [name = ''], deps) => {
      deps.clearChannel(name)
      return { ok: true }
    },
  },
  {
    method: 'GET',
    path: /^\/channels\/([^/]+)\/models$/,
    answer: (_call, [name = ''], deps) => deps.listModels(name),
  },
  {
    method: 'POST',
    path: /^\/profiles\/release$/,
    answer: (call, _match, deps) => {
      const parsed = releaseRequest.safeParse(call.body)
      if (!parsed.success) throw new HubError('usage', 'release wants { key? }.')
      deps.releaseProfiles(parsed.data)
      return { ok: true }
    },
  },
  {
    method: 'POST',
    path: /^\/explain$/,
    answer: (call, _match, deps) => {
      const parsed = explainRequest.safeParse(call.body)
      if (!parsed.success) throw new HubError('usage', 'explain wants { model, key?, agent?, protocol? }.')
      return deps.explain(parsed.data)
    },
  },
]

const STATUS: Partial<Record<ErrorCode, number>> = {
  usage: 400,
  'not-found': 404,
  refused: 409,
  'too-large': 413,
}

function sendJson(outgoing: ServerResponse, status: number, value: unknown): void {
  // The rest of a question that was too large is not read.
  const leaving: Record<string, string> = status === 413 ? { connection: 'close' } : {}
  outgoing.writeHead(status, { 'content-type': 'application/json', ...leaving })
  outgoing.end(JSON.stringify(value))
}

function sendFailure(outgoing: ServerResponse, thrown: unknown): void {
  if (outgoing.headersSent) {
    outgoing.destroy()
    return
  }
  const error = asHubError(thrown)
  sendJson(outgoing, STATUS[error.code] ?? 500, {
    error: {
      code: error.code,
      message: error.message,
      ...(error.detail.hint === undefined ? {} : { hint: error.detail.hint }),
    },
  })
}

const LIVE = /^\/requests\/([^/]+)\/live$/

/** A snapshot, then every event as a line; a heartbeat lets a listener notice a daemon that is gone. */
function streamEvents(outgoing: ServerResponse, deps: ControlDeps): void {
  outgoing.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const line = (value: unknown) => outgoing.write(`${JSON.stringify(value)}\n`)
  line({ type: 'snapshot', status: deps.status(), running: deps.running.snapshot() })
  const tell = (event: LiveEvent) => {
    // A listener that does not read is let go rather than fed for ever.
    if (outgoing.writableLength > 4 * 1024 * 1024) outgoing.destroy()
    else line(event)
  }
  const stops = [deps.running.listen(tell), deps.live.watch(tell)]
  const heartbeat = setInterval(() => line({ type: 'heartbeat' }), 5000)
  outgoing.on('close', () => {
    clearInterval(heartbeat)
    for (const stop of stops) stop()
  })
}

function hangUpSignal(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort(new HubError('canceled', 'The asker hung up.'))
  })
  return controller.signal
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, deps: ControlDeps): Promise<void> {
  try {
    const call = await readCall(incoming, hangUpSignal(outgoing))
    if (call.method === 'GET' && call.path === '/events') {
      streamEvents(outgoing, deps)
      return
    }
    const live = call.method === 'GET' ? LIVE.exec(call.path) : null
    if (live !== null) {
      streamAnswer(outgoing, decodeURIComponent(live[1] ?? ''), deps.live)
      return
    }
    if (call.method === 'GET' && call.path === '/log') {
      await streamLog(outgoing, call.query, deps.logFile, call.signal)
      return
    }
    if (call.method === 'GET' && call.path === '/metrics') {
      const { type, text } = await deps.metrics()
      outgoing.writeHead(200, { 'content-type': type })
      outgoing.end(text)
      return
    }
    for (const route of ROUTES) {
      const match = route.method === call.method ? route.path.exec(call.path) : null
      if (match === null) continue
      const value = await route.answer(call, namesIn(match), deps)
      if (value instanceof Uint8Array) {
        outgoing.writeHead(200, { 'content-type': 'application/octet-stream' })
        outgoing.end(value)
      } else sendJson(outgoing, 200, value)
      return
    }
    throw new HubError('not-found', `The control socket has no ${call.method} ${call.path}.`, {
      hint: 'The daemon may be older than this program: run "axonhub restart".',
    })
  } catch (thrown) {
    sendFailure(outgoing, thrown)
  }
}

/** Not yet listening. */
export function createControlServer(deps: ControlDeps): Server {
  return createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined)
    void serve(incoming, outgoing, deps)
  })
}
