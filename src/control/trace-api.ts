// The control API's questions about what was recorded, beside those that only read (trace-reader.ts).

import { z } from 'zod'
import { AGENTS } from '../base/agent-name.js'
import type { BodyQuestion, ListTraces, Pruned, TraceStatus, UsageQuestion } from '../store/views.js'
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

/** `times`: not the bytes, but when they passed. */
export function bodyPath({ request, which, attempt }: BodyQuestion, part: 'body' | 'times' = 'body'): string {
  const query = new URLSearchParams({ which })
  if (attempt !== undefined) query.set('attempt', String(attempt))
  return `/requests/${encodeURIComponent(request)}/${part}?${query.toString()}`
}

export function usagePath({ by, since }: UsageQuestion): string {
  const query = new URLSearchParams({ by })
  if (since !== undefined) query.set('since', String(since))
  return `/usage?${query.toString()}`
}

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

export function listPath(question: ListTraces): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(question))
    if (value !== undefined) query.set(name, String(value))
  return `/traces?${query.toString()}`
}

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
