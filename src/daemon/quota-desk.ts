// Everything about quota in a running hub: the book of what is left, the ear that fills it from answers, and the scheduler
// that asks. Opened with what the store remembers.

import { asHubError, HubError } from '../base/errors.js'
import { onceForEach } from '../base/once-for-each.js'
import type { Channel } from '../config/channels.js'
import type { Config } from '../config/schema.js'
import { historyStart, type QuotaHistoryQuestion, type QuotaHistoryReply } from '../control/quota-history.js'
import type { QuotaNotice } from '../control/quota-notice.js'
import type { QuotaReply } from '../control/quota-schema.js'
import { type Account, leftOf, openBook } from '../quota/book.js'
import { seriesOf } from '../quota/history.js'
import { quotaListener } from '../quota/listen.js'
import type { LoginPlace } from '../quota/login-file.js'
import { shared, spread } from '../quota/merge.js'
import { openNotices } from '../quota/notices.js'
import { createScheduler } from '../quota/scheduler.js'
import { viewAccounts } from '../quota/view.js'
import type { Recorder } from '../recorder/recorder.js'
import type { UpstreamClient } from '../upstream/client.js'
import { type QuotaEar, quotaEar } from './quota-ear.js'
import { noticeOf } from './quota-notice.js'
import { rowOf, storedRow, turnOf } from './quota-rows.js'
import { type QuotaStanding, quotaStanding } from './quota-standing.js'
import { pollTargets, providerOf } from './quota-targets.js'
import { addWorth, keptCosts } from './quota-worth.js'

export type QuotaDesk = {
  readonly ear: QuotaEar
  /** What routing asks. */
  readonly standing: QuotaStanding
  /** Accounts of the channels in force, without what their windows are worth. */
  reply(): QuotaReply
  /** The same with it. */
  told(): Promise<QuotaReply>
  /** Asks the providers first. Throws HubError `not-found` for a channel that is none. */
  refresh(channel?: string): Promise<QuotaReply>
  /** What the meters of the accounts said over time. */
  history(question: QuotaHistoryQuestion): Promise<QuotaHistoryReply>
  /** What is left of a channel in percent; undefined: not known. */
  readonly leftOf: (channel: string) => number | undefined
  /** Asks in turn until the returned function is called. */
  start(): () => void
}

export type QuotaDeskDeps = LoginPlace & {
  readonly recorder: Pick<Recorder, 'query'>
  readonly upstream: Pick<UpstreamClient, 'send'>
  readonly version: string
  readonly now: () => number
  readonly random: () => number
  readonly secret: (reference: string) => Promise<string>
  readonly channels: () => readonly Channel[]
  readonly settings: () => Config['provider_quota']
  /** For how long a provider's hint is believed, ms. */
  readonly believedMs: () => number
  /** Told of each account that crosses a limit. */
  readonly told: (notice: QuotaNotice) => void
  readonly failed: (error: HubError) => void
}

function interval(settings: Config['provider_quota']): number | undefined {
  return settings.check_interval === 'off' ? undefined : settings.check_interval
}

/** How often it is looked whether a window was reset; ms. */
const REVIEW_MS = 5_000

