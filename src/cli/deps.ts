// Everything of the outside that commands may use. main.ts makes it; a test may make another.

import type { Clock } from '../base/clock.js'
import type { Channel } from '../config/channels.js'
import type { Environment, Paths } from '../config/paths.js'
import type { ChannelTestReply, ChannelTestRequest, ExplainReply, ExplainRequest } from '../control/api.js'
import type { CapabilityCard } from '../control/card.js'
import type { ProfileCheck, ProfileCheckRequest } from '../control/profile-check.js'
import type { QuotaReply } from '../control/quota-schema.js'
import type { TraceReader } from '../control/trace-reader.js'
import type { Probes } from './doctor/probes.js'
import type { UiParts } from './terminal-ui.js'

/** A hub in this process. */
export type RunningHub = {
  readonly host: string
  readonly port: number
  /** Drains and closes; resolves when all is closed. */
  stop(): Promise<void>
  readonly stopped: Promise<void>
}

export type HubStart = {
  readonly paths: Paths
  /** By dotted path of the configuration: `{ 'server.port': 9000 }`. */
  readonly flags: Readonly<Record<string, number | string>>
  readonly demo: boolean
  /** Told each log line for a person. */
  readonly echo?: (line: string) => void
}

export type ClosableTraceReader = TraceReader & { close(): void }

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** A test without a hub, also of a channel that is not configured yet. */
export type OfflineTest = ChannelTestRequest & {
  /** In place of the key that the channel refers to. */
  readonly key?: string | undefined
  readonly signal: AbortSignal
}

/** What the daemon's parts can do without a daemon, each loaded only when it is asked for. */
export type Offline = {
  explain(paths: Paths, request: ExplainRequest): Promise<ExplainReply>
  checkProfile(paths: Paths, request: ProfileCheckRequest): Promise<ProfileCheck>
  testChannel(paths: Paths, channel: Channel, test: OfflineTest): Promise<ChannelTestReply>
  /** `key` in place of the one that the channel refers to. */
  listModels(paths: Paths, channel: Channel, key?: string): Promise<readonly string[]>
  /** Throws HubError `not-found` when nothing was ever stored. */
  listCards(paths: Paths): Promise<readonly CapabilityCard[]>
  /** The last figures that were stored; no accounts when nothing was. */
  quota(paths: Paths): Promise<QuotaReply>
  /** Throws HubError `not-found` when nothing was ever recorded. */
  openTraces(paths: Paths): Promise<ClosableTraceReader>
}

/** What is written to; process.stdout and process.stderr are. */
export type OutStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly destroyed?: boolean
}

/** What is read; process.stdin is. */
export type InStream = NodeJS.ReadableStream & {
  readonly isTTY?: boolean
  setRawMode?(mode: boolean): unknown
}

export type CliDeps = {
  /** Without the program's own name. */
  readonly argv: readonly string[]
  readonly env: Environment
  readonly userHome: string
  readonly cwd: string
  readonly platform: NodeJS.Platform
  readonly version: string
  /** How to start this program again; absolute paths. */
  readonly self: { readonly command: string; readonly args: readonly string[] }
  readonly clock: Clock
  readonly stdin: InStream
  readonly stdout: OutStream
  readonly stderr: OutStream
  /** Returns the end of listening. While somebody listens, the signal does not end the process. */
  onSignal(signal: Signal, handler: () => void): () => void
  /** Whether a process of this id still runs. */
  isAlive(pid: number): boolean
  startHub(start: HubStart): Promise<RunningHub>
  /** The terminal UI, until the user leaves it. */
  openTui(parts: UiParts): Promise<void>
  readonly offline: Offline
  readonly probes: Probes
}
