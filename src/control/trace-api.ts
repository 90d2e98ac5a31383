// The control API's questions about what was recorded, beside those that only read (trace-reader.ts).

import { z } from 'zod'
import { AGENTS } from '../base/agent-name.js'
import type { Pruned, TraceStatus } from '../store/views.js'
import { USAGE_GROUPS } from './trace-reader.js'

/** Without both limits: those of the configuration. */
export const pruneRequest = z.object({
  /** Ms. */
  olderThanMs: z.number().positive().exactOptional(),
  maxBytes: z.number().positive().exactOptional(),
  dryRun: z.boolean(),
})
export type PruneRequest = z.infer<typeof pruneRequest>

export const pruneReply: z.ZodType<Pruned> = z.object({
  traces: z.number(),
  requests: z.number(),
  bodies: z.number(),
  bytesBefore: z.number(),
  bytesAfter: z.number(),
})
export type PruneReply = Pruned

export const usageQuestion = z.object({
  by: z.enum(USAGE_GROUPS).prefault('day'),
  /** Ms since the epoch. */
  since: z.coerce.number().nonnegative().exactOptional(),
})

export const TRACE_STATUSES = [
  'ok',
  'failed',
  'canceled',
  'running',
] as const satisfies readonly TraceStatus[]

const milliseconds = z.coerce.number().nonnegative()

export const listQuestion = z.object({
  limit: z.coerce.number().int().positive().max(100_000).prefault(50),
  before: milliseconds.exactOptional(),
  since: milliseconds.exactOptional(),
  agent: z.enum(AGENTS).exactOptional(),
  text: z.string().exactOptional(),
  model: z.string().min(1).exactOptional(),
  channel: z.string().min(1).exactOptional(),
  status: z.enum(TRACE_STATUSES).exactOptional(),
})
