// Everything about quota in a running hub: the book of what is left, the ear that fills it from answers, and the scheduler
// that asks. Opened with what the store remembers.

import { asHubError, HubError } from '../base/errors.js'
import type { Channel } from '../config/channels.js'
import type { Config } from '../config/schema.js'
import { historyStart, type QuotaHistoryQuestion, type QuotaHistoryReply } from '../control/quota-history.js'
import type { QuotaReply } from '../control/quota-schema.js'
import { type Account, openBook } from '../quota/book.js'
import { seriesOf } from '../quota/history.js'
import { quotaListener } from '../quota/listen.js'
import { type LoginPlace, readLoginFile } from '../quota/login-file.js'
import { createScheduler, type PollTarget } from '../quota/scheduler.js'
import { sourceFor } from '../quota/sources/registry.js'
import { viewAccounts } from '../quota/view.js'
import type { Recorder } from '../recorder/recorder.js'
import type { UpstreamClient } from '../upstream/client.js'
import { loginMayGoTo } from './credentials.js'
import { type QuotaEar, quotaEar } from './quota-ear.js'
import { rowOf, storedRow, turnOf } from './quota-rows.js'

export type QuotaDesk = {
  readonly ear: QuotaEar
  /** Accounts of the channels in force. */
  reply(): QuotaReply
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
  readonly failed: (error: HubError) => void
}

/** What of the channels can be asked: each key of its own, or the login of the agent. */
export function pollTargets(
  channels: readonly Channel[],
  deps: Pick<QuotaDeskDeps, 'secret' | 'settings' | 'now'> & LoginPlace,
): PollTarget[] {
  return channels
    .filter(({ enabled }) => enabled)
    .flatMap((channel): PollTarget[] => {
      const source = sourceFor(channel.provider)
      const base = channel.endpoints[0] === undefined ? undefined : new URL(channel.endpoints[0].baseUrl)
      const { credential, name } = channel
      if (source === undefined || base === undefined) return []
      if (source.id === 'claude' && !deps.settings().claude_usage) return []
      if (credential.type === 'secret' && source.login === undefined)
        return credential.references.map((reference) => ({
          channel: name,
          source,
          base,
          credential: async () => ({ token: await deps.secret(reference) }),
        }))
      const { login } = source
      if ((credential.type !== 'client' && credential.type !== 'login') || login === undefined) return []
      if (!loginMayGoTo(base.hostname, login)) return []
      return [{ channel: name, source, base, credential: async () => readLoginFile(login, deps, deps.now()) }]
    })
}

function interval(settings: Config['provider_quota']): number | undefined {
  return settings.check_interval === 'off' ? undefined : settings.check_interval
}

/** Rejects with the store's HubError when it cannot be read. */
export async function openQuotaDesk(deps: QuotaDeskDeps): Promise<QuotaDesk> {
  const { recorder, now, failed } = deps
  const written = (done: Promise<unknown>) => {
    done.catch((thrown: unknown) => failed(asHubError(thrown)))
  }
  const stored = await recorder.query('list-quota', {})
  const turns = await recorder.query('list-quota-turns', {})
  const book = openBook({
    now,
    stored: stored.flatMap(rowOf),
    changed: (rows) => written(recorder.query('add-quota', rows.map(storedRow))),
  })
  const scheduler = createScheduler({
    upstream: deps.upstream,
    userAgent: `axonhub/${deps.version}`,
    now,
    random: deps.random,
    book,
    targets: () => pollTargets(deps.channels(), deps),
    intervalMs: () => interval(deps.settings()),
    stored: turns.map(turnOf),
    async keep(turn) {
      await recorder.query('put-quota-turn', turn)
    },
    failed,
  })
  const reply = () => {
    const names = new Set(deps.channels().map(({ name }) => name))
    const accounts = withTroubled(book.accounts(), scheduler.troubles().keys()).filter(({ channel }) =>
      names.has(channel),
    )
    return quotaView(accounts, {
      now: now(),
      intervalMs: interval(deps.settings()),
      troubles: scheduler.troubles(),
    })
  }
  return {
    ear: quotaEar(quotaListener(book, now), (thrown) => failed(asHubError(thrown))),
    reply,
    async refresh(channel) {
      if (channel !== undefined && !deps.channels().some(({ name }) => name === channel))
        throw new HubError('not-found', `There is no channel ${channel}.`, {
          hint: 'See "axonhub channel list".',
        })
      await scheduler.refresh(channel)
      return reply()
    },
    async history(question) {
      const until = now()
      const since = historyStart(question, until)
      const rows = await recorder.query('quota-history', { ...question, since, until })
      return { since, until, series: seriesOf(rows.flatMap(rowOf), until) }
    },
    leftOf(channel) {
      const left = book.leftOf(channel)
      return left === undefined ? undefined : Math.round(left * 10) / 10
    },
    start: () => scheduler.start(),
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
  const book = openBook({ now: () => now, stored: rows.flatMap(rowOf), changed: () => undefined })
  const names = new Set(channels.map(({ name }) => name))
  const accounts = book.accounts().filter(({ channel }) => names.has(channel))
  return quotaView(accounts, { now, intervalMs: interval(settings) })
}
