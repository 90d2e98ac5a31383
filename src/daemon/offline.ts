// What a command can find out while no daemon runs: the same answers, from the configuration on disk.

import type { Clock } from '../base/clock.js'
import { type Channel, resolveChannels } from '../config/channels.js'
import { loadConfig } from '../config/load.js'
import type { Environment, Paths } from '../config/paths.js'
import type { ChannelTestReply, ExplainReply, ExplainRequest } from '../control/api.js'
import type { ProfileCheck, ProfileCheckRequest } from '../control/profile-check.js'
import { replaceIfUnchanged } from '../edit/atomic-write.js'
import { secretCache } from '../secrets/cache.js'
import { openSecretStore } from '../secrets/open.js'
import { openUpstreamClient } from '../upstream/client.js'
import { type ChannelTestDeps, modelsOfChannel, testChannel } from './channel-test.js'
import { checkProfile } from './profile-check.js'
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
    createRouter({ table: () => table, secrets: async () => '', now: () => clock.now() }),
    request,
  )
}

async function withTestDeps<T>(hub: OfflineHub, action: (deps: ChannelTestDeps) => Promise<T>): Promise<T> {
  const { paths, env, userHome, version, clock, newId } = hub
  const store = await openSecretStore({
    home: paths.home,
    path: paths.secrets,
    replace: replaceIfUnchanged,
    platform: process.platform,
    env,
  })
  const secrets = secretCache({ store, env, userHome })
  const upstream = openUpstreamClient()
  try {
    return await action({
      upstream,
      credentials: (reference) => secrets.get(reference),
      newId,
      clock,
      version,
    })
  } finally {
    await upstream.close()
  }
}

export function testOffline(hub: OfflineHub, channel: Channel): Promise<ChannelTestReply> {
  return withTestDeps(hub, (deps) => testChannel(channel, deps))
}

/** Throws HubError when the provider cannot be asked. */
export function modelsOffline(hub: OfflineHub, channel: Channel): Promise<string[]> {
  return withTestDeps(hub, (deps) => modelsOfChannel(channel, deps))
}

/** Throws HubError `config-invalid`, `not-found` or `profile-missing`. */
export function checkProfileOffline(
  { paths, env }: Pick<OfflineHub, 'paths' | 'env'>,
  request: ProfileCheckRequest,
): ProfileCheck {
  const { config, presets } = loadConfig({ paths, env })
  return checkProfile(routingTable(config, resolveChannels(config, presets)), request)
}
