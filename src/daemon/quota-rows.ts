// Quota between the book and the store: meters as rows of the history, turns as rows of their table.

import { z } from 'zod'
import { parseJson } from '../base/json.js'
import type { QuotaRow } from '../quota/book.js'
import { ORIGINS } from '../quota/meter.js'
import type { Turn } from '../quota/turn.js'
import type { StoredQuota, StoredTurn } from '../store/quota.js'

const storedMeter = z.object({
  id: z.string(),
  kind: z.enum(['window', 'balance', 'credits', 'spend']),
  scope: z.string().optional(),
  windowSeconds: z.number().optional(),
  usedPercent: z.number().optional(),
  used: z.number().optional(),
  limit: z.number().optional(),
  left: z.number().optional(),
  unit: z.string().optional(),
  resetsAt: z.number().optional(),
  told: z.enum(['available', 'warning', 'exhausted']).optional(),
})

const TROUBLES = ['waiting', 'refused', 'failing', 'unreadable'] as const

export function storedRow({ channel, account, id, meter, plan, origin, observedAt }: QuotaRow): StoredQuota {
  return {
    channel,
    account,
    name: id,
    windowMs: meter?.windowSeconds === undefined ? null : meter.windowSeconds * 1000,
    usedPercent: meter?.usedPercent ?? null,
    used: meter?.used ?? null,
    allowed: meter?.limit ?? null,
    resetsAt: meter?.resetsAt ?? null,
    plan,
    origin,
    takenAt: observedAt,
    detail: meter === null ? null : JSON.stringify(meter),
  }
}

/** Empty when another version wrote the row and it cannot be read. */
export function rowOf({ channel, account, name, plan, origin, takenAt, detail }: StoredQuota): QuotaRow[] {
  const parsed = detail === null ? undefined : storedMeter.safeParse(parseJson(detail))
  const source = ORIGINS.find((one) => one === origin)
  if (parsed?.success === false || source === undefined) return []
  return [
    { channel, account, id: name, meter: parsed?.data ?? null, plan, origin: source, observedAt: takenAt },
  ]
}

export function turnOf(stored: StoredTurn): Turn {
  return { ...stored, trouble: TROUBLES.find((one) => one === stored.trouble) ?? null }
}