/** Rejects with the store's HubError when it cannot be read. */
export async function openQuotaDesk(deps: QuotaDeskDeps): Promise<QuotaDesk> {
  const { recorder, now, failed } = deps
  const written = (done: Promise<unknown>) => {
    done.catch((thrown: unknown) => failed(asHubError(thrown)))
  }
  const stored = await recorder.query('list-quota', {})
  const turns = await recorder.query('list-quota-turns', {})
  const book = openBook({
    stored: stored.flatMap(rowOf),
    changed: (rows) => {
      written(recorder.query('add-quota', rows.map(storedRow)))
      setImmediate(review)
    },
  })
  const provider = (channel: string) => providerOf(deps.channels())(channel)
  const own = () => {
    const names = new Set(deps.channels().map(({ name }) => name))
    return book.accounts().filter(({ channel }) => names.has(channel))
  }
  const notices = openNotices(shared(own(), provider))
  const review = () => {
    for (const notice of notices.review(shared(own(), provider), now())) deps.told(noticeOf(notice))
  }
  // Asked several times for every request, and changed by few answers.
  const spreadOf = onceForEach((_accounts: readonly Account[]) =>
    onceForEach((_channels: readonly Channel[]) => spread(shared(own(), provider))),
  )
  const byChannel = () => spreadOf(book.accounts())(deps.channels())
  const standing = quotaStanding({ accounts: byChannel, now, believedMs: deps.believedMs })
  const scheduler = createScheduler({
    ...deps,
    userAgent: `axonhub/${deps.version}`,
    book,
    targets: () => pollTargets(deps.channels(), deps),
    intervalMs: () => interval(deps.settings()),
    stored: turns.map(turnOf),
    async keep(turn) {
      await recorder.query('put-quota-turn', turn)
    },
  })
  const reply = () =>
    quotaView(withTroubled(own(), scheduler.troubles().keys()), {
      now: now(),
      intervalMs: interval(deps.settings()),
      troubles: scheduler.troubles(),
      providerOf: provider,
    })
  const costs = keptCosts((question) => recorder.query('window-cost', question), now)
  const told = () => addWorth(reply(), deps.channels(), costs)
  return {
    ear: quotaEar({
      listener: quotaListener(book, now),
      isLogin: (name) =>
        deps.channels().find((channel) => channel.name === name)?.credential.type === 'login',
      paid: (seat, account) => standing.paid(seat, account),
      failed: (thrown) => failed(asHubError(thrown)),
    }),
    standing,
    reply,
    told,
    async refresh(channel) {
      if (channel !== undefined && !deps.channels().some(({ name }) => name === channel))
        throw new HubError('not-found', `There is no channel ${channel}.`, {
          hint: 'See "axonhub channel list".',
        })
      await scheduler.refresh(channel)
      return told()
    },
    async history(question) {
      const until = now()
      const since = historyStart(question, until)
      const rows = await recorder.query('quota-history', { ...question, since, until })
      return { since, until, series: seriesOf(rows.flatMap(rowOf), until) }
    },
    leftOf(channel) {
      const left = leftOf(byChannel(), channel, now())
      return left === undefined ? undefined : Math.round(left * 10) / 10
    },
    start() {
      const stop = scheduler.start()
      const timer = setInterval(() => {
        book.expire(now())
        review()
      }, REVIEW_MS)
      timer.unref()
      return () => {
        clearInterval(timer)
        stop()
      }
    },
  }
}

/** An account of which only its trouble is known is told as well. */
function withTroubled(accounts: readonly Account[], troubled: Iterable<string>): Account[] {
  const known = new Set(accounts.map(({ channel, account }) => `${channel}\n${account}`))
  const bare = [...troubled]
    .filter((key) => !known.has(key))
    .map((key): Account => {
      const [channel = '', account = ''] = key.split('\n')
      return { channel, account, plan: undefined, meters: [], throttles: [] }
    })
  return [...accounts, ...bare]
}

function quotaView(accounts: readonly Account[], settings: Parameters<typeof viewAccounts>[1]): QuotaReply {
  return {
    at: new Date(settings.now).toISOString(),
    intervalMs: settings.intervalMs ?? null,
    accounts: viewAccounts(accounts, settings),
  }
}

/** From the store alone, while no hub runs: the last figures with their age, and why the last question failed. */
export function storedQuota(
  rows: Parameters<typeof rowOf>[0][],
  channels: readonly Channel[],
  now: number,
  settings: Config['provider_quota'],
): QuotaReply {
  const book = openBook({ stored: rows.flatMap(rowOf), changed: () => undefined })
  const names = new Set(channels.map(({ name }) => name))
  const accounts = book.accounts().filter(({ channel }) => names.has(channel))
  return quotaView(accounts, { now, intervalMs: interval(settings), providerOf: providerOf(channels) })
}
