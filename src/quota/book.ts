// What is known of every account, newest word per meter. Law: an older word never overwrites a newer one, accounts never
// run into each other, and what is written down is only what changed.

import type { Meter, Origin, Reading, Throttle } from './meter.js'
import { REFUSAL_ID } from './read-refusal.js'
import { headline, isPast, leftPercent } from './standing.js'

/** Who the figures are about: a channel, and an account or key of it (a fingerprint, never the id itself). */
export type AccountPlace = { readonly channel: string; readonly account: string }

export type Kept = { readonly meter: Meter; readonly origin: Origin; readonly observedAt: number }

export type Account = AccountPlace & {
  readonly plan: string | undefined
  readonly meters: readonly Kept[]
  readonly throttles: readonly Throttle[]
}

/** One row of the history; a meter of null is one that is no more. */
export type QuotaRow = AccountPlace & {
  readonly id: string
  readonly meter: Meter | null
  readonly plan: string | null
  readonly origin: Origin
  readonly observedAt: number
}

export type Word = AccountPlace & {
  readonly reading: Reading
  readonly origin: Origin
  readonly observedAt: number
}

export type Book = {
  observe(word: Word): void
  /** The account was answered well, so it is not refused any more. */
  answered(place: AccountPlace, at: number): void
  throttled(place: AccountPlace, throttles: readonly Throttle[]): void
  /** The very same list until something is known anew: every request asks for it. */
  accounts(): readonly Account[]
  /** Forgets the figures of windows that were reset since, so that the history has the reset as well. */
  expire(at: number): void
}

export type BookDeps = {
  /** The newest row of each meter. */
  readonly stored: readonly QuotaRow[]
  /** Told what changed; must return at once. */
  readonly changed: (rows: readonly QuotaRow[]) => void
}

/** A figure that stands still is written again after so long, so that its age in the store is right enough. */
const REWRITE_MS = 10 * 60_000
/** Resets that are told as spans move by a little with every answer. */
const SAME_RESET_MS = 90_000

type Entry = Kept & { writtenAt: number }
type Page = {
  place: AccountPlace
  plan: string | undefined
  meters: Map<string, Entry>
  throttles: readonly Throttle[]
}

function isSame(a: Meter, b: Meter): boolean {
  const resets = Math.abs((a.resetsAt ?? 0) - (b.resetsAt ?? 0)) <= SAME_RESET_MS
  return (
    resets &&
    a.usedPercent === b.usedPercent &&
    a.told === b.told &&
    a.left === b.left &&
    a.limit === b.limit &&
    a.windowSeconds === b.windowSeconds
  )
}

function hasFigures({ usedPercent, told, used, left }: Meter): boolean {
  return [usedPercent, told, used, left].some((figure) => figure !== undefined)
}

/** The meters that a reading makes void although it does not bring them. */
function voided(page: Page, { reading, observedAt }: Word): string[] {
  if (reading.replaces === 'nothing') return []
  const brought = new Set(reading.meters.map(({ id }) => id))
  const scopes = new Set(reading.meters.filter(({ kind }) => kind === 'window').map(({ scope }) => scope))
  return [...page.meters.values()]
    .filter(({ meter, observedAt: seen }) => !brought.has(meter.id) && seen <= observedAt)
    .filter(({ meter }) => reading.replaces === 'all' || (meter.kind === 'window' && scopes.has(meter.scope)))
    .filter(({ meter }) => reading.replaces === 'all' || meter.id !== REFUSAL_ID)
    .map(({ meter }) => meter.id)
}

