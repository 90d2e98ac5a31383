// The accounts as people and scripts are shown them: states, batteries and pace worked out for one moment. Pure.

import { type Account, headlineOf, type Kept } from './book.js'
import { type ProviderOf, type SharedAccount, shared } from './merge.js'
import type { Throttle } from './meter.js'
import { paceOf } from './pace.js'
import { byNeed, chargeOf, isPast, leftPercent, stateOf } from './standing.js'
import { windowLabel } from './window.js'

/** Older figures are marked as stale, unless they are asked for less often than this. */
const STALE_MS = 60 * 60_000

export type ViewSettings = {
  readonly now: number
  /** How often accounts are asked, ms; undefined: never. */
  readonly intervalMs: number | undefined
  /** Channels of one provider that pay from one account are shown as one; absent: none do. */
  readonly providerOf?: ProviderOf | undefined
  /** Why figures of an account may be old, and until when nobody asks; by `channel\naccount`. */
  readonly troubles?: ReadonlyMap<string, Trouble>
}

export type Trouble = {
  readonly state: 'waiting' | 'refused' | 'failing' | 'unreadable'
  readonly message: string
  /** Ms since the epoch. */
  readonly until: number | null
}

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString())
const tenth = (value: number | undefined) => (value === undefined ? null : Math.round(value * 10) / 10)

function meterView({ meter, origin, observedAt }: Kept, { now, intervalMs }: ViewSettings) {
  const pace = paceOf(meter, now)
  const ageMs = Math.max(0, now - observedAt)
  const left = leftPercent(meter, now)
  return {
    name: meter.id,
    kind: meter.kind,
    scope: meter.scope ?? null,
    state: stateOf(meter, now),
    charge: chargeOf(meter, now),
    /** The window was reset since it was measured; nothing is known of the new one. */
    past: isPast(meter, now),
    stale: ageMs > Math.max(STALE_MS, 2 * (intervalMs ?? 0)),
    usedPercent: tenth(left === undefined ? undefined : 100 - left),
    leftPercent: tenth(left),
    used: meter.used ?? null,
    limit: meter.limit ?? null,
    left: meter.left ?? null,
    unit: meter.unit ?? null,
    window: meter.windowSeconds === undefined ? null : windowLabel(meter.windowSeconds),
    windowSeconds: meter.windowSeconds ?? null,
    resetsAt: iso(meter.resetsAt),
    pace:
      pace === undefined
        ? null
        : { delta: Math.round(pace.delta * 10) / 10, verdict: pace.verdict, runsOutAt: iso(pace.runsOutAt) },
    worth: null,
    observedAt: new Date(observedAt).toISOString(),
    source: origin,
  }
}

function throttleView({ name, limit, remaining, resetsAt }: Throttle) {
  return { name, limit: limit ?? null, remaining: remaining ?? null, resetsAt: iso(resetsAt) }
}

function accountView(account: SharedAccount, settings: ViewSettings) {
  const { now } = settings
  const compare = byNeed(now)
  const meters = account.meters.toSorted((a, b) => compare(a.meter, b.meter))
  const first = headlineOf(account, now)
  const trouble = account.channels
    .map((channel) => settings.troubles?.get(`${channel}\n${account.account}`))
    .find((one) => one !== undefined)
  return {
    channel: account.channel,
    /** All channels that pay from it. */
    channels: [...account.channels],
    account: account.account,
    plan: account.plan ?? null,
    /** The name of the meter that it stands or falls with. */
    headline: first?.meter.id ?? null,
    state: first === undefined ? ('unknown' as const) : stateOf(first.meter, now),
    charge: first === undefined ? ('unknown' as const) : chargeOf(first.meter, now),
    leftPercent: tenth(first === undefined ? undefined : leftPercent(first.meter, now)),
    meters: meters.map((kept) => meterView(kept, settings)),
    throttles: account.throttles.map(throttleView),
    trouble: trouble === undefined ? null : { ...trouble, until: iso(trouble.until ?? undefined) },
  }
}

export type AccountView = ReturnType<typeof accountView>

const RANK = { exhausted: 0, warning: 1, available: 2, unknown: 3 } as const

/** The accounts that there is something to tell of, the neediest first. */
export function viewAccounts(accounts: readonly Account[], settings: ViewSettings): AccountView[] {
  return shared(accounts, settings.providerOf ?? (() => undefined))
    .map((account) => accountView(account, settings))
    .filter(
      ({ plan, meters, throttles, trouble }) =>
        meters.length + throttles.length > 0 || plan !== null || trouble !== null,
    )
    .sort(
      (a, b) =>
        RANK[a.state] - RANK[b.state] ||
        (a.leftPercent ?? 101) - (b.leftPercent ?? 101) ||
        (a.channel + a.account < b.channel + b.account ? -1 : 1),
    )
}
