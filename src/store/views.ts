// What queries of the store give back. Plain values for the control API and `--json`: every field is always
// there, null means not known or not yet. Times in ms since the epoch, durations in ms.
import type { AgentName } from '../base/agent-name.js'
import type { CacheBreakCause } from '../base/cache-break-cause.js'
import type { RecordedGap, RecordedNote, RecordedUsage, RequestPurpose } from './record.js'

/** running: no end yet · interrupted: the hub itself ended before the answer did. */
export type Outcome = 'running' | 'completed' | 'failed' | 'canceled' | 'interrupted'

/** The four panes of a request: agent sent, hub sent, provider sent, agent got. */
export type BodyName = 'request' | 'response' | 'upstream-request' | 'upstream-response'

export type TraceSummary = {
  readonly id: string
  readonly threadId: string | null
  /** Where the id came from: a header's name, `claude-code`, `codex`, a body field, or `new`. */
  readonly source: string
  readonly agent: AgentName
  readonly agentVersion: string | null
  readonly directory: string | null
  /** The first words of the user. */
  readonly title: string | null
  readonly startedAt: number
  readonly lastAt: number
  readonly turns: number
  readonly requests: number
  /** Requests that failed, or that the end of the hub interrupted. */
  readonly failed: number
  /** Requests that the agent gave up. */
  readonly canceled: number
  readonly running: number
  /** The models that answered, in the order of their names. */
  readonly models: readonly string[]
  readonly usage: RecordedUsage
  /** US dollars, of the requests that have a price. */
  readonly cost: number
  /** Requests with usage and without a price. */
  readonly unpriced: number
}

export type BodySize = {
  readonly which: BodyName
  /** The attempt that it belongs to; 0 for what the agent sent and got. */
  readonly attempt: number
  readonly bytes: number
  /** Secrets that were taken out of it; what stands for them is as long as they were. */
  readonly removed: number
}

export type AttemptView = {
  readonly number: number
  readonly channel: string
  /** The position (1, 2, …) of the key that was used; null where the channel has one or none. */
  readonly key: number | null
  readonly protocol: string
  readonly mode: 'relay' | 'convert'
  readonly url: string
  readonly modelUsed: string
  readonly startedAt: number
  readonly durationMs: number | null
  readonly firstByteMs: number | null
  readonly outcome: 'completed' | 'failed' | 'canceled'
  readonly status: number | null
  readonly errorCode: string | null
  readonly errorText: string | null
  readonly upstreamRequestId: string | null
  readonly headers: Readonly<Record<string, string>>
}

export type CacheBreak = {
  readonly cause: CacheBreakCause
  /** A clause for a person. */
  readonly detail: string
  /** So many fewer tokens came from the cache than the request before had left there; 0 where no figure tells it. */
  readonly tokens: number
  /** US dollars, at the least; null without a price. */
  readonly dollars: number | null
}

/** The rates that made a cost, US dollars per million tokens, and where and when they were read. */
export type AppliedPrice = {
  readonly rates: Readonly<Record<string, number>>
  readonly source: string
  /** YYYY-MM-DD */
  readonly date: string
}

export type RequestView = {
  readonly id: string
  readonly traceId: string
  readonly turn: number
  readonly subagent: string | null
  readonly parentSubagent: string | null
  readonly agent: AgentName
  readonly agentVersion: string | null
  readonly purpose: RequestPurpose
  readonly keyName: string
  readonly profile: string | null
  readonly method: string
  readonly path: string
  readonly protocol: string
  readonly modelAsked: string
  readonly stream: boolean
  readonly prompt: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly startedAt: number
  readonly finishedAt: number | null
  readonly outcome: Outcome
  readonly status: number | null
  readonly errorCode: string | null
  readonly errorText: string | null
  readonly channel: string | null
  readonly modelUsed: string | null
  readonly mode: 'relay' | 'convert' | null
  readonly firstByteMs: number | null
  readonly firstTokenMs: number | null
  readonly durationMs: number | null
  /** Silences of the provider inside its answer, two seconds and more. */
  readonly gaps: readonly RecordedGap[]
  readonly usage: RecordedUsage | null
  /** US dollars; null when a price that it needs is not known. */
  readonly cost: number | null
  readonly price: AppliedPrice | null
  /** What was lost of the provider's prompt cache; null when nothing was. */
  readonly cacheBreak: CacheBreak | null
  readonly stopReason: string | null
  readonly notes: readonly RecordedNote[]
  /** Rules and channels in the order they were looked at. */
  readonly decision: readonly string[]
  readonly attempts: readonly AttemptView[]
  readonly bodies: readonly BodySize[]
  /** Bodies that were not kept because the recorder was under pressure. */
  readonly bodiesDropped: number
}

