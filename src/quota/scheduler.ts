// Asks the sources in turn: each account at most once an interval, one question at a time for each, first soon after the
// start, and not at all while its figures come with the agents' own answers.

import { asHubError, type HubError, sentence } from '../base/errors.js'
import { fingerprintOf, LOGIN_ACCOUNT } from './account.js'
import type { AccountPlace, Book } from './book.js'
import { type PollDeps, poll } from './poll.js'
import type { QuotaCredential, QuotaSource } from './sources/source.js'
import { begun, ended, freshTurn, isDue, obstacleFor, type Turn, troubleOf } from './turn.js'
import type { Trouble } from './view.js'

/** An account that can be asked about. */
export type PollTarget = {
  readonly channel: string
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

/** When the agents' own answers last told of the account's windows; 0: never. */
function heardAt(book: Book, place: AccountPlace): number {
  const account = book.accounts().find((one) => keyOf(one) === keyOf(place))
  const times = account?.meters.filter(({ origin }) => origin === 'header' || origin === 'event') ?? []
  return Math.max(0, ...times.map(({ observedAt }) => observedAt))
}

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { now, book, keep } = deps
  const turns = new Map(deps.stored.map((turn) => [keyOf(turn), turn]))
  /** By channel: logins and keys that could not be read. */
  const unread = new Map<string, Trouble>()
  const running = new Map<string, Promise<void>>()

  const settle = async (turn: Turn) => {
    turns.set(keyOf(turn), turn)
    await keep(turn)
  }

  const ask = async (target: PollTarget, credential: QuotaCredential, place: AccountPlace) => {
    const usual = deps.intervalMs() ?? USUAL_INTERVAL_MS
    const intervalMs = Math.round(usual * (1 + deps.random() * JITTER))
    const before = begun(turns.get(keyOf(place)) ?? freshTurn(place), now(), intervalMs)
    await settle(before)
    const { source, base } = target
    const outcome = await poll({ source, base, credential, now: now() }, deps)
    if (outcome.type === 'read') {
      const { reading } = outcome
      const plan = reading.plan ?? credential.plan
      book.observe({ ...place, reading: { ...reading, plan }, origin: 'poll', observedAt: now() })
    }
    const fingerprint = fingerprintOf('key', credential.token)
    await settle(ended(before, outcome, { now: now(), intervalMs, credential: fingerprint }))
  }

  const single = (place: AccountPlace, work: () => Promise<void>): Promise<void> => {
    const key = keyOf(place)
    const before = running.get(key)
    if (before !== undefined) return before
    const started = work().finally(() => running.delete(key))
    running.set(key, started)
    return started
  }

  const visit = async (target: PollTarget, mayAsk: (turn: Turn, credential: QuotaCredential) => boolean) => {
    let credential: QuotaCredential
    try {
      credential = await target.credential()
      unread.delete(target.channel)
    } catch (thrown) {
      const message = sentence(asHubError(thrown))
      unread.set(target.channel, { state: 'unreadable', message, until: null })
      return
    }
    const place = placeOf(target, credential, book)
    const turn = turns.get(keyOf(place)) ?? freshTurn(place)
    if (running.has(keyOf(place)) || mayAsk(turn, credential))
      await single(place, () => ask(target, credential, place))
  }

  const tick = async () => {
    const intervalMs = deps.intervalMs()
    if (intervalMs === undefined) return
    await Promise.all(
      deps.targets().map((target) =>
        visit(target, (turn, { token }) => {
          if (turn.trouble === null && heardAt(book, turn) + intervalMs > now()) return false
          return isDue(turn, now(), intervalMs, fingerprintOf('key', token))
        }),
      ),
    )
  }

  return {
    tick,
    async refresh(channel) {
      const wanted = deps.targets().filter((target) => channel === undefined || target.channel === channel)
      await Promise.all(
        wanted.map((target) =>
          visit(target, (turn) => obstacleFor(turn, now(), target.source.leastMs) === undefined),
        ),
      )
    },
    troubles() {
      const all = new Map<string, Trouble>()
      const live = new Set(deps.targets().map((target) => target.channel))
      for (const [key, turn] of turns) {
        const trouble = troubleOf(turn)
        if (trouble !== undefined && live.has(turn.channel)) all.set(key, trouble)
      }
      for (const [channel, trouble] of unread)
        if (live.has(channel)) all.set(`${channel}\n${LOGIN_ACCOUNT}`, trouble)
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
