// What routing asks about quota: is the account that would pay used up? Knows which account paid last for a channel or key.

import { fingerprintOf } from '../quota/account.js'
import type { Account } from '../quota/book.js'
import { type Exhaustion, exhaustionOf } from '../quota/exhaustion.js'

export type PayerQuestion = {
  readonly channel: string
  /** The position of the key, where the channel has several. */
  readonly key?: number | undefined
  readonly model?: string | undefined
  /** The login that the agent sent. */
  readonly login?: Readonly<Record<string, string>> | undefined
}

export type QuotaStanding = {
  /** The account paid, or would have, for the channel. */
  paid(seat: Pick<PayerQuestion, 'channel' | 'key'>, account: string): void
  /** A person says to try again: what was told until now is not believed. */
  clear(channel: string): void
  /** Undefined: not used up, or not known. */
  exhausted(question: PayerQuestion): Exhaustion | undefined
}

export type StandingDeps = {
  readonly accounts: () => readonly Account[]
  readonly now: () => number
  /** For how long a provider's hint is believed without a new probe, ms. */
  readonly believedMs: () => number
}

const seatOf = ({ channel, key }: Pick<PayerQuestion, 'channel' | 'key'>) =>
  key === undefined ? channel : `${channel}\n${key}`

function newest(accounts: readonly Account[]): Account | undefined {
  const at = ({ meters }: Account) => Math.max(0, ...meters.map(({ observedAt }) => observedAt))
  return accounts.toSorted((a, b) => at(b) - at(a))[0]
}

export function quotaStanding({ accounts, now, believedMs }: StandingDeps): QuotaStanding {
  const payers = new Map<string, string>()
  const cleared = new Map<string, number>()

  /** Of a login the account that it names; else the one that paid last; after a start the one that was heard of last. */
  const payerOf = (question: PayerQuestion): Account | undefined => {
    const own = accounts().filter(({ channel }) => channel === question.channel)
    const named = question.login?.['chatgpt-account-id']?.trim()
    const known =
      named === undefined || named === '' ? payers.get(seatOf(question)) : fingerprintOf('account', named)
    if (known !== undefined) return own.find(({ account }) => account === known)
    return question.key === undefined ? newest(own) : undefined
  }

  return {
    paid: (seat, account) => void payers.set(seatOf(seat), account),
    clear: (channel) => void cleared.set(channel, now()),
    exhausted(question) {
      const payer = payerOf(question)
      if (payer === undefined) return undefined
      const since = cleared.get(question.channel) ?? 0
      const meters = payer.meters.filter(({ observedAt }) => observedAt > since)
      return exhaustionOf(meters, { model: question.model, now: now(), believedMs: believedMs() })
    },
  }
}
