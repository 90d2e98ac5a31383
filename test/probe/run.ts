// Runs the probe against a base URL, as the daemon would, and reads its cards.

import { randomUUID } from 'node:crypto'
import { type Channel, resolveChannels } from '../../src/config/channels.js'
import { loadPresets } from '../../src/config/presets.js'
import { configSchema } from '../../src/config/schema.js'
import type { ChannelTestReply } from '../../src/control/api.js'
import type { Capability, CapabilityCard } from '../../src/control/card.js'
import { type ProbeOptions, probeChannel } from '../../src/daemon/probe/probe.js'
import { estimateTokens } from '../../src/tokens/estimate.js'
import { openUpstreamClient } from '../../src/upstream/client.js'
import { MODEL } from './model.js'

/** A channel of which only the endpoints are known. */
export function channelAt(endpoints: Record<string, string>, pays: object = { api_key: 'sk-test' }): Channel {
  const config = configSchema.parse({
    channels: [{ name: 'up', endpoints, models: [MODEL], ...pays }],
  })
  const [channel] = resolveChannels(config, loadPresets())
  if (channel === undefined) throw new Error('the configuration has no channel')
  return channel
}

export async function probe(
  channel: Channel,
  options: Partial<ProbeOptions> = {},
): Promise<ChannelTestReply> {
  const upstream = openUpstreamClient()
  try {
    return await probeChannel(
      channel,
      { signal: AbortSignal.timeout(30_000), ...options },
      {
        upstream,
        credentials: { secret: async (reference) => reference, login: () => ({ token: '' }) },
        newId: (prefix) => prefix + randomUUID(),
        clock: { now: () => Date.now(), monotonic: () => performance.now() },
        version: '0.0.0-test',
        instance: 'ah-test',
        learn: () => undefined,
        count: async (body, protocol) => estimateTokens(body, protocol),
      },
    )
  } finally {
    await upstream.close()
  }
}

/** `yes`, `no` or `unknown` for each capability. */
export function marks(card: CapabilityCard | undefined): Partial<Record<Capability, string>> {
  return Object.fromEntries((card?.results ?? []).map(({ capability, result }) => [capability, result]))
}

export function detail(card: CapabilityCard | undefined, capability: Capability): string {
  return card?.results.find((one) => one.capability === capability)?.detail ?? 'not on the card'
}
