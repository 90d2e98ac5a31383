// What a meter said over time, as `GET /quota/history` tells it: for a sparkline, and for whoever wants to draw more.

import { z } from 'zod'

const DAY_MS = 86_400_000
const LONGEST_MS = 90 * DAY_MS

/** Without filters all meters of all accounts are told; without `since` the last day. */
export const quotaHistoryQuestion = z.object({
  channel: z.string().exactOptional(),
  account: z.string().exactOptional(),
  /** The meter's name, for example `5h`. */
  window: z.string().exactOptional(),
  /** Ms since the epoch; not more than 90 days back. */
  since: z.coerce.number().nonnegative().exactOptional(),
})
export type QuotaHistoryQuestion = z.infer<typeof quotaHistoryQuestion>

export const quotaHistoryReply = z.object({
  /** Ms since the epoch, all times here. */
  since: z.number(),
  until: z.number(),
  series: z.array(
    z.object({
      channel: z.string(),
      account: z.string(),
      name: z.string(),
      /**
       * Oldest first, some hundreds at most; the first may be from before `since` and is what held then. Null: not known, as
       * from the reset of a window to its next figure. `left` is an amount, as of a balance.
       */
      points: z.array(
        z.object({ at: z.number(), usedPercent: z.number().nullable(), left: z.number().nullable() }),
      ),
    }),
  ),
})
export type QuotaHistoryReply = z.infer<typeof quotaHistoryReply>

/** When the history begins, ms since the epoch. */
export function historyStart({ since }: QuotaHistoryQuestion, now: number): number {
  return Math.max(now - LONGEST_MS, Math.min(since ?? now - DAY_MS, now))
}

export function historyPath(question: QuotaHistoryQuestion): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(question))
    if (value !== undefined) query.set(name, String(value))
  const text = query.toString()
  return text === '' ? '/quota/history' : `/quota/history?${text}`
}
