// Asks the running daemon over its control socket (control/api.ts). Law: whatever goes wrong is a HubError; nobody
// answering is `daemon-not-running`.

import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { z } from 'zod'
import { type ErrorCode, HubError } from '../base/errors.js'
import { parseJson } from '../base/json.js'
import {
  type ChannelTestReply,
  type ChannelTestRequest,
  type ConfigCheckReply,
  channelTestReply,
  configCheckReply,
  type ExplainReply,
  type ExplainRequest,
  errorReply,
  explainReply,
  type ReleaseRequest,
  type ReloadReply,
  reloadReply,
  type StatusReply,
  statusReply,
} from './api.js'
import { type CapabilityCard, capabilityCard } from './card.js'
import { type ChangeReply, type ChannelsReply, changeReply, channelsReply } from './channels.js'
import { type ControlEvent, controlEvent } from './event-schema.js'
import { type FindReply, findReply } from './known-secrets.js'
import { type LogEntry, logPath, readLogLine } from './log.js'
import { type ProfilesReply, profilesReply, type SwitchRequest } from './profiles.js'
import {
  historyPath,
  type QuotaHistoryQuestion,
  type QuotaHistoryReply,
  quotaHistoryReply,
} from './quota-history.js'
import { type QuotaReply, quotaReply, type RefreshRequest } from './quota-schema.js'
import { type ReplayReply, type ReplayRequest, replayReply } from './replay.js'
import { type PruneReply, type PruneRequest, pruneReply } from './trace-api.js'
import { bodyPath, listPath, requestPath, tracePath, usagePath } from './trace-paths.js'
import type { TraceReader } from './trace-reader.js'
import { chunkTimes, listedTrace, requestView, traceView, usageRow } from './trace-schema.js'

export type ControlClient = TraceReader & {
  status(): Promise<StatusReply>
  reload(): Promise<ReloadReply>
  /** Whether the hub would take such a config.yml. */
  checkConfig(text: string): Promise<ConfigCheckReply>
  /** The daemon begins to drain; it is gone some time later. */
  shutdown(): Promise<void>
  /** Removes what was recorded; resolves when it is gone. */
  pruneTraces(request: PruneRequest): Promise<PruneReply>
  explain(request: ExplainRequest): Promise<ExplainReply>
  /** Running tool loops follow the profile at once: those of one key, or all. */
  releaseProfiles(request: ReleaseRequest): Promise<void>
  /** Asks a model many questions; hanging up ends the test. */
  testChannel(name: string, request: ChannelTestRequest, signal?: AbortSignal): Promise<ChannelTestReply>
  channels(): Promise<ChannelsReply>
  /** Edits config.yml. Throws HubError `not-found`, or `refused` for a channel that is in no file. */
  enableChannel(name: string, enabled: boolean): Promise<ChangeReply>
  profiles(): Promise<ProfilesReply>
  /** Edits config.yml; undefined: the profile is left. Throws HubError `not-found`. */
  switchProfile(name: string | undefined, request: SwitchRequest): Promise<ChangeReply>
  /** The last `lines` of the hub's log, with `follow` then what is added until `signal` ends. */
  log(
    question: { readonly lines: number; readonly follow: boolean },
    signal: AbortSignal,
  ): AsyncGenerator<LogEntry, void, undefined>
  /** Where credentials that the hub knows stand in a text of at most FIND_CHARACTERS, `[from, to)`. */
  findKnown(text: string): Promise<FindReply>
  /** Sends a recorded request again; resolves when its answer is over. Hanging up ends it upstream too. */
  replay(id: string, request: ReplayRequest, signal: AbortSignal): Promise<ReplayReply>
  listCards(): Promise<CapabilityCard[]>
  listModels(name: string): Promise<string[]>
  /** The channel no longer rests: its failures and limits are forgotten. */
  clearChannel(name: string): Promise<void>
  quota(): Promise<QuotaReply>
  /** Asks the providers first. */
  refreshQuota(request: RefreshRequest): Promise<QuotaReply>
  /** What meters said over time; without `since` the last day. */
  quotaHistory(question: QuotaHistoryQuestion): Promise<QuotaHistoryReply>
  /** What happens, until the daemon ends or `signal` does. Lines that this program does not know are left out. */
  events(signal: AbortSignal): AsyncGenerator<ControlEvent, void, undefined>
  /** The bytes that the agent of a running request was sent so far, then those that follow, until its answer is over. */
  answerBytes(request: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>
}

const PATIENCE_MS = 10_000
/** A reload may ask a keychain or a command for keys. */
const PATIENT = { patienceMs: 30_000 } as const
/** A test of a channel asks a dozen questions on each of its endpoints, and some models think for long. */
const TEST_PATIENCE_MS = 1_800_000

/** A database of gigabytes takes its time. */
const PRUNE_PATIENCE_MS = 600_000

/** Codes that the daemon's control socket answers and that mean the same here. */
const KNOWN_CODES: readonly ErrorCode[] = [
  'usage',
  'not-found',
  'refused',
  'config-invalid',
  'secret-unavailable',
  'profile-missing',
  'upstream-unreachable',
  'upstream-timeout',
  'upstream-authentication',
  'unknown-model',
  'upstream-truncated',
  'upstream-failed',
]

type Call = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly patienceMs?: number
  readonly signal?: AbortSignal
}

