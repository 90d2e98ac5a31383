// When a person should hear of an account: a window gets low, is used up, is free again. Law: once for each crossing, also
// over restarts, because what was crossed follows from the last word that is stored.

import type { Kept } from './book.js'
import type { SharedAccount } from './merge.js'
import type { Meter } from './meter.js'
import { REFUSAL_ID } from './read-refusal.js'
import { isPast, stateOf } from './standing.js'

export type Crossing = 'warning' | 'exhausted' | 'recovered'

export type Notice = {
  readonly crossing: Crossing
  /** Ms since the epoch. */
  readonly at: number
  readonly account: Pick<SharedAccount, 'channel' | 'channels' | 'account' | 'plan'>
  readonly meter: Meter
}

export type Notices = {
  /** What was crossed since the last review. */
  review(accounts: readonly SharedAccount[], now: number): Notice[]
}

type Level = 'fine' | 'warning' | 'exhausted'
/** `muted`: another window of the account had told the same already. */
type Entry = { readonly level: Level; readonly muted: boolean; readonly meter: Meter }

/** Figures that sway around the limit cross it once: a warning ends only so far below it, or with its window. */
const CALM_PERCENT = 75

function levelOf(meter: Meter, at: number, before: Level): Level {
  const state = stateOf(meter, at)
  if (state === 'exhausted' || state === 'warning') return state
  if (state === 'unknown') return isPast(meter, at) ? 'fine' : before
  return before === 'warning' && (meter.usedPercent ?? 0) > CALM_PERCENT ? 'warning' : 'fine'
}

function crossed(before: Level, after: Level): Crossing | undefined {
  if (before === after) return undefined
  if (after === 'exhausted') return 'exhausted'
  return after === 'warning' && before === 'fine' ? 'warning' : 'recovered'
}

type Page = Map<string, Entry>

function isToldAlready(page: Page, meter: Meter): boolean {
  if (meter.scope !== undefined) return false
  return [...page.values()].some(
    (other) =>
      other.level === 'exhausted' &&
      !other.muted &&
      other.meter.scope === undefined &&
      other.meter.id !== meter.id,
  )
}

/** Levels after this word, and what to tell. */
function step(page: Page, { meter }: Kept, now: number): Crossing | undefined {
  const before = page.get(meter.id) ?? { level: 'fine', muted: false, meter }
  const level = levelOf(meter, now, before.level)
  const crossing = crossed(before.level, level)
  const muted = crossing === 'exhausted' ? isToldAlready(page, meter) : crossing === undefined && before.muted
  page.set(meter.id, { level, muted, meter })
  return before.muted || muted ? undefined : crossing
}

/** A refusal that is no more ended with an answer; a window that is no more went with the plan, which is no news. */
function gone(page: Page, meters: readonly Kept[]): Meter[] {
  const here = new Set(meters.map(({ meter }) => meter.id))
  return [...page].flatMap(([id, { level, muted, meter }]) => {
    if (here.has(id)) return []
    page.delete(id)
    return id === REFUSAL_ID && level === 'exhausted' && !muted ? [meter] : []
  })
}

/** `stored`: what was known when the hub last ran; it was told of then. */
export function openNotices(stored: readonly SharedAccount[]): Notices {
  const pages = new Map<string, Page>()
  const pageOf = ({ channels, account }: Pick<SharedAccount, 'channels' | 'account'>): Page => {
    const keys = channels.map((channel) => `${channel}\n${account}`)
    const found = keys.flatMap((key) => pages.get(key) ?? [])[0] ?? new Map<string, Entry>()
    for (const key of keys) pages.set(key, found)
    return found
  }
  for (const account of stored) {
    const page = pageOf(account)
    for (const kept of account.meters) step(page, kept, kept.observedAt)
  }
  return {
    review(accounts, now) {
      return accounts.flatMap(({ channel, channels, account, plan, meters }) => {
        const place = { channel, channels, account, plan }
        const page = pageOf(place)
        const ended = gone(page, meters).map(
          (meter): Notice => ({ crossing: 'recovered', at: now, account: place, meter }),
        )
        const told = meters.flatMap((kept): Notice[] => {
          const crossing = step(page, kept, now)
          return crossing === undefined ? [] : [{ crossing, at: now, account: place, meter: kept.meter }]
        })
        return [...ended, ...told]
      })
    },
  }
}