export type TurnView = {
  readonly number: number
  /** The agent's own id of the turn. */
  readonly key: string | null
  readonly prompt: string | null
  readonly startedAt: number
  readonly requests: readonly RequestView[]
}

/** A conversation. The number of turns is `turns.length`. */
export type TraceView = Omit<TraceSummary, 'turns'> & { readonly turns: readonly TurnView[] }

export type ListTraces = {
  /** At most this many, most recently used first. */
  readonly limit: number
  /** Only those last used before this time: `lastAt` of the last one that was shown. */
  readonly before?: number
  /** Only those last used at this time or later, ms since the epoch. */
  readonly since?: number
  readonly agent?: AgentName
  /** Words that a prompt or an answer of it must all have; in double quotes: side by side. */
  readonly text?: string
  /** A part of the name of a model that was asked for or answered. */
  readonly model?: string
  /** The channel that answered. With `model` or a status other than ok: all of one request. */
  readonly channel?: string
  readonly status?: TraceStatus
}

/** ok: nothing runs and nothing failed · failed, canceled, running: a request of it did or does. */
export type TraceStatus = 'ok' | 'failed' | 'canceled' | 'running'

/** The newest text of a conversation in which a search found its words. */
export type TraceMatch = {
  /** The request that it belongs to. */
  readonly request: string
  /** What the user asked, or what was answered. */
  readonly which: 'request' | 'response'
  /** The place, on one line. */
  readonly text: string
  /** Offsets in `text`, from and to, of the words that were looked for. */
  readonly hits: readonly (readonly [number, number])[]
}

/** `match`: null when no text was asked for. */
export type ListedTrace = TraceSummary & { readonly match: TraceMatch | null }

export type BodyQuestion = {
  /** A request id or a beginning of it, at least four characters, that no other request has. */
  readonly request: string
  readonly which: BodyName
  /** Which try, for the upstream's bodies; the last one when absent. */
  readonly attempt?: number
}

/** When the bytes of a streamed body up to `offset` had passed: ms after its request began, or its try for the upstream's. */
export type ChunkTime = { readonly offset: number; readonly atMs: number }

export type UsageGroup = 'day' | 'model' | 'channel' | 'trace'

export type UsageQuestion = {
  readonly by: UsageGroup
  /** Requests begun at this time or later, ms since the epoch. */
  readonly since?: number
}

/** What requests took together. */
export type UsageRow = {
  /** The local day (YYYY-MM-DD), the model or channel that answered (`–` when none did), or the trace's id. */
  readonly key: string
  /** The title of a trace; null for other groups. */
  readonly title: string | null
  readonly requests: number
  readonly failed: number
  readonly usage: RecordedUsage
  readonly cost: number
  readonly unpriced: number
}

/** A client key. Its text is never here, only the sha256 of it. */
export type StoredKey = {
  readonly name: string
  /** sha256 of the key, lower-case hex. */
  readonly hash: string
  /** The first characters, to tell keys apart in a list. */
  readonly prefix: string
  readonly createdAt: number
}

/** Where a conversation was answered last, so that it goes on there after a restart. */
export type StoredPlace = {
  readonly trace: string
  readonly channel: string
  /** The position (1, 2, …) of the key, where the channel has several. */
  readonly key: number | null
}

/** A parameter that an upstream refused for a model, so that it is left out the next time. */
export type Learned = {
  readonly channel: string
  readonly model: string
  readonly parameter: string
  readonly reason: string | null
  readonly learnedAt: number
}

export type CardPlace = { readonly channel: string; readonly model: string; readonly protocol: string }

/** What a test found out about a model of a channel, over one of its endpoints. */
export type StoredCard = CardPlace & {
  /** Of the channel's configuration when it was tested. */
  readonly fingerprint: string
  readonly testedAt: number
  /** JSON. */
  readonly card: string
}

/** What is to go; without both limits what goes beyond the retention in force. */
export type PruneQuestion = {
  /** Conversations last used, and bodies of requests begun, longer ago than this, ms. */
  readonly olderThanMs?: number
  /** The oldest bodies, until the database takes no more than this. Figures stay. */
  readonly maxBytes?: number
  /** Only tell what would go. */
  readonly dryRun: boolean
}

/** What went, or would go. */
export type Pruned = {
  readonly traces: number
  readonly requests: number
  readonly bodies: number
  /** What the database took, and takes then (a close estimate for a dry run). */
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/** What is kept at most. */
export type Retention = {
  readonly retentionMs: number
  readonly maxBytes: number
}
