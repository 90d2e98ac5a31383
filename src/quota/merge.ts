// Channels that pay with the same key or login pay from the same account: they are shown as one, and the newest word that
// any of them heard counts. Pure.

import { LOGIN_ACCOUNT, NO_KEY_ACCOUNT } from './account.js'
import type { Account, Kept } from './book.js'

/** An account with all channels that pay from it, never none. */
export type SharedAccount = Account & { readonly channels: readonly string[] }

/** Which provider a channel asks; the same key at another provider is another account. */
export type ProviderOf = (channel: string) => string | undefined

function newest(accounts: readonly Account[]): Kept[] {
  const kept = new Map<string, Kept>()
  for (const one of accounts.flatMap(({ meters }) => meters)) {
    const before = kept.get(one.meter.id)
    if (before === undefined || before.observedAt < one.observedAt) kept.set(one.meter.id, one)
  }
  return [...kept.values()]
}

function keyOf({ channel, account }: Account, providerOf: ProviderOf): string {
  const provider = providerOf(channel)
  const isNamed = account !== LOGIN_ACCOUNT && account !== NO_KEY_ACCOUNT
  return isNamed && provider !== undefined ? `${provider}\n${account}` : `${channel}\n\n${account}`
}

/** In the order in which each first comes. */
export function shared(accounts: readonly Account[], providerOf: ProviderOf): SharedAccount[] {
  const groups = new Map<string, Account[]>()
  for (const account of accounts) {
    const key = keyOf(account, providerOf)
    groups.set(key, [...(groups.get(key) ?? []), account])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    return [
      {
        ...first,
        channels: group.map(({ channel }) => channel),
        plan: group.find(({ plan }) => plan !== undefined)?.plan,
        meters: group.length === 1 ? first.meters : newest(group),
        throttles: group.find(({ throttles }) => throttles.length > 0)?.throttles ?? [],
      },
    ]
  })
}

/** The same accounts by channel: each channel with all that is known of what it pays from. */
export function spread(accounts: readonly SharedAccount[]): Account[] {
  return accounts.flatMap((account) => account.channels.map((channel) => ({ ...account, channel })))
}
