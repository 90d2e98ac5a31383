// The channels as `GET /channels` tells them: what the configuration says, how they do, what was learned of them.

import type { Channel } from '../config/channels.js'
import { credentialWords } from '../config/credential-words.js'
import type { ChannelRow, ChannelsReply, ShownMeasures } from '../control/channels.js'
import type { QuotaReply } from '../control/quota-schema.js'
import { pausesOf, type Rest } from '../routing/health.js'
import type { ChannelMeasures } from '../store/channel-measures.js'
import type { Learned } from '../store/views.js'
import type { HubParts } from './hub-parts.js'
import { batteryOf } from './quota-control.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const UNMEASURED: ShownMeasures = {
  requests: 0,
  failed: 0,
  errorRate: null,
  firstTokenP50Ms: null,
  firstTokenP95Ms: null,
}

function healthOf({ enabled }: Channel, rests: readonly Rest[]): ChannelRow['health'] {
  if (!enabled) return 'disabled'
  const [longest] = rests
  if (longest === undefined) return 'ok'
  return longest.kind === 'breaker' ? 'open' : 'resting'
}

function quotaOf(channel: string, reply: QuotaReply): ChannelRow['quota'] {
  const { charge, ...rest } = batteryOf(channel, reply)
  return charge === null ? null : { charge, ...rest }
}

type Known = {
  readonly measures: readonly ChannelMeasures[]
  readonly learned: readonly Learned[]
  readonly quota: QuotaReply
  /** Those that stand in the file. */
  readonly written: ReadonlySet<string>
  readonly now: number
}

function rowOf(
  parts: HubParts,
  channel: Channel,
  { measures, learned, quota, written, now }: Known,
): ChannelRow {
  const { name, title, provider, enabled, tags, priority, weight } = channel
  const rests = pausesOf(parts.router.health(), name, now)
  const measured = measures.find((one) => one.channel === name)
  return {
    name,
    title,
    provider: provider ?? null,
    enabled,
    embedded: !written.has(name),
    endpoints: channel.endpoints.map(({ protocol, baseUrl }) => ({ protocol, baseUrl })),
    credential: credentialWords(channel),
    models: channel.models === undefined ? null : [...channel.models],
    tags: [...tags],
    priority,
    weight,
    health: healthOf(channel, rests),
    rests: rests.map(({ kind, key, model, until, reason }) => ({
      kind,
      key: key ?? null,
      model: model ?? null,
      until: new Date(until).toISOString(),
      reason,
    })),
    hour: measured?.recent ?? UNMEASURED,
    day: measured?.all ?? UNMEASURED,
    learned: learned
      .filter((one) => one.channel === name)
      .map(({ model, parameter, reason, learnedAt }) => ({
        model,
        parameter,
        reason,
        learnedAt: new Date(learnedAt).toISOString(),
      })),
    cards: parts.cards.list([channel]),
    testing: parts.tests.of(name),
    quota: quotaOf(name, quota),
  }
}

/** What was measured is good for so long, ms: adding it up takes the store a while, and whoever looks on asks often. */
const MEASURED_MS = 2_000

type Past = readonly [measures: readonly ChannelMeasures[], learned: readonly Learned[]]

/**
 * Tells the channels in the order of the configuration. What it returns rejects with the store's HubError when that cannot
 * be read.
 */
export function channelTeller(parts: HubParts): () => Promise<ChannelsReply> {
  const { inForce, recorder, options, quota } = parts
  let kept: { readonly at: number; readonly past: Promise<Past> } | undefined
  const pastAt = (now: number): Promise<Past> => {
    if (kept === undefined || Math.abs(now - kept.at) >= MEASURED_MS) {
      const measures = recorder.query('channel-measures', { since: now - DAY_MS, recently: now - HOUR_MS })
      kept = { at: now, past: Promise.all([measures, recorder.query('list-learned', {})]) }
    }
    return kept.past
  }
  return async () => {
    const now = options.clock.now()
    const [measures, learned] = await pastAt(now)
    const written = new Set(inForce.loaded().config.channels.map(({ name }) => name))
    const known: Known = { measures, learned, quota: quota.reply(), written, now }
    return {
      at: new Date(now).toISOString(),
      channels: inForce.channels().map((channel) => rowOf(parts, channel, known)),
    }
  }
}
