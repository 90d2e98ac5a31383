// One line of `GET /events`: the recorder's messages without their bodies, as a live view needs them. Tolerant, so that
// an older program can watch a newer daemon.

import { z } from 'zod'
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
  outcome: z.enum(['completed', 'failed', 'canceled']),
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
  notes: z.array(z.unknown()),
})

export const controlEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), running: z.array(started).prefault([]) }),
  z.object({ type: z.literal('heartbeat') }),
  started,
  attempt,
  finished,
  quotaNotice,
])
export type ControlEvent = z.infer<typeof controlEvent>
