// `axonhub channel enable`, `disable` and `remove`.

import { channelSwitch } from '../../../config/switch.js'
import { parseReference } from '../../../secrets/reference.js'
import { channelNamed } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { changeConfig, readConfig } from '../../config-change.js'
import { statusIfRunning } from '../../daemon-life.js'
import { openSecrets } from '../../secrets.js'

export async function enableChannel(cli: Cli, name: string, enabled: boolean): Promise<void> {
  channelNamed(cli, name)
  const { changed } = await changeConfig(cli, [channelSwitch(name, enabled)])
  const state = enabled ? 'enabled' : 'disabled'
  const rested = enabled && (await endRest(cli, name)) ? ' It no longer rests.' : ''
  const is = changed ? `is ${state}` : `was ${state} already`
  cli.out.line(`The channel "${name}" ${is}.${rested}`)
}

/** Whoever enables a channel wants it asked now, whatever it said before. True when it rested. */
export async function endRest(cli: Cli, name: string): Promise<boolean> {
  const resting = (await statusIfRunning(cli))?.channels.find((channel) => channel.name === name)?.resting
  if (resting === undefined || resting === null) return false
  await (await cli.control()).clearChannel(name)
  return true
}

/** The entries of the secret store that only this channel uses. */
function ownEntries(cli: Cli, name: string): string[] {
  const entries = readConfig(cli).config.channels.flatMap((channel) =>
    (channel.api_key ?? [])
      .map(parseReference)
      .flatMap((reference) =>
        reference.type === 'keychain' ? [{ channel: channel.name, entry: reference.name }] : [],
      ),
  )
  const others = new Set(entries.filter(({ channel }) => channel !== name).map(({ entry }) => entry))
  const own = entries.filter(({ channel, entry }) => channel === name && !others.has(entry))
  return [...new Set(own.map(({ entry }) => entry))]
}

export async function removeChannel(cli: Cli, name: string): Promise<void> {
  channelNamed(cli, name)
  const entries = ownEntries(cli, name)
  await changeConfig(cli, [{ type: 'remove-channel', name }])
  const secrets = entries.length === 0 ? undefined : await openSecrets(cli)
  let forgotten = 0
  for (const entry of entries) if ((await secrets?.delete(entry)) === true) forgotten += 1
  const keys = forgotten === 0 ? '' : forgotten === 1 ? ' and its key' : ` and its ${forgotten} keys`
  cli.out.line(`Removed the channel "${name}"${keys}.`)
}
