// The configured channels as commands see them, and who tests one: the running hub, else this process.

import { HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import { type Channel, resolveChannels } from '../config/channels.js'
import type { ChannelTestReply, ChannelTestRequest } from '../control/api.js'
import type { CapabilityCard } from '../control/card.js'
import type { Cli } from './cli.js'
import { readConfig } from './config-change.js'
import { statusIfRunning } from './daemon-life.js'

export function channels(cli: Cli): Channel[] {
  const { config, presets } = readConfig(cli)
  return resolveChannels(config, presets)
}

/** Throws HubError `not-found`. */
export function channelNamed(cli: Cli, name: string): Channel {
  const all = channels(cli)
  const found = all.find((channel) => channel.name === name)
  if (found !== undefined) return found
  const [close] = nearest(
    name,
    all.map((channel) => channel.name),
  )
  throw new HubError('not-found', `There is no channel "${name}".`, {
    hint: close === undefined ? 'See "axonhub channel list".' : `Did you mean "${close}"?`,
  })
}

/** A channel that is in no file: the running hub has it inside (`serve --demo`), and it alone can ask it. */
export type Embedded = {
  readonly name: string
  readonly protocols: readonly string[]
  readonly embedded: true
}

export function isEmbedded(channel: Channel | Embedded): channel is Embedded {
  return 'embedded' in channel
}

/** What the running hub has and the configuration has not; none when no hub runs with the demo upstream. */
export async function embeddedChannels(cli: Cli): Promise<Embedded[]> {
  const status = await statusIfRunning(cli)
  if (status === undefined || !status.demo) return []
  const configured = new Set(channels(cli).map(({ name }) => name))
  return status.channels
    .filter(({ name }) => !configured.has(name))
    .map(({ name, protocols }) => ({ name, protocols, embedded: true }))
}

/** A configured channel, else an embedded one. Throws HubError `not-found`. */
export async function channelToAsk(cli: Cli, name: string): Promise<Channel | Embedded> {
  if (channels(cli).some((channel) => channel.name === name)) return channelNamed(cli, name)
  const inside = (await embeddedChannels(cli)).find((channel) => channel.name === name)
  return inside ?? channelNamed(cli, name)
}

/** A hub with the demo upstream knows none of the configured channels. */
async function isLive(cli: Cli): Promise<boolean> {
  const status = await statusIfRunning(cli)
  return status !== undefined && !status.demo
}

/** A provider that cannot be reached is told with its channel, and with where to look. */
async function reached<T>(channel: Channel | Embedded, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (thrown) {
    if (
      !(thrown instanceof HubError) ||
      thrown.code !== 'upstream-unreachable' ||
      thrown.detail.hint !== undefined
    )
      throw thrown
    throw new HubError(thrown.code, `${channel.name}: ${thrown.message}`, {
      hint: 'Is it on, and is this its address? "axonhub channel list --json" shows what is written.',
      cause: thrown,
    })
  }
}

/** The signal ends the test. */
export async function testChannel(
  cli: Cli,
  channel: Channel | Embedded,
  request: ChannelTestRequest,
  signal: AbortSignal,
): Promise<ChannelTestReply> {
  return reached(channel, async () =>
    isEmbedded(channel) || (await isLive(cli))
      ? (await cli.control()).testChannel(channel.name, request, signal)
      : cli.deps.offline.testChannel(cli.paths(), channel, { ...request, signal }),
  )
}

/** What earlier tests found out, as far as it still holds; none when nothing was ever stored, or an older hub runs. */
export async function cards(cli: Cli): Promise<readonly CapabilityCard[]> {
  try {
    if (await isLive(cli)) return await (await cli.control()).listCards()
    return await cli.deps.offline.listCards(cli.paths())
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'not-found') return []
    throw thrown
  }
}

export async function modelsOf(cli: Cli, channel: Channel | Embedded): Promise<readonly string[]> {
  return reached(channel, async () =>
    isEmbedded(channel) || (await isLive(cli))
      ? (await cli.control()).listModels(channel.name)
      : cli.deps.offline.listModels(cli.paths(), channel),
  )
}
