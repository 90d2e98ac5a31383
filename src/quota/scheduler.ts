// Asks the sources in turn: each account at most once an interval, one question at a time for each, first soon after the
// start, and not at all while its figures come with the agents' own answers.

import { asHubError, type HubError, sentence } from '../base/errors.js'
import { fingerprintOf, LOGIN_ACCOUNT } from './account.js'
import type { AccountPlace, Book } from './book.js'
import { type PollDeps, poll } from './poll.js'
import type { QuotaCredential, QuotaSource } from './sources/source.js'
import { isPast } from './standing.js'
import { begun, ended, freshTurn, isDue, obstacleFor, type Turn, troubleOf } from './turn.js'
import type { Trouble } from './view.js'

/** An account that can be asked about. */
export type PollTarget = {
  readonly channel: string
  /** The position (1, 2, …) of the key, where the channel has several. */
  readonly key?: number | undefined
  readonly source: QuotaSource
  /** The base URL of the channel. */
  readonly base: URL
  /** Throws HubError `secret-unavailable`. */
  credential(): Promise<QuotaCredential>
}

export type SchedulerDeps = PollDeps & {
  readonly now: () => number
  /** 0 to 1. */
  readonly random: () => number
  readonly book: Book
  readonly targets: () => readonly PollTarget[]
  /** Ms; undefined: only when a person asks. */
  readonly intervalMs: () => number | undefined
  readonly stored: readonly Turn[]
  /** Writes a turn down; resolves when it is safe there. */
  readonly keep: (turn: Turn) => Promise<void>
  /** Told what went wrong beside a question, as when a turn could not be written down. */
  readonly failed: (error: HubError) => void
}

export type Scheduler = {
  /** Asks whoever is due. */
  tick(): Promise<void>
  /** Asks at once, of one channel or all, but never against a provider's word to wait. */
  refresh(channel?: string): Promise<void>
  troubles(): ReadonlyMap<string, Trouble>
  /** Ticks until the returned function is called. */
  start(): () => void
}

/** The start of a hub belongs to the agents that wait for it. */
const FIRST_TICK_MS = 2_000
const TICK_MS = 15_000
/** What `refresh` counts with where no interval is set. */
const USUAL_INTERVAL_MS = 20 * 60_000
const JITTER = 0.1

function placeOf({ channel, source }: PollTarget, credential: QuotaCredential, book: Book): AccountPlace {
  if (source.login === undefined) return { channel, account: fingerprintOf('key', credential.token) }
  if (credential.accountId !== undefined)
    return { channel, account: fingerprintOf('account', credential.accountId) }
  // A login that does not name its account is the one that answers already told of, when there is just one.
  const known = book
    .accounts()
    .filter((account) => account.channel === channel && account.account !== LOGIN_ACCOUNT)
  return { channel, account: known.length === 1 ? (known[0]?.account ?? LOGIN_ACCOUNT) : LOGIN_ACCOUNT }
}

const keyOf = ({ channel, account }: AccountPlace) => `${channel}\n${account}`

/** When the agents' own answers last told of the account's windows that still run; 0: never. */
function heardAt(book: Book, places: readonly AccountPlace[], now: number): number {
  const keys = new Set(places.map(keyOf))
  const times = book
    .accounts()
    .filter((account) => keys.has(keyOf(account)))
    .flatMap(({ meters }) => meters)
    .filter(({ meter, origin }) => (origin === 'header' || origin === 'event') && !isPast(meter, now))
  return Math.max(0, ...times.map(({ observedAt }) => observedAt))
}

/** One account to ask about, with each channel that pays from it. */
type Payer = {
  readonly id: string
  readonly target: PollTarget
  readonly credential: QuotaCredential
  readonly places: readonly AccountPlace[]
}

function newestTurn(turns: ReadonlyMap<string, Turn>, [first, ...rest]: readonly AccountPlace[]): Turn {
  const known = [first, ...rest].flatMap((place) =>
    place === undefined ? [] : (turns.get(keyOf(place)) ?? []),
  )
  const newest = known.toSorted((a, b) => b.lastAt - a.lastAt)[0]
  return newest ?? freshTurn(first ?? { channel: '', account: LOGIN_ACCOUNT })
}

