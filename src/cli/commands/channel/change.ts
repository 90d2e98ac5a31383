// `axonhub channel enable`, `disable` and `remove`.

import { parseReference } from '../../../secrets/reference.js'
import { channelNamed } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { changeConfig, readConfig } from '../../config-change.js'
import { openSecrets } from '../../secrets.js'

export async function enableChannel(cli: Cli, name: string, enabled: boolean): Promise<void> {
  channelNamed(cli, name)
  const { changed } = await changeConfig(cli, [{ type: 'enable-channel', name, enabled }])
  const state = enabled ? 'enabled' : 'disabled'
  cli.out.line(changed ? `The channel "${name}" is ${state}.` : `The channel "${name}" was ${state} already.`)
}

/** The entry of the secret store that only this channel uses. */
function ownEntry(cli: Cli, name: string): string | undefined {
  const entries = readConfig(cli).config.channels.flatMap((channel) => {
    const reference = channel.api_key === undefined ? undefined : parseReference(channel.api_key)
    return reference?.type === 'keychain' ? [{ channel: channel.name, entry: reference.name }] : []
  })
  const own = entries.find(({ channel }) => channel === name)?.entry
  return entries.some(({ channel, entry }) => channel !== name && entry === own) ? undefined : own
}

export async function removeChannel(cli: Cli, name: string): Promise<void> {
  channelNamed(cli, name)
  const entry = ownEntry(cli, name)
  await changeConfig(cli, [{ type: 'remove-channel', name }])
  const forgotten = entry !== undefined && (await (await openSecrets(cli)).delete(entry))
  cli.out.line(`Removed the channel "${name}"${forgotten ? ' and its key' : ''}.`)
}
