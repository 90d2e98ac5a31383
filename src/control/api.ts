// The control API: HTTP over the daemon's socket, JSON both ways. The same user only, by the socket's mode.
//   GET  /status                      StatusReply
//   POST /shutdown                    { ok: true }, then the daemon drains and ends
//   POST /reload                      ReloadReply, after the configuration was read again
//   POST /config/check                { text } → { error }: whether this hub would take such a config.yml
//   GET  /traces?limit&before&agent   TraceList        GET /traces/{id}    one trace
//   POST /secrets/find                { text } → places of credentials that the hub knows (known-secrets.ts)
//   GET  /metrics                     Prometheus text
//   GET  /usage?by&since              UsageRow[]
//   POST /traces/prune                PruneRequest → PruneReply, when it is done (trace-api.ts)
//   GET  /requests/{id}               one request      GET /requests/{id}/body?which=request|response|upstream-request|upstream-response
//   GET  /requests/{id}/times?which   ChunkTime[]: when the bytes of a streamed body passed (store/views.ts)
//   GET  /channels                    ChannelsReply    POST /channels/{name}/enable|disable  ChangeReply (channels.ts)
//   GET  /profiles                    ProfilesReply    POST /profiles/{name}/use, /profiles/leave  SwitchRequest → ChangeReply
//   GET  /log?lines&follow            the last lines of the log as they are, with `follow` then the new ones (log.ts)
//   POST /requests/{id}/replay        ReplayRequest → ReplayReply, when its answer is over; hanging up ends it (replay.ts)
//   GET  /requests/{id}/live          the bytes of a running answer, from its beginning, until it is over
//   POST /channels/{name}/clear       { ok: true }: forgets its failures and limits
//   POST /profiles/release            ReleaseRequest → { ok: true }: running tool loops follow the profile at once
//   POST /explain                     ExplainRequest → ExplainReply
//   POST /channels/{name}/test        ChannelTestRequest → ChannelTestReply; hanging up ends the test
//   GET  /quota                       QuotaReply       POST /quota/refresh  RefreshRequest → QuotaReply (quota-schema.ts)
//   GET  /quota/history?channel&account&window&since   QuotaHistoryReply: the last day of each meter (quota-history.ts)
//   GET  /traces/{id}/route           RouteReply: where its newest turn went
//   GET  /channels/{name}/models      string[]         GET /cards     CapabilityCard[], those that hold
//   GET  /events                      newline-delimited ControlEvent: one snapshot, then what happens
// An error is `{ error: { code, message, hint? } }` with a status of 400, 404, 409 or 500.

import { z } from 'zod'
import { AGENTS } from '../base/agent-name.js'
import { capabilityCard } from './card.js'

export const statusReply = z.object({
  pid: z.number(),
  version: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  host: z.string(),
  port: z.number(),
  /** Where other machines may come in (https://…); null when they may not. */
  remote: z.string().nullable().prefault(null),
  home: z.string(),
  demo: z.boolean(),
  /** The flags that it was started with, by dotted path; a restart keeps them. */
  flags: z.record(z.string(), z.union([z.string(), z.number()])).prefault({}),
  profile: z.string().nullable(),
  channels: z.array(
    z.object({
      name: z.string(),
      enabled: z.boolean(),
      protocols: z.array(z.string()),
      provider: z.string().nullable(),
      /** Why and until when (ISO 8601) it is asked last; null while it is well. */
      resting: z.object({ until: z.string(), reason: z.string() }).nullable(),
    }),
  ),
  keys: z.array(z.string()),
  /** Why the configuration on disk is not the one in use; null when it is. */
  configError: z.string().nullable(),
  warnings: z.array(z.string()),
  /** Where secrets are kept: `keychain` or `file`. */
  secrets: z.string(),
  requests: z.object({
    running: z.number(),
    completed: z.number(),
    failed: z.number(),
    canceled: z.number(),
    /** Without a key of the hub; hubs of older versions do not say it. */
    refused: z.number().prefault(0),
  }),
  recorder: z.object({
    state: z.enum(['ok', 'failing']),
    queuedBytes: z.number(),
    droppedBodies: z.number(),
    error: z.string().nullable(),
    /** What is kept of requests; hubs of older versions do not say it. */
    bodies: z.enum(['full', 'metadata', 'off']).optional(),
  }),
})
export type StatusReply = z.infer<typeof statusReply>

export const reloadReply = z.object({ changed: z.boolean(), error: z.string().nullable() })
export type ReloadReply = z.infer<typeof reloadReply>

/** The body of `POST /config/check`; the answer says why the hub would not take such a file, or null. */
export const configCheckRequest = z.object({ text: z.string() })
export const configCheckReply = z.object({ error: z.string().nullable() })
export type ConfigCheckReply = z.infer<typeof configCheckReply>

export const releaseRequest = z.object({
  /** Only the loops of this key; absent: all. */
  key: z.string().optional(),
})
export type ReleaseRequest = z.infer<typeof releaseRequest>

export const explainRequest = z.object({
  model: z.string(),
  key: z.string().optional(),
  agent: z.enum(AGENTS).optional(),
  protocol: z.enum(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']).optional(),
  /** What is to be assumed of the request, for the conditions of mappings; absent: not so, and tokens not known. */
  tokens: z.number().nonnegative().optional(),
  images: z.boolean().optional(),
  thinking: z.boolean().optional(),
  background: z.boolean().optional(),
  subagent: z.boolean().optional(),
  webSearch: z.boolean().optional(),
})
export type ExplainRequest = z.infer<typeof explainRequest>

export const explainReply = z.object({
  profile: z.string().nullable(),
  model: z.string(),
  targets: z.array(
    z.object({
      channel: z.string(),
      /** The position of the key, where the channel has several. */
      key: z.number().nullable(),
      model: z.string(),
      protocol: z.string(),
      mode: z.enum(['relay', 'convert']),
    }),
  ),
  /** One decision a line, in the order they were taken. */
  reasons: z.array(z.string()),
  error: z.string().nullable(),
})
export type ExplainReply = z.infer<typeof explainReply>

export const channelTestRequest = z.object({
  /** Only in the place of this agent; default: each endpoint once. */
  as: z.enum(['codex', 'claude']).optional(),
  /** Default: the first model that the channel names. */
  model: z.string().min(1).optional(),
  /** text: only whether it answers, one request for each endpoint. Default: full. */
  depth: z.enum(['full', 'text']).optional(),
})
export type ChannelTestRequest = z.infer<typeof channelTestRequest>

export const channelTestReply = z.object({
  channel: z.string(),
  /** Every endpoint that was asked answered, and every key works. */
  ok: z.boolean(),
  /** Why it cannot be asked, or what else is wrong; null when there is nothing to tell. */
  note: z.string().nullable(),
  cards: z.array(capabilityCard),
})
export type ChannelTestReply = z.infer<typeof channelTestReply>

export const errorReply = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
})
