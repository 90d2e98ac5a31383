// Tests of channels while no hub runs, also of one that is only about to be added: with a key that is in no store yet, and
// nothing written down but the card.

import { asHubError, sentence } from '../base/errors.js'
import { type Channel, resolveChannels } from '../config/channels.js'
import { channelFingerprint } from '../config/fingerprint.js'
import { loadConfig } from '../config/load.js'
import type { ChannelTestReply, ChannelTestRequest } from '../control/api.js'
import type { CapabilityCard } from '../control/card.js'
import { replaceIfUnchanged } from '../edit/atomic-write.js'
import { readLoginFile } from '../quota/login-file.js'
import { openRecorder } from '../recorder/recorder.js'
import { secretCache } from '../secrets/cache.js'
import { openSecretStore } from '../secrets/open.js'
import { openReadOnly } from '../store/read-only.js'
import { tokenCounter } from '../tokens/counter.js'
import { openUpstreamClient } from '../upstream/client.js'
import { readCard, storedCard } from './cards.js'
import type { OfflineHub } from './offline.js'
import { modelsOfChannel } from './probe/models.js'
import { probeChannel } from './probe/probe.js'
import type { ProbeDeps } from './probe/session.js'

export type OfflineTest = ChannelTestRequest & {
  /** The text of a key that is not stored yet, used in place of the channel's reference. */
  readonly key?: string | undefined
  readonly signal: AbortSignal
}

async function withProbeDeps<T>(
  hub: OfflineHub,
  key: string | undefined,
  action: (deps: ProbeDeps) => Promise<T>,
): Promise<T> {
  const { paths, env, userHome, version, clock, newId } = hub
  const secrets = async (reference: string) => {
    if (key !== undefined) return key
    const store = await openSecretStore({
      home: paths.home,
      path: paths.secrets,
      replace: replaceIfUnchanged,
      platform: process.platform,
      env,
    })
    return secretCache({ store, env, userHome }).get(reference)
  }
  const upstream = openUpstreamClient()
  const tokens = tokenCounter()
  try {
    return await action({
      upstream,
      credentials: {
        secret: secrets,
        login: (agent) => readLoginFile(agent, { env, userHome }, clock.now()),
      },
      newId,
      clock,
      version,
      instance: newId('ah-'),
      count: (body, protocol) => tokens.count(body, protocol),
      learn: () => undefined,
    })
  } finally {
    await upstream.close()
    await tokens.close()
  }
}

async function keep(hub: OfflineHub, channel: Channel, cards: readonly CapabilityCard[]): Promise<void> {
  const recorder = await openRecorder({
    database: hub.paths.database,
    capture: 'off',
    // Each question to the store tells its own failure.
    onError: () => undefined,
  })
  try {
    for (const card of cards) {
      const stored = storedCard(channel, card)
      if (card.answers) await recorder.query('put-card', stored)
      else await recorder.query('drop-card', stored)
    }
  } finally {
    await recorder.close()
  }
}

/** Throws HubError as `probeChannel` does. A card that cannot be kept is told in the note. */
export async function testOffline(
  hub: OfflineHub,
  channel: Channel,
  { key, signal, ...request }: OfflineTest,
): Promise<ChannelTestReply> {
  const reply = await withProbeDeps(hub, key, (deps) => probeChannel(channel, { ...request, signal }, deps))
  if (request.depth === 'text' || reply.cards.length === 0) return reply
  try {
    await keep(hub, channel, reply.cards)
    return reply
  } catch (thrown) {
    return { ...reply, note: `The card was not kept: ${sentence(asHubError(thrown))}` }
  }
}

/** Throws HubError when the provider cannot be asked. */
export function modelsOffline(hub: OfflineHub, channel: Channel, key?: string): Promise<string[]> {
  return withProbeDeps(hub, key, (deps) => modelsOfChannel(channel, deps))
}

/** The cards that hold for the configuration on disk; none when nothing was ever stored. Throws HubError `config-invalid`. */
export function cardsOffline({ paths, env }: Pick<OfflineHub, 'paths' | 'env'>): CapabilityCard[] {
  const { config, presets } = loadConfig({ paths, env })
  const fingerprints = new Map(
    resolveChannels(config, presets).map((channel) => [channel.name, channelFingerprint(channel)]),
  )
  const store = openReadOnly(paths.database)
  try {
    return store
      .query('list-cards', {})
      .filter(({ channel, fingerprint }) => fingerprints.get(channel) === fingerprint)
      .flatMap((stored) => readCard(stored) ?? [])
  } finally {
    store.close()
  }
}
