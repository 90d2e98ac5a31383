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
