// Which provider, which name and which address a new channel has: from flags, else by questions.

import { HubError } from '../../../base/errors.js'
import { nearest } from '../../../base/nearest.js'
import type { Preset, PresetIndex } from '../../../config/presets.js'
import { channels } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { requireName } from '../../names.js'
import { pickOne } from '../../pick.js'
import { ask, canAsk } from '../../prompt.js'
import type { AddOptions } from './add.js'
import { askEndpoint, readEndpoints } from './endpoint.js'

const OWN = 'own'

/** The chosen provider; undefined: a server that only its endpoints describe. */
export async function chooseProvider(
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
  const own = { name: OWN, title: 'another server, by its URL' }
  const name = named ?? (await pickOne(cli, 'Provider', [...choices, own]))
  if (named === undefined && name === OWN) return undefined
  const preset = presets.get(name)
  if (preset !== undefined) return preset
  const [close] = nearest(name, presets.keys())
  throw new HubError('usage', `There is no provider "${name}".`, {
    hint: `${close === undefined ? '' : `Did you mean "${close}"? `}Known: ${[...presets.keys()].join(', ')}.`,
  })
}

/** Throws HubError `refused` when another channel has the name. */
export function requireFreeName(cli: Cli, name: string): void {
  if (!channels(cli).some((channel) => channel.name === name)) return
  throw new HubError('refused', `There is already a channel "${name}".`, {
    hint: `Give this one another name with --name, or remove the other: "axonhub channel remove ${name}".`,
  })
}

/** The name that flags or the provider give. Throws HubError `usage` for a server that has none. */
export function givenName(cli: Cli, preset: Preset | undefined, options: AddOptions): string {
  const name = options.name ?? preset?.name
  if (name === undefined || name === '') {
    throw new HubError('usage', 'A server without a provider needs a name: give --name.')
  }
  requireName('channel', name)
  requireFreeName(cli, name)
  return name
}

/** `deepseek`, or `deepseek-2` when that is taken; `local` for a server of one's own. */
export function proposedName(cli: Cli, preset: Preset | undefined): string {
  const wanted = preset?.name ?? 'local'
  const taken = new Set(channels(cli).map(({ name }) => name))
  for (let number = 2; ; number++) {
    const name = number === 2 ? wanted : `${wanted}-${number - 1}`
    if (!taken.has(name)) return name
  }
}

/** Asks until a name is free; an empty answer takes the one that is proposed. */
export async function askName(cli: Cli, preset: Preset | undefined, options: AddOptions): Promise<string> {
  if (options.name !== undefined) return givenName(cli, preset, options)
  const proposed = proposedName(cli, preset)
  for (;;) {
    const answer = await ask(cli, `A name for this channel [${proposed}]: `)
    const name = answer === '' ? proposed : answer
    const isWord = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)
    const isTaken = channels(cli).some((channel) => channel.name === name)
    if (isWord && !isTaken) return name
    cli.out.note(
      isTaken
        ? `There is already a channel "${name}".`
        : 'A name is one word: letters, digits, "-", "_", ".".',
    )
  }
}

/** Undefined: the provider's own. */
export async function chooseEndpoints(
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
      hint: `For example openai-chat=${preset?.endpoint_form ?? 'http://127.0.0.1:11434/v1'}`,
    },
  )
}
