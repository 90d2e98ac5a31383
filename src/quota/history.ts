// The stored words of meters as lines over time. Law: from a reset to the next figure nothing is known, so the line has a gap
// there and no made-up zero. Pure.

import type { QuotaRow } from './book.js'
import { leftPercent } from './standing.js'

export type Point = { readonly at: number; readonly usedPercent: number | null; readonly left: number | null }

export type Series = {
  readonly channel: string
  readonly account: string
  readonly name: string
  readonly points: Point[]
}

function pointOf({ meter, observedAt }: QuotaRow): Point {
  const left = meter === null ? undefined : leftPercent(meter, observedAt)
  return {
    at: observedAt,
    usedPercent: left === undefined ? null : Math.round((100 - left) * 10) / 10,
    left: meter?.left ?? null,
  }
}

/** The points of one meter, its rows oldest first. */
function pointsOf(rows: readonly QuotaRow[], until: number): Point[] {
  return rows.flatMap((row, index) => {
    const next = rows[index + 1]?.observedAt ?? until
    const resetsAt = row.meter?.resetsAt
    const isReset = resetsAt !== undefined && resetsAt > row.observedAt && resetsAt < next
    return isReset ? [pointOf(row), { at: resetsAt, usedPercent: null, left: null }] : [pointOf(row)]
  })
}

/** One series for each meter of each account; `rows` are oldest first, `until` is ms since the epoch. */
export function seriesOf(rows: readonly QuotaRow[], until: number): Series[] {
  const meters = new Map<string, QuotaRow[]>()
  for (const row of rows) {
    const key = `${row.channel}\n${row.account}\n${row.id}`
    const before = meters.get(key)
    if (before === undefined) meters.set(key, [row])
    else before.push(row)
  }
  return [...meters.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    return [{ channel: first.channel, account: first.account, name: first.id, points: pointsOf(own, until) }]
  })
}
