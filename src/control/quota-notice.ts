// What is told when an account crosses a limit: on `GET /events`, in the log, and on the stdin of the hook (docs/quota.md).

import { z } from 'zod'

export const quotaNotice = z.object({
  type: z.literal('quota-notice'),
  /** From 80 percent on or when the provider warns · nothing is left · usable again. */
  crossing: z.enum(['warning', 'exhausted', 'recovered']),
  /** ISO 8601. */
  at: z.string(),
  channel: z.string(),
  /** All channels that pay from the account. */
  channels: z.array(z.string()),
  /** A fingerprint; never an id. */
  account: z.string(),
  plan: z.string().nullable(),
  /** The window or balance, as `axonhub quota --json` names it. */
  name: z.string(),
  /** The model or pool that it binds alone. */
  scope: z.string().nullable(),
  window: z.string().nullable(),
  usedPercent: z.number().nullable(),
  left: z.number().nullable(),
  unit: z.string().nullable(),
  /** ISO 8601. */
  resetsAt: z.string().nullable(),
  /** One sentence for a person. */
  text: z.string(),
})
export type QuotaNotice = z.infer<typeof quotaNotice>
