// The quota of all accounts for commands: from the running hub, else the last figures that were stored.

import { HubError } from '../base/errors.js'
import type { QuotaReply } from '../control/quota-schema.js'
import type { Cli } from './cli.js'

export type QuotaAnswer = { readonly reply: QuotaReply; readonly isLive: boolean }

/** `refresh` asks the providers first, which only a running hub does. Throws HubError. */
export async function quotaOf(cli: Cli, refresh: boolean): Promise<QuotaAnswer> {
  const control = await cli.control()
  try {
    return { reply: refresh ? await control.refreshQuota({}) : await control.quota(), isLive: true }
  } catch (thrown) {
    if (refresh || !(thrown instanceof HubError) || thrown.code !== 'daemon-not-running') throw thrown
    return { reply: await cli.deps.offline.quota(cli.paths()), isLive: false }
  }
}
