// Quota in this hub: what it is made of, and who hears of a crossing: the log, whoever watches, and the user's hook.

import { openHook } from './hook.js'
import type { HubOptions, HubParts } from './hub-parts.js'
import { openQuotaDesk, type QuotaDesk } from './quota-desk.js'

type Needs = Pick<HubParts, 'inForce' | 'recorder' | 'upstream' | 'credentials' | 'log' | 'running'>

/** `keychain` as in LoginPlace. Rejects with the store's HubError. */
export async function openQuota(
  { env, userHome, version, clock }: HubOptions,
  { inForce, recorder, upstream, credentials, log, running }: Needs,
  keychain: Parameters<typeof openQuotaDesk>[0]['keychain'],
): Promise<{ readonly desk: QuotaDesk; close(): void }> {
  const config = () => inForce.loaded().config
  const hook = openHook({
    command: () => config().hooks.quota,
    env,
    failed: (why) => log.warn('hook.failed', { hook: 'quota', why }),
  })
  const desk = await openQuotaDesk({
    recorder,
    upstream,
    env,
    userHome,
    keychain,
    version,
    now: () => clock.now(),
    random: Math.random,
    secret: (reference) => credentials.get(reference),
    channels: inForce.channels,
    settings: () => config().provider_quota,
    believedMs: () => config().routing.cooldown_cap,
    told(notice) {
      const { crossing, channel, account, name, text } = notice
      const level = crossing === 'recovered' ? 'info' : 'warn'
      log[level]('quota.notice', { crossing, channel, account, window: name, text })
      running.tell(notice)
      hook.tell(notice)
    },
    failed: (error) => log.warn('quota.failed', { message: error.message }),
  })
  return { desk, close: () => hook.close() }
}
