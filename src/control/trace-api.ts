// The control API's questions about what was recorded, beside those that only read (trace-reader.ts).

import { z } from 'zod'
import type { Pruned } from '../store/views.js'

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