function notRunning(cause: unknown): HubError {
  return new HubError('daemon-not-running', 'The hub is not running.', {
    hint: 'Start it with "axonhub serve --detach".',
    cause,
  })
}

/** No socket, nobody behind it, or a path that cannot be one: no daemon can be there. */
const NOBODY = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'] as const

function unreachable(thrown: unknown): HubError {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (NOBODY.some((one) => one === code)) return notRunning(thrown)
  if (code === 'EACCES' || code === 'EPERM') {
    return new HubError('permission', 'The control socket of the hub belongs to another user.', {
      hint: 'Run this as the user who started the hub, or choose another home with AXONHUB_HOME.',
      cause: thrown,
    })
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new HubError('internal', `The hub does not answer on its control socket: ${message}`, {
    hint: 'Look with "axonhub logs", or start it anew with "axonhub restart".',
    cause: thrown,
  })
}

function send(socket: string, call: Call): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    const asking: ClientRequest = httpRequest({
      socketPath: socket,
      path: call.path,
      method: call.method,
      // One call, one connection: nothing is kept open that would hold the process.
      agent: false,
      headers:
        body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
    const patienceMs = call.patienceMs ?? PATIENCE_MS
    asking.setTimeout(patienceMs, () => asking.destroy(new Error(`no answer in ${patienceMs / 1000} s`)))
    asking.once('error', (thrown) => reject(unreachable(thrown)))
    asking.once('response', (answer) => {
      asking.setTimeout(0)
      resolve(answer)
    })
    asking.end(body)
  })
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of answer) pieces.push(Buffer.from(piece))
  } catch (thrown) {
    throw unreachable(thrown)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function refusal(status: number, value: unknown): HubError {
  const parsed = errorReply.safeParse(value)
  if (!parsed.success) return new HubError('internal', `The hub answered its control socket with ${status}.`)
  const { code, message, hint } = parsed.data.error
  const known = KNOWN_CODES.find((one) => one === code) ?? 'internal'
  return new HubError(known, message, hint === undefined ? {} : { hint })
}

async function ask<T>(socket: string, call: Call, schema: z.ZodType<T>): Promise<T> {
  const answer = await send(socket, call)
  const value = parseJson(await textOf(answer))
  if (answer.statusCode !== 200) throw refusal(answer.statusCode ?? 0, value)
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new HubError('internal', `The hub and this program do not understand each other (${call.path}).`, {
    hint: 'They are of different versions: run "axonhub restart".',
    cause: parsed.error,
  })
}

async function bytesOf(socket: string, path: string): Promise<Uint8Array> {
  const answer = await send(socket, { method: 'GET', path })
  if (answer.statusCode !== 200) throw refusal(answer.statusCode ?? 0, parseJson(await textOf(answer)))
  const pieces: Buffer[] = []
  for await (const piece of answer) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

/** Whole lines; the end of the daemon is the end of the lines, not an error of theirs. */
async function* lines(answer: IncomingMessage): AsyncGenerator<string, void, undefined> {
  answer.setEncoding('utf8')
  let rest = ''
  try {
    for await (const piece of answer) {
      const parts = `${rest}${String(piece)}`.split('\n')
      rest = parts.pop() ?? ''
      yield* parts
    }
  } catch (thrown) {
    if (unreachable(thrown).code !== 'daemon-not-running') throw thrown
  }
}

async function* events(socket: string, signal: AbortSignal): AsyncGenerator<ControlEvent, void, undefined> {
  const answer = await send(socket, { method: 'GET', path: '/events', signal })
  if (answer.statusCode !== 200) throw refusal(answer.statusCode ?? 0, parseJson(await textOf(answer)))
  for await (const line of lines(answer)) {
    const parsed = controlEvent.safeParse(parseJson(line))
    if (parsed.success) yield parsed.data
  }
}

async function* logEntries(
  socket: string,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<LogEntry, void, undefined> {
  const answer = await send(socket, { method: 'GET', path, signal })
  if (answer.statusCode !== 200) throw refusal(answer.statusCode ?? 0, parseJson(await textOf(answer)))
  for await (const line of lines(answer)) {
    const entry = readLogLine(line)
    if (entry !== undefined) yield entry
  }
}

async function* answerBytes(
  socket: string,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const answer = await send(socket, { method: 'GET', path, signal })
  if (answer.statusCode !== 200) throw refusal(answer.statusCode ?? 0, parseJson(await textOf(answer)))
  try {
    for await (const piece of answer) yield Buffer.from(piece)
  } catch (thrown) {
    if (unreachable(thrown).code !== 'daemon-not-running') throw thrown
  }
}

/** Connects with each call; nothing is opened until then. */
export function controlClient(socket: string): ControlClient {
  const named = (kind: string, id: string, rest = '') => `/${kind}/${encodeURIComponent(id)}${rest}`
  return {
    status: () => ask(socket, { method: 'GET', path: '/status' }, statusReply),
    checkConfig: (text) =>
      ask(socket, { method: 'POST', path: '/config/check', body: { text } }, configCheckReply),
    reload: () => ask(socket, { method: 'POST', path: '/reload', ...PATIENT }, reloadReply),
    async shutdown() {
      await ask(socket, { method: 'POST', path: '/shutdown' }, z.object({ ok: z.literal(true) }))
    },
    body: (question) => bytesOf(socket, bodyPath(question)),
    times: (question) => ask(socket, { method: 'GET', path: bodyPath(question, 'times') }, chunkTimes),
    usage: (question) => ask(socket, { method: 'GET', path: usagePath(question) }, z.array(usageRow)),
    pruneTraces: (body) =>
      ask(socket, { method: 'POST', path: '/traces/prune', body, patienceMs: PRUNE_PATIENCE_MS }, pruneReply),
    async releaseProfiles(body) {
      const path = '/profiles/release'
      await ask(socket, { method: 'POST', path, body }, z.object({ ok: z.literal(true) }))
    },
    explain: (body) => ask(socket, { method: 'POST', path: '/explain', body }, explainReply),
    testChannel: (name, body, signal) =>
      ask(
        socket,
        {
          method: 'POST',
          path: named('channels', name, '/test'),
          body,
          patienceMs: TEST_PATIENCE_MS,
          ...(signal === undefined ? {} : { signal }),
        },
        channelTestReply,
      ),
    channels: () => ask(socket, { method: 'GET', path: '/channels' }, channelsReply),
    enableChannel: (name, enabled) =>
      ask(
        socket,
        { method: 'POST', path: named('channels', name, enabled ? '/enable' : '/disable'), ...PATIENT },
        changeReply,
      ),
    profiles: () => ask(socket, { method: 'GET', path: '/profiles' }, profilesReply),
    switchProfile(name, body) {
      const path = name === undefined ? '/profiles/leave' : named('profiles', name, '/use')
      return ask(socket, { method: 'POST', path, body, ...PATIENT }, changeReply)
    },
    log: (question, signal) => logEntries(socket, logPath(question), signal),
    findKnown: (text) => ask(socket, { method: 'POST', path: '/secrets/find', body: { text } }, findReply),
    replay: (id, body, signal) =>
      ask(
        socket,
        {
          method: 'POST',
          path: named('requests', id, '/replay'),
          body,
          patienceMs: TEST_PATIENCE_MS,
          signal,
        },
        replayReply,
      ),
    listCards: () => ask(socket, { method: 'GET', path: '/cards' }, z.array(capabilityCard)),
    listModels: (name) =>
      ask(
        socket,
        { method: 'GET', path: named('channels', name, '/models'), patienceMs: TEST_PATIENCE_MS },
        z.array(z.string()),
      ),
    quota: () => ask(socket, { method: 'GET', path: '/quota' }, quotaReply),
    refreshQuota: (body) =>
      ask(socket, { method: 'POST', path: '/quota/refresh', body, patienceMs: 60_000 }, quotaReply),
    quotaHistory: (question) =>
      ask(socket, { method: 'GET', path: historyPath(question) }, quotaHistoryReply),
    async clearChannel(name) {
      const path = named('channels', name, '/clear')
      await ask(socket, { method: 'POST', path }, z.object({ ok: z.literal(true) }))
    },
    listTraces: (listing) => ask(socket, { method: 'GET', path: listPath(listing) }, z.array(listedTrace)),
    showTrace: (id) => ask(socket, { method: 'GET', path: tracePath(id) }, traceView),
    showRequest: (id) => ask(socket, { method: 'GET', path: requestPath(id) }, requestView),
    events: (signal) => events(socket, signal),
    answerBytes: (request, signal) => answerBytes(socket, named('requests', request, '/live'), signal),
  }
}
