// Which accounts can be asked for their quota, with which credential: each key of a channel, or the login of the agent.

import type { Channel } from '../config/channels.js'
import type { Config } from '../config/schema.js'
import { type LoginPlace, readLogin } from '../quota/login-file.js'
import type { PollTarget } from '../quota/scheduler.js'
import { sourceFor } from '../quota/sources/registry.js'
import type { QuotaSource } from '../quota/sources/source.js'
import { loginMayGoTo } from './credentials.js'

export type TargetDeps = LoginPlace & {
  readonly now: () => number
  readonly secret: (reference: string) => Promise<string>
  readonly settings: () => Config['provider_quota']
}

function keyTargets(channel: Channel, source: QuotaSource, base: URL, deps: TargetDeps): PollTarget[] {
  const { credential, name } = channel
  if (credential.type !== 'secret') return []
  const isOne = credential.references.length === 1
  return credential.references.map((reference, index) => ({
    channel: name,
    ...(isOne ? {} : { key: index + 1 }),
    source,
    base,
    credential: async () => ({ token: await deps.secret(reference) }),
  }))
}

function loginTargets(
  { credential, name }: Channel,
  source: QuotaSource,
  base: URL,
  deps: TargetDeps,
): PollTarget[] {
  const { login } = source
  if ((credential.type !== 'client' && credential.type !== 'login') || login === undefined) return []
  if (!loginMayGoTo(base.hostname, login)) return []
  return [{ channel: name, source, base, credential: () => readLogin(login, deps, deps.now()) }]
}

/** What of the channels can be asked; a channel that is disabled or whose `quota` is off is not. */
export function pollTargets(channels: readonly Channel[], deps: TargetDeps): PollTarget[] {
  return channels
    .filter(({ enabled, quota }) => enabled && quota === 'on')
    .flatMap((channel): PollTarget[] => {
      const source = sourceFor(channel.provider)
      const base = channel.endpoints[0] === undefined ? undefined : new URL(channel.endpoints[0].baseUrl)
      if (source === undefined || base === undefined) return []
      if (source.id === 'claude' && !deps.settings().claude_usage) return []
      return source.login === undefined
        ? keyTargets(channel, source, base, deps)
        : loginTargets(channel, source, base, deps)
    })
}

/** Which provider the channels ask, so that channels with the same key can be told to pay from one account. */
export function providerOf(channels: readonly Channel[]): (channel: string) => string | undefined {
  return (name) => {
    const channel = channels.find((one) => one.name === name)
    const address = channel?.endpoints[0]?.baseUrl
    return address === undefined ? undefined : `${channel?.provider ?? ''}\n${new URL(address).origin}`
  }
}
