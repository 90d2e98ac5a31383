// What is left of each account, as the daemon tells it and `axonhub quota --json` shows it (docs/quota.md).

import { z } from 'zod'
import { growingWord } from './growing-word.js'

const state = growingWord(['available', 'warning', 'exhausted', 'unknown'], 'unknown')
const charge = growingWord(['full', 'medium', 'low', 'empty', 'exhausted', 'unknown'], 'unknown')
/** ISO 8601. */
const at = z.string()

const quotaMeter = z.object({
  name: z.string(),
  kind: z.enum(['window', 'balance', 'credits', 'spend']),
  scope: z.string().nullable(),
  state,
  charge,
  past: z.boolean(),
  stale: z.boolean(),
  usedPercent: z.number().nullable(),
  leftPercent: z.number().nullable(),
  used: z.number().nullable(),
  limit: z.number().nullable(),
  left: z.number().nullable(),
  unit: z.string().nullable(),
  window: z.string().nullable(),
  windowSeconds: z.number().nullable(),
  resetsAt: at.nullable(),
  pace: z
    .object({
      delta: z.number(),
      verdict: z.enum(['ahead', 'on-pace', 'behind']),
      runsOutAt: at.nullable(),
    })
    .nullable(),
  /** An estimate of what the whole window is worth, by list prices; null where none can be made. US dollars. */
  worth: z
    .object({
      loggedDollars: z.number(),
      estimateDollars: z.number(),
      /** Those that were counted, and those that no price is known for. */
      requests: z.number(),
      unpriced: z.number(),
    })
    .nullable()
    .prefault(null),
  observedAt: at,
  source: z.enum(['header', 'event', 'error', 'poll']),
})

const quotaAccount = z.object({
  channel: z.string(),
  /** All channels that pay from it, the first included. */
  channels: z.array(z.string()).prefault([]),
  account: z.string(),
  plan: z.string().nullable(),
  headline: z.string().nullable(),
  state,
  charge,
  leftPercent: z.number().nullable(),
  meters: z.array(quotaMeter),
  throttles: z.array(
    z.object({
      name: z.string(),
      limit: z.number().nullable(),
      remaining: z.number().nullable(),
      resetsAt: at.nullable(),
    }),
  ),
  trouble: z
    .object({
      state: z.enum(['waiting', 'refused', 'failing', 'unreadable']),
      message: z.string(),
      until: at.nullable(),
    })
    .nullable(),
})

export const quotaReply = z.object({
  /** When it was told. */
  at,
  /** How often accounts are asked, ms; null: never. */
  intervalMs: z.number().nullable(),
  accounts: z.array(quotaAccount),
})

export type QuotaReply = z.infer<typeof quotaReply>
export type QuotaAccount = QuotaReply['accounts'][number]
export type QuotaMeter = QuotaAccount['meters'][number]

export const refreshRequest = z.object({
  /** Only this channel; absent: all. */
  channel: z.string().optional(),
})
export type RefreshRequest = z.infer<typeof refreshRequest>

/** Where the newest turn of a conversation went, for a status line (route-question.ts). */
export type RouteReply = {
  readonly modelAsked: string
  readonly modelUsed: string | null
  readonly channel: string | null
  /** Of the channel in use; null when nothing is known. */
  readonly charge: QuotaAccount['charge'] | null
  readonly leftPercent: number | null
  readonly window: string | null
  /** ISO 8601. */
  readonly resetsAt: string | null
  /** Tokens that the model in use takes, where it is known. */
  readonly contextWindow: number | null
  /** US dollars until now, by the hub's own count; null: not every price is known, or it could not be told in time. */
  readonly costDollars: number | null
}
