// `axonhub channel add`: from flags, and on a terminal by questions for what they leave open.

import { HubError } from '../../../base/errors.js'
import { nearest } from '../../../base/nearest.js'
import { loadPresets, type Preset, type PresetIndex } from '../../../config/presets.js'
import { channelNamed, channels, testChannel } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { changeConfig } from '../../config-change.js'
import { EXIT } from '../../exit-codes.js'
import { ask, canAsk, choose } from '../../prompt.js'
import { openSecrets } from '../../secrets.js'
import { type Credential, chooseCredential } from './credential.js'
import { askEndpoint, readEndpoints } from './endpoint.js'
import { showTest } from './test.js'

export type AddOptions = {
  readonly provider?: string
  readonly name?: string
  readonly apiKeyEnv?: readonly string[]
  readonly apiKeyStdin?: boolean
  readonly endpoint?: readonly string[]
  readonly auth?: 'client'
  readonly models?: readonly string[]
  readonly tags?: readonly string[]
  readonly priority?: number
  readonly test: boolean
  readonly json?: boolean
}

const OWN = 'own'

/** The chosen provider; undefined: a server that only its endpoints describe. */
async function chooseProvider(
  cli: Cli,
  named: string | undefined,
  options: AddOptions,
  presets: PresetIndex,
): Promise<Preset | undefined> {
  if (named === undefined && (options.endpoint ?? []).length > 0) return undefined
  if (named === undefined && !canAsk(cli)) {
    throw new HubError('usage', 'Which provider? There is no terminal to ask on.', {
      hint: `Name one ("axonhub channel add deepseek"), or give --name and --endpoint. Known: ${[...presets.keys()].join(', ')}.`,
    })
  }
  const choices = [...presets.values()].map(({ name, title }) => ({ name, title }))
  const name =
    named ?? (await choose(cli, 'Provider', [...choices, { name: OWN, title: 'another server, by its URL' }]))
  if (named === undefined && name === OWN) return undefined
  const preset = presets.get(name)
  if (preset !== undefined) return preset
  const [close] = nearest(name, presets.keys())
  throw new HubError('usage', `There is no provider "${name}".`, {
    hint: `${close === undefined ? '' : `Did you mean "${close}"? `}Known: ${[...presets.keys()].join(', ')}.`,
  })
}

async function chooseName(cli: Cli, preset: Preset | undefined, options: AddOptions): Promise<string> {
  const name =
    options.name ?? preset?.name ?? (canAsk(cli) ? await ask(cli, 'A name for this channel: ') : undefined)
  if (name === undefined || name === '') {
    throw new HubError('usage', 'A server without a provider needs a name: give --name.')
  }
  if (!channels(cli).some((channel) => channel.name === name)) return name
  throw new HubError('refused', `There is already a channel "${name}".`, {
    hint: `Give this one another name with --name, or remove the other: "axonhub channel remove ${name}".`,
  })
}

async function chooseEndpoints(
  cli: Cli,
  preset: Preset | undefined,
  options: AddOptions,
): Promise<Record<string, string> | undefined> {
  const given = readEndpoints(options.endpoint ?? [])
  const known = Object.keys(preset?.endpoints ?? {}).length
  if (Object.keys(given).length > 0) return given
  if (known > 0) return undefined
  if (canAsk(cli)) return askEndpoint(cli, preset)
  throw new HubError(
    'usage',
    `${preset?.title ?? 'This server'} needs an address: give --endpoint protocol=url.`,
    {
      hint:
        preset?.endpoint_form === undefined
          ? 'For example openai-chat=http://127.0.0.1:11434/v1'
          : `For example openai-chat=${preset.endpoint_form}`,
    },
  )
}

/** The secret is kept before the configuration speaks of it, and goes again when the configuration refuses. */
async function save(
  cli: Cli,
  channel: Parameters<typeof channelEdit>[0],
  credential: Credential,
): Promise<void> {
  const secrets = credential.type === 'store' ? await openSecrets(cli) : undefined
  const before = await secrets?.get(channel.name)
  if (credential.type === 'store') await secrets?.set(channel.name, credential.value)
  try {
    await changeConfig(cli, [channelEdit(channel, credential)])
  } catch (thrown) {
    const isSaved = channels(cli).some(({ name }) => name === channel.name)
    if (!isSaved && before === undefined) await secrets?.delete(channel.name)
    if (!isSaved && before !== undefined) await secrets?.set(channel.name, before)
    throw thrown
  }
}

type Described = {
  readonly name: string
  readonly provider: string | undefined
  readonly endpoints: Record<string, string> | undefined
  readonly options: AddOptions
}

/** One reference, or a list whose keys take turns. */
function references(names: readonly string[]): string | string[] {
  const all = names.map((name) => `env:${name}`)
  return all.length === 1 ? all.join('') : all
}

function channelEdit({ name, provider, endpoints, options }: Described, credential: Credential) {
  const { models, tags, priority } = options
  const api_key =
    credential.type === 'store'
      ? `keychain:${name}`
      : credential.type === 'env'
        ? references(credential.names)
        : undefined
  const auth = credential.type === 'client' ? ('client' as const) : undefined
  return {
    type: 'add-channel' as const,
    channel: { name, provider, endpoints, api_key, auth, models, tags, priority },
  }
}

export async function addChannel(cli: Cli, argument: string | undefined, options: AddOptions): Promise<void> {
  const { out } = cli
  if (argument !== undefined && options.provider !== undefined && argument !== options.provider) {
    throw new HubError('usage', `Two providers are named: ${argument} and ${options.provider}.`)
  }
  const preset = await chooseProvider(cli, argument ?? options.provider, options, loadPresets())
  const name = await chooseName(cli, preset, options)
  const endpoints = await chooseEndpoints(cli, preset, options)
  const credential = await chooseCredential(cli, preset, options)
  await save(cli, { name, provider: preset?.name, endpoints, options }, credential)
  const reply = options.test ? await testChannel(cli, channelNamed(cli, name)) : undefined
  if (options.json === true) out.json({ name, provider: preset?.name ?? null, test: reply ?? null })
  else {
    out.line(`Added the channel "${name}" (${preset?.title ?? 'a server of your own'}).`)
    if (reply !== undefined) showTest(cli, reply)
  }
  if (reply?.ok === false) {
    cli.exit(EXIT.failed)
    out.note(
      `The channel is saved, but it does not answer yet; "axonhub channel test ${name}" asks it again.`,
    )
  }
}