export function openBook({ stored, changed }: BookDeps): Book {
  const pages = new Map<string, Page>()
  let accounts: readonly Account[] | undefined
  const pageOf = ({ channel, account }: AccountPlace): Page => {
    const key = `${channel}\n${account}`
    const found = pages.get(key) ?? {
      place: { channel, account },
      plan: undefined,
      meters: new Map(),
      throttles: [],
    }
    pages.set(key, found)
    return found
  }
  const row = (
    page: Page,
    id: string,
    meter: Meter | null,
    origin: Origin,
    observedAt: number,
  ): QuotaRow => ({
    ...page.place,
    id,
    meter,
    plan: page.plan ?? null,
    origin,
    observedAt,
  })
  for (const { id, meter, plan, origin, observedAt, ...place } of stored) {
    const page = pageOf(place)
    page.plan ??= plan ?? undefined
    if (meter !== null) page.meters.set(id, { meter, origin, observedAt, writtenAt: observedAt })
  }
  const drop = (page: Page, ids: readonly string[], origin: Origin, at: number): QuotaRow[] =>
    ids.filter((id) => page.meters.delete(id)).map((id) => row(page, id, null, origin, at))

  return {
    observe(word) {
      accounts = undefined
      const { reading, origin, observedAt } = word
      const page = pageOf(word)
      page.plan = reading.plan ?? page.plan
      const rows = drop(page, voided(page, word), origin, observedAt)
      for (const meter of reading.meters) {
        const before = page.meters.get(meter.id)
        if (before !== undefined && before.observedAt > observedAt) continue
        const isStill =
          before !== undefined && isSame(before.meter, meter) && observedAt - before.writtenAt < REWRITE_MS
        page.meters.set(meter.id, {
          meter,
          origin,
          observedAt,
          writtenAt: isStill ? before.writtenAt : observedAt,
        })
        if (!isStill) rows.push(row(page, meter.id, meter, origin, observedAt))
      }
      if (rows.length > 0) changed(rows)
    },
    answered(place, at) {
      const page = pages.get(`${place.channel}\n${place.account}`)
      if (page === undefined || (page.meters.get(REFUSAL_ID)?.observedAt ?? at) >= at) return
      accounts = undefined
      const rows = drop(page, [REFUSAL_ID], 'header', at)
      if (rows.length > 0) changed(rows)
    },
    throttled(place, throttles) {
      if (throttles.length === 0) return
      accounts = undefined
      pageOf(place).throttles = throttles
    },
    expire(at) {
      const rows = [...pages.values()].flatMap((page) =>
        [...page.meters.values()].flatMap(({ meter, origin }) => {
          const { id, kind, scope, windowSeconds, resetsAt } = meter
          if (resetsAt === undefined || !isPast(meter, at) || !hasFigures(meter)) return []
          const bare: Meter = { id, kind, scope, windowSeconds, resetsAt }
          page.meters.set(id, { meter: bare, origin, observedAt: resetsAt, writtenAt: resetsAt })
          return [row(page, id, bare, origin, resetsAt)]
        }),
      )
      if (rows.length === 0) return
      accounts = undefined
      changed(rows)
    },
    accounts() {
      accounts ??= [...pages.values()].map(({ place, plan, meters, throttles }) => ({
        ...place,
        plan,
        meters: [...meters.values()].map(({ meter, origin, observedAt }) => ({ meter, origin, observedAt })),
        throttles,
      }))
      return accounts
    },
  }
}

/** The worst of what binds the whole account; a window that is over binds no more. */
function leftOfAccount({ meters }: Account, now: number): number | undefined {
  const general = meters
    .map(({ meter }) => meter)
    .filter((meter) => meter.scope === undefined && !isPast(meter, now))
  const left = general.flatMap((meter) => leftPercent(meter, now) ?? [])
  return left.length === 0 ? undefined : Math.min(...left)
}

/** What is left of a channel in percent: of its best account the worst window. Undefined: not known. */
export function leftOf(accounts: readonly Account[], channel: string, now: number): number | undefined {
  const left = accounts
    .filter((account) => account.channel === channel)
    .flatMap((account) => leftOfAccount(account, now) ?? [])
  return left.length === 0 ? undefined : Math.max(...left)
}

export function headlineOf(account: Account, now: number): Kept | undefined {
  const meter = headline(
    account.meters.map((kept) => kept.meter),
    now,
  )
  return account.meters.find((kept) => kept.meter === meter)
}
