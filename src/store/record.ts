// What the recorder is told about a request while it runs. Plain values only: they cross a thread boundary.
// Secrets are already removed when a value gets here.

import type { AgentName } from '../base/agent-name.js'
import type { Pricing } from '../cost/request-cost.js'

/** What a request is for; read from the agents' own marks (docs/clients.md). */
export type RequestPurpose =
  | 'turn'
  | 'title'
  | 'compaction'
  | 'web-search'
  | 'count-tokens'
  | 'models'
  | 'other'

/** Bytes, whole or in the pieces in which they arrived (an event stream). Copied; the caller keeps them, and leaves large ones as they are for some turns. */
export type RecordedBody = Uint8Array | readonly Uint8Array[]

/** Sent once, when the request is identified and before it is routed. Times in ms since the epoch. */
export type RequestStarted = {
  readonly type: 'request-started'
  readonly requestId: string
  readonly traceId: string
  /** Where the trace id came from: a header's name, the name of an agent, a body field, or `new`. */
  readonly traceSource: string
  readonly threadId?: string
  /** The agent's own id of the turn (Codex turn_id). */
  readonly turnKey?: string
  /** Subagent id and its parent, when the request is a branch of the conversation. */
  readonly subagent?: string
  readonly parentSubagent?: string
  readonly agent: AgentName
  readonly agentVersion?: string
  readonly purpose: RequestPurpose
  readonly keyName: string
  readonly profile?: string
  readonly method: string
  readonly path: string
  readonly protocol: string
  readonly modelAsked: string
  readonly stream: boolean
  readonly startedAt: number
  /** First words of the user's newest message, at most 200 characters, when cheap to know. */
  readonly prompt?: string
  /** The working directory, when the agent tells it. */
  readonly directory?: string
  /** Header allow-list only. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: RecordedBody
}

/** Sent once for each upstream that was tried, when that try is over. Durations in ms. */
export type AttemptFinished = {
  readonly type: 'attempt-finished'
  readonly requestId: string
  /** 1, 2, 3 … */
  readonly number: number
  readonly channel: string
  /** The position (1, 2, …) of the key that was used, where the channel has several. */
  readonly key?: number
  readonly protocol: string
  readonly mode: 'relay' | 'convert'
  readonly url: string
  readonly modelUsed: string
  readonly startedAt: number
  readonly durationMs: number
  readonly firstByteMs?: number
  readonly outcome: 'completed' | 'failed' | 'canceled'
  readonly status?: number
  readonly errorCode?: string
  readonly errorText?: string
  readonly upstreamRequestId?: string
  /** Rate-limit and quota headers of the answer, by allow-list. */
  readonly headers: Readonly<Record<string, string>>
  /** What was sent and what came back, when it differs from what the agent sent and got (mode convert). */
  readonly requestBody?: RecordedBody
  readonly responseBody?: RecordedBody
  /** When its bytes came: pairs of an offset and ms after `startedAt`, one after the other. */
  readonly responseTimes?: readonly number[]
}

/** Token counters as in protocol/ir/usage.ts. */
export type RecordedUsage = {
  readonly inputFresh: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly output: number
  readonly reasoning: number
}

/** A silence of the provider inside its answer; `atMs` after the start of the request. */
export type RecordedGap = { readonly atMs: number; readonly durationMs: number }

export type RecordedNote = { readonly kind: string; readonly path: string; readonly reason: string }

/** Sent once, when the agent's answer is over. Durations in ms from the start of the request. */
export type RequestFinished = {
  readonly type: 'request-finished'
  readonly requestId: string
  readonly finishedAt: number
  readonly outcome: 'completed' | 'failed' | 'canceled'
  readonly status: number
  readonly errorCode?: string
  readonly errorText?: string
  /** Whose rules decided, where the start did not say it. */
  readonly profile?: string
  readonly channel?: string
  readonly modelUsed?: string
  readonly mode?: 'relay' | 'convert'
  readonly firstByteMs?: number
  readonly firstTokenMs?: number
  readonly durationMs: number
  /** Silences of two seconds and more. */
  readonly gaps?: readonly RecordedGap[]
  readonly usage?: RecordedUsage
  /** By which price the usage counts; absent where tokens have none. */
  readonly pricing?: Pricing
  readonly stopReason?: string
  readonly notes: readonly RecordedNote[]
  /** Why it went where it went: rules and channels in the order they were looked at. */
  readonly decision: readonly string[]
  /** The bytes the agent got. */
  readonly responseBody?: RecordedBody
  /** When they went out: pairs of an offset and ms from the start of the request, one after the other. */
  readonly responseTimes?: readonly number[]
}

export type RecordMessage = RequestStarted | AttemptFinished | RequestFinished

/** What is kept. full: all · metadata: everything but bodies · off: nothing (the recorder only counts). */
export type CaptureMode = 'full' | 'metadata' | 'off'
