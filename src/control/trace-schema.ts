// The recorder's answers as they come over the control socket: the shapes of src/store/views.ts, checked. Fields that a
// newer daemon adds pass unseen, and its new words read as known ones.

import { z } from 'zod'
import { AGENTS } from '../base/agent-name.js'
import { CACHE_BREAK_CAUSES } from '../base/cache-break-cause.js'
import type { BodySize, ChunkTime, ListedTrace, RequestView, TraceView, UsageRow } from '../store/views.js'
import { growingWord } from './growing-word.js'

const agent = growingWord(AGENTS, 'other')
const MODES = ['relay', 'convert'] as const
const words = z.record(z.string(), z.string())

const usage = z.object({
  inputFresh: z.number(),
  cacheRead: z.number(),
  cacheWrite5m: z.number(),
  cacheWrite1h: z.number(),
  output: z.number(),
  reasoning: z.number(),
})

const conversation = {
  id: z.string(),
  threadId: z.string().nullable(),
  source: z.string(),
  agent,
  agentVersion: z.string().nullable(),
  directory: z.string().nullable(),
  title: z.string().nullable(),
  startedAt: z.number(),
  lastAt: z.number(),
  requests: z.number(),
  failed: z.number(),
  /** Hubs of older versions do not say it. */
  canceled: z.number().default(0),
  running: z.number(),
  models: z.array(z.string()),
  usage,
  cost: z.number(),
  unpriced: z.number(),
}

const match = z.object({
  request: z.string(),
  which: growingWord(['request', 'response'], 'response'),
  text: z.string(),
  hits: z.array(z.tuple([z.number(), z.number()])),
})

export const listedTrace: z.ZodType<ListedTrace> = z.object({
  ...conversation,
  turns: z.number(),
  match: match.nullable(),
})

const attempt = z.object({
  number: z.number(),
  channel: z.string(),
  key: z.number().nullable(),
  protocol: z.string(),
  mode: growingWord(MODES, 'convert'),
  url: z.string(),
  modelUsed: z.string(),
  startedAt: z.number(),
  durationMs: z.number().nullable(),
  firstByteMs: z.number().nullable(),
  // Neither good nor bad.
  outcome: growingWord(['completed', 'failed', 'canceled'], 'canceled'),
  status: z.number().nullable(),
  errorCode: z.string().nullable(),
  errorText: z.string().nullable(),
  upstreamRequestId: z.string().nullable(),
  headers: words,
})

export const requestView: z.ZodType<RequestView> = z.object({
  id: z.string(),
  traceId: z.string(),
  turn: z.number(),
  subagent: z.string().nullable(),
  parentSubagent: z.string().nullable(),
  agent,
  agentVersion: z.string().nullable(),
  purpose: growingWord(
    ['turn', 'title', 'compaction', 'web-search', 'count-tokens', 'models', 'other'],
    'other',
  ),
  keyName: z.string(),
  profile: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  protocol: z.string(),
  modelAsked: z.string(),
  stream: z.boolean(),
  prompt: z.string().nullable(),
  headers: words,
  startedAt: z.number(),
  finishedAt: z.number().nullable(),
  outcome: growingWord(['running', 'completed', 'failed', 'canceled', 'interrupted'], 'canceled'),
  status: z.number().nullable(),
  errorCode: z.string().nullable(),
  errorText: z.string().nullable(),
  channel: z.string().nullable(),
  modelUsed: z.string().nullable(),
  mode: growingWord(MODES, null).nullable(),
  firstByteMs: z.number().nullable(),
  firstTokenMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  gaps: z.array(z.object({ atMs: z.number(), durationMs: z.number() })),
  usage: usage.nullable(),
  cost: z.number().nullable(),
  price: z
    .object({ rates: z.record(z.string(), z.number()), source: z.string(), date: z.string() })
    .nullable(),
  cacheBreak: z
    .object({
      cause: growingWord(CACHE_BREAK_CAUSES, 'unknown'),
      detail: z.string(),
      tokens: z.number(),
      dollars: z.number().nullable(),
    })
    .nullable(),
  stopReason: z.string().nullable(),
  notes: z.array(z.object({ kind: z.string(), path: z.string(), reason: z.string() })),
  decision: z.array(z.string()),
  attempts: z.array(attempt),
  bodies: z
    .array(
      z.object({
        which: growingWord(['request', 'response', 'upstream-request', 'upstream-response'], null),
        attempt: z.number(),
        bytes: z.number(),
        removed: z.number(),
      }),
    )
    .transform((bodies) =>
      bodies.flatMap(({ which, ...rest }): BodySize[] => (which === null ? [] : [{ which, ...rest }])),
    ),
  bodiesDropped: z.number(),
})

export const chunkTimes: z.ZodType<ChunkTime[]> = z.array(z.object({ offset: z.number(), atMs: z.number() }))

export const usageRow: z.ZodType<UsageRow> = z.object({
  key: z.string(),
  title: z.string().nullable(),
  requests: z.number(),
  failed: z.number(),
  usage,
  cost: z.number(),
  unpriced: z.number(),
})

export const traceView: z.ZodType<TraceView> = z.object({
  ...conversation,
  turns: z.array(
    z.object({
      number: z.number(),
      key: z.string().nullable(),
      prompt: z.string().nullable(),
      startedAt: z.number(),
      requests: z.array(requestView),
    }),
  ),
})
