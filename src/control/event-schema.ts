// One line of `GET /events`: the recorder's messages without their bodies, as a live view needs them. Tolerant, so that
// an older program can watch a newer daemon.

import { z } from 'zod'
import { growingWord } from './growing-word.js'
import { quotaNotice } from './quota-notice.js'

const started = z.object({
  type: z.literal('request-started'),
  requestId: z.string(),
  traceId: z.string(),
  agent: z.string(),
  purpose: z.string(),
  modelAsked: z.string(),
  protocol: z.string(),
  stream: z.boolean(),
  /** Ms since the epoch. */
  startedAt: z.number(),
  prompt: z.string().optional(),
  subagent: z.string().optional(),
  parentSubagent: z.string().optional(),
})

const attempt = z.object({
  type: z.literal('attempt-finished'),
  requestId: z.string(),
  number: z.number(),
  channel: z.string(),
  mode: z.string(),
  modelUsed: z.string(),
  outcome: z.string(),
  durationMs: z.number(),
  status: z.number().optional(),
  errorText: z.string().optional(),
})

const finished = z.object({
  type: z.literal('request-finished'),
  requestId: z.string(),
  finishedAt: z.number(),
  outcome: growingWord(['completed', 'failed', 'canceled'], 'canceled'),
  status: z.number(),
  errorText: z.string().optional(),
  channel: z.string().optional(),
  modelUsed: z.string().optional(),
  mode: z.string().optional(),
  firstTokenMs: z.number().optional(),
  durationMs: z.number(),
  usage: z
    .object({
      inputFresh: z.number(),
      cacheRead: z.number(),
      cacheWrite5m: z.number(),
      cacheWrite1h: z.number(),
      output: z.number(),
      reasoning: z.number(),
    })
    .optional(),
  /** By which price the usage counts; absent where tokens have none. */
  pricing: z
    .object({
      provider: z.string(),
      listed: z.object({ rates: z.record(z.string(), z.number()), date: z.string() }).exactOptional(),
    })
    .optional(),
  notes: z.array(z.unknown()),
})

/** How running requests get on; several times a second while something moves, and only what moved. */
const progress = z.object({
  type: z.literal('progress'),
  requests: z.array(
    z.object({
      requestId: z.string(),
      /** Whom it asks, or who answers it. */
      channel: z.string().optional(),
      modelUsed: z.string().optional(),
      mode: z.string().optional(),
      /** Ms after the start. */
      firstTokenMs: z.number().optional(),
      /** Tokens of the answer so far, by the length of its words: an estimate. */
      output: z.number().optional(),
    }),
  ),
})

export const controlEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), running: z.array(started).prefault([]) }),
  z.object({ type: z.literal('heartbeat') }),
  started,
  attempt,
  progress,
  finished,
  quotaNotice,
])
export type ControlEvent = z.infer<typeof controlEvent>
