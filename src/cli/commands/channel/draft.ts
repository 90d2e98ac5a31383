// A channel that is about to be added: what it would be, and how it is written down. The secret is kept before the
// configuration speaks of it, and goes again when the configuration refuses.

import { HubError } from '../../../base/errors.js'
import { type Channel, resolveChannels } from '../../../config/channels.js'
import type { ConfigEdit } from '../../../config/edit.js'
import type { PresetIndex } from '../../../config/presets.js'
import { configSchema } from '../../../config/schema.js'
import { channels } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { changeConfig } from '../../config-change.js'
import { openSecrets } from '../../secrets.js'
import type { Credential } from './credential.js'

export type Draft = {
  readonly name: string
  readonly provider: string | undefined
  readonly endpoints: Record<string, string> | undefined
  readonly credential: Credential
  readonly models: readonly string[] | undefined
  readonly tags: readonly string[] | undefined
  readonly priority: number | undefined
}

/** One reference, or a list whose keys take turns. */
function references(names: readonly string[]): string | string[] {
  const all = names.map((name) => `env:${name}`)
  return all.length === 1 ? all.join('') : all
}

function keyOf({ name, credential }: Draft): string | string[] | undefined {
  if (credential.type === 'store') return `keychain:${name}`
  return credential.type === 'env' ? references(credential.names) : undefined
}

function edit(draft: Draft): Extract<ConfigEdit, { type: 'add-channel' }> {
  const { name, provider, endpoints, credential, models, tags, priority } = draft
  const auth = credential.type === 'client' || credential.type === 'login' ? credential.type : undefined
  return {
    type: 'add-channel',
    channel: { name, provider, endpoints, api_key: keyOf(draft), auth, models, tags, priority },
  }
}

/** The channel as the hub would use it. Throws HubError `usage` when it cannot be one. */
export function draftedChannel(draft: Draft, presets: PresetIndex): Channel {
  const { channel } = edit(draft)
  const written = Object.fromEntries(Object.entries(channel).filter(([, value]) => value !== undefined))
  const parsed = configSchema.safeParse({ channels: [written] })
  const [resolved] = parsed.success ? resolveChannels(parsed.data, presets) : []
  if (resolved !== undefined) return resolved
  throw new HubError('usage', `These answers make no channel that can be used.`, {
    hint: 'Look at the name and the address once more.',
    cause: parsed.error,
  })
}

/** Throws HubError; nothing is kept then. */
export async function save(cli: Cli, draft: Draft): Promise<void> {
  const { name, credential } = draft
  const secrets = credential.type === 'store' ? await openSecrets(cli) : undefined
  const before = await secrets?.get(name)
  if (credential.type === 'store') await secrets?.set(name, credential.value)
  try {
    await changeConfig(cli, [edit(draft)])
  } catch (thrown) {
    const isSaved = channels(cli).some((channel) => channel.name === name)
    if (!isSaved && before === undefined) await secrets?.delete(name)
    if (!isSaved && before !== undefined) await secrets?.set(name, before)
    throw thrown
  }
}