/** Two channels with the same key ask about one account: they are asked about once. */
function payersOf(read: readonly { target: PollTarget; credential: QuotaCredential }[], book: Book): Payer[] {
  const payers = new Map<string, Payer>()
  for (const { target, credential } of read) {
    const place = placeOf(target, credential, book)
    const id = `${target.source.id}\n${target.base.origin}\n${place.account}`
    const before = payers.get(id)
    const places = [...(before?.places ?? []), place]
    payers.set(id, before === undefined ? { id, target, credential, places } : { ...before, places })
  }
  return [...payers.values()]
}

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { now, book, keep } = deps
  const turns = new Map(deps.stored.map((turn) => [keyOf(turn), turn]))
  /** By channel and key: logins and keys that could not be read. */
  const unread = new Map<string, Trouble>()
  const running = new Map<string, Promise<void>>()

  const settle = async (turn: Turn, places: readonly AccountPlace[]) => {
    for (const { channel, account } of places) {
      const own = { ...turn, channel, account }
      turns.set(keyOf(own), own)
      await keep(own)
    }
  }

  const ask = async ({ target, credential, places }: Payer) => {
    const usual = deps.intervalMs() ?? USUAL_INTERVAL_MS
    const intervalMs = Math.round(usual * (1 + deps.random() * JITTER))
    const before = begun(newestTurn(turns, places), now(), intervalMs)
    await settle(before, places)
    const { source, base } = target
    const outcome = await poll({ source, base, credential, now: now() }, deps)
    if (outcome.type === 'read') {
      const { reading } = outcome
      const plan = reading.plan ?? credential.plan
      for (const place of places)
        book.observe({ ...place, reading: { ...reading, plan }, origin: 'poll', observedAt: now() })
    }
    const fingerprint = fingerprintOf('key', credential.token)
    await settle(ended(before, outcome, { now: now(), intervalMs, credential: fingerprint }), places)
  }

  const single = (id: string, work: () => Promise<void>): Promise<void> => {
    const before = running.get(id)
    if (before !== undefined) return before
    const started = work().finally(() => running.delete(id))
    running.set(id, started)
    return started
  }

  /** Those whose key or login can be read now; of the others is told. */
  const readable = async (targets: readonly PollTarget[]): Promise<Payer[]> => {
    const read = await Promise.all(
      targets.map(async (target) => {
        const place = `${target.channel}\n${target.key === undefined ? LOGIN_ACCOUNT : `key ${target.key}`}`
        try {
          const credential = await target.credential()
          unread.delete(place)
          return [{ target, credential }]
        } catch (thrown) {
          unread.set(place, { state: 'unreadable', message: sentence(asHubError(thrown)), until: null })
          return []
        }
      }),
    )
    return payersOf(read.flat(), book)
  }

  const visit = async (payers: readonly Payer[], mayAsk: (turn: Turn, payer: Payer) => boolean) => {
    await Promise.all(
      payers
        .filter((payer) => running.has(payer.id) || mayAsk(newestTurn(turns, payer.places), payer))
        .map((payer) => single(payer.id, () => ask(payer))),
    )
  }

  const tick = async () => {
    const intervalMs = deps.intervalMs()
    if (intervalMs === undefined) return
    await visit(await readable(deps.targets()), (turn, { credential, places }) => {
      if (turn.trouble === null && heardAt(book, places, now()) + intervalMs > now()) return false
      return isDue(turn, now(), intervalMs, fingerprintOf('key', credential.token))
    })
  }

  return {
    tick,
    async refresh(channel) {
      const wanted = deps.targets().filter((target) => channel === undefined || target.channel === channel)
      await visit(
        await readable(wanted),
        (turn, { target }) => obstacleFor(turn, now(), target.source.leastMs) === undefined,
      )
    },
    troubles() {
      const all = new Map<string, Trouble>()
      const live = new Set(deps.targets().map((target) => target.channel))
      for (const [key, turn] of turns) {
        const trouble = troubleOf(turn)
        if (trouble !== undefined && live.has(turn.channel)) all.set(key, trouble)
      }
      for (const [place, trouble] of unread) if (live.has(place.split('\n')[0] ?? '')) all.set(place, trouble)
      return all
    },
    start() {
      const again = () => void tick().catch((thrown: unknown) => deps.failed(asHubError(thrown)))
      const first = setTimeout(again, FIRST_TICK_MS)
      const timer = setInterval(again, TICK_MS)
      first.unref()
      timer.unref()
      return () => {
        clearTimeout(first)
        clearInterval(timer)
      }
    },
  }
}
