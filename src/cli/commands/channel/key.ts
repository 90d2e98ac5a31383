// `axonhub channel key`: another key for a channel that is there, since one expires or was mistyped and profiles name the channel.
// Law: the old key stays until the new one is written down.

import { HubError } from '../../../base/errors.js'
import type { ChannelConfig } from '../../../config/schema.js'
import { parseReference } from '../../../secrets/reference.js'
import { channelNamed } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { changeConfig, readConfig } from '../../config-change.js'
import { EXIT } from '../../exit-codes.js'
import { openSecrets } from '../../secrets.js'
import { showTried, tried } from './add.js'
import { endRest } from './change.js'
import { newKey } from './credential.js'

export type KeyOptions = {
  readonly apiKeyEnv?: string
  readonly apiKeyStdin?: boolean
  readonly test: boolean
}

/** Throws HubError `refused` where it is not clear which key would go. */
function refuseUnclear({ name, auth, api_key: references = [] }: ChannelConfig): void {
  const hint = 'Change it with "axonhub config edit".'
  if (auth !== undefined)
    throw new HubError('refused', `The channel "${name}" sends a login and no key.`, { hint })
  if (references.length > 1)
    throw new HubError('refused', `The channel "${name}" has ${references.length} keys that take turns.`, {
      hint,
    })
}

function written(cli: Cli, name: string): ChannelConfig {
  const channel = readConfig(cli).config.channels.find((one) => one.name === name)
  if (channel === undefined) throw new HubError('not-found', `There is no channel "${name}".`)
  return channel
}

function entriesOf({ api_key: references = [] }: ChannelConfig): string[] {
  return references.map(parseReference).flatMap((one) => (one.type === 'keychain' ? [one.name] : []))
}

/**
 * Where the secret store has the channel's key, or will have it: never where another channel has its own. Throws HubError `refused`
 * where that cannot be.
 */
function entryOf(cli: Cli, channel: ChannelConfig): string {
  const { name } = channel
  const taken = readConfig(cli).config.channels.flatMap((one) => (one.name === name ? [] : entriesOf(one)))
  const free = [...entriesOf(channel), name].find((entry) => !taken.includes(entry))
  if (free !== undefined) return free
  throw new HubError('refused', `The key "${name}" of the secret store is that of another channel.`, {
    hint: 'Let each of them name one of its own with "axonhub config edit".',
  })
}

async function keep(cli: Cli, channel: ChannelConfig, value: string): Promise<void> {
  const secrets = await openSecrets(cli)
  const entry = entryOf(cli, channel)
  const before = await secrets.get(entry)
  await secrets.set(entry, value)
  try {
    await point(cli, channel.name, `keychain:${entry}`)
  } catch (thrown) {
    // Where the hub alone did not take it, config.yml leads there by now.
    const isSaved = entriesOf(written(cli, channel.name)).includes(entry)
    if (!isSaved && before === undefined) await secrets.delete(entry)
    if (!isSaved && before !== undefined) await secrets.set(entry, before)
    throw thrown
  }
}

/** A hub that runs reads its keys again also where the file says the same as before. */
async function point(cli: Cli, name: string, reference: string): Promise<void> {
  await changeConfig(cli, [{ type: 'set-channel-key', name, reference }], { reload: 'always' })
}

export async function replaceKey(cli: Cli, name: string, options: KeyOptions): Promise<void> {
  const { out } = cli
  const { title } = channelNamed(cli, name)
  const channel = written(cli, name)
  refuseUnclear(channel)
  const key = await newKey(cli, title, options)
  if (key.type === 'env') await point(cli, name, `env:${key.name}`)
  else await keep(cli, channel, key.value)
  const from = key.type === 'env' ? ` from now on read from ${key.name}` : ' another one now'
  out.line(`The key of the channel "${name}" is${from}.`)
  await endRest(cli, name)
  if (!options.test) return
  const reply = await tried(cli, name)
  showTried(cli, reply)
  if (!reply.ok) cli.exit(EXIT.failed)
}
