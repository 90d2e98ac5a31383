// What a command can find out while no daemon runs: the same answers, from the configuration on disk.

import type { Clock } from '../base/clock.js'
import { HubError } from '../base/errors.js'
import { resolveChannels } from '../config/channels.js'
import { loadConfig } from '../config/load.js'
import type { Environment, Paths } from '../config/paths.js'
import type { ExplainReply, ExplainRequest } from '../control/api.js'
import type { ProfileCheck, ProfileCheckRequest } from '../control/profile-check.js'
import type { QuotaReply } from '../control/quota-schema.js'
import { openReadOnly } from '../store/read-only.js'
import { checkProfile } from './profile-check.js'
import { storedQuota } from './quota-desk.js'
import { addWorth } from './quota-worth.js'
import { createRouter } from './router.js'
import { routingTable } from './routing-table.js'
import { explainRoute } from './status.js'

export type OfflineHub = {
  readonly paths: Paths
  readonly env: Environment
  readonly userHome: string
  readonly version: string
  readonly clock: Clock
  readonly newId: (prefix: string) => string
}

/** Throws HubError `config-invalid`. */
export function explainOffline({ paths, env, clock }: OfflineHub, request: ExplainRequest): ExplainReply {
  const { config, presets } = loadConfig({ paths, env })
  const table = routingTable(config, resolveChannels(config, presets))
  return explainRoute(
    createRouter({
      table: () => table,
      // Nothing is sent, so nothing is looked up.
      secrets: { secret: async () => '', login: () => ({ token: '' }) },
      now: () => clock.now(),
    }),
    request,
  )
}

/** The last figures of the channels that are configured; no accounts when nothing was ever stored. Throws HubError. */
export async function quotaOffline({
  paths,
  env,
  clock,
}: Pick<OfflineHub, 'paths' | 'env' | 'clock'>): Promise<QuotaReply> {
  const { config, presets } = loadConfig({ paths, env })
  const channels = resolveChannels(config, presets)
  const shown = (rows: Parameters<typeof storedQuota>[0]) =>
    storedQuota(rows, channels, clock.now(), config.provider_quota)
  try {
    const store = openReadOnly(paths.database)
    try {
      return await addWorth(shown(store.query('list-quota', {})), channels, async (question) =>
        store.query('window-cost', question),
      )
    } finally {
      store.close()
    }
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'not-found') return shown([])
    throw thrown
  }
}

/** Throws HubError `config-invalid`, `not-found` or `profile-missing`. */
export function checkProfileOffline(
  { paths, env }: Pick<OfflineHub, 'paths' | 'env'>,
  request: ProfileCheckRequest,
): ProfileCheck {
  const { config, presets } = loadConfig({ paths, env })
  return checkProfile(routingTable(config, resolveChannels(config, presets)), request)
}
