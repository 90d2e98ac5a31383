// The configured channels as commands see them, and who tests one: the running hub, else this process.

import { HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import { type Channel, resolveChannels } from '../config/channels.js'
import type { ChannelTestReply } from '../control/api.js'
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

/** A hub with the demo upstream knows none of the configured channels. */
async function isLive(cli: Cli): Promise<boolean> {
  const status = await statusIfRunning(cli)
  return status !== undefined && !status.demo
}

export async function testChannel(cli: Cli, channel: Channel): Promise<ChannelTestReply> {
  if (await isLive(cli)) return (await cli.control()).testChannel(channel.name)
  return cli.deps.offline.testChannel(cli.paths(), channel)
}

export async function modelsOf(cli: Cli, channel: Channel): Promise<readonly string[]> {
  if (await isLive(cli)) return (await cli.control()).listModels(channel.name)
  return cli.deps.offline.listModels(cli.paths(), channel)
}
