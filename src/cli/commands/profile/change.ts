// `axonhub profile use`, `create` and `remove`.

import { HubError } from '../../../base/errors.js'
import { nearest } from '../../../base/nearest.js'
import type { ConfigEdit } from '../../../config/edit.js'
import { exampleNamed, fitExample } from '../../../config/profile-examples.js'
import { profileSwitch, stillNamed } from '../../../config/switch.js'
import { channelNamed, channels } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { changeConfig, readConfig, requireKey } from '../../config-change.js'
import { requireName } from '../../names.js'
import { profileNamed } from '../../profiles.js'
import { wrapped } from '../../table.js'
import { many } from '../../words.js'

/** Lets running tool loops follow the switch at once. */
export async function releaseLoops(cli: Cli, key: string | undefined): Promise<void> {
  await (await cli.control()).releaseProfiles(key === undefined ? {} : { key })
}

type UseOptions = { readonly key?: string; readonly now?: boolean; readonly none?: boolean }

/** Exactly one of a name and --none. Throws HubError `usage`. */
function refuseUnclear(name: string | undefined, none: boolean): void {
  if ((name === undefined) === none) return
  throw new HubError('usage', none ? 'Give a profile or --none, not both.' : 'Which profile?', {
    hint: 'Name one of "axonhub profile list", or leave the present one with --none.',
  })
}

/** Without a name (`none`) the active profile, or that of the key, is left. */
export async function useProfile(
  cli: Cli,
  name: string | undefined,
  { key, now, none }: UseOptions,
): Promise<void> {
  refuseUnclear(name, none === true)
  if (name !== undefined) profileNamed(readConfig(cli).config, name)
  if (key !== undefined) requireKey(cli, key)
  const { live } = await changeConfig(cli, [profileSwitch(name, key)], { reload: 'always' })
  if (live && now === true) await releaseLoops(cli, key)
  const from = now === true ? ', at once' : ', from the next request on; a running tool loop ends first'
  cli.out.line(`${wordsOfUse(name, key, readConfig(cli).config.active_profile)}${live ? from : ''}.`)
  await warnOfContext(cli, key)
}

/** `active`: the profile in force after the change. */
function wordsOfUse(name: string | undefined, key: string | undefined, active: string | undefined): string {
  const whom = key === undefined ? 'every key without a profile of its own' : `the key "${key}"`
  if (name !== undefined) return `"${name}" is now the profile of ${whom}`
  const still = key === undefined ? stillNamed(undefined, active) : undefined
  if (still !== undefined) return still
  if (key === undefined) return 'No profile is active now: the names of models are passed on as they are'
  return `The key "${key}" follows the active profile now (${active === undefined ? 'none' : `"${active}"`})`
}

/** Claude Code believes in a window until it is told of another one: only a word now saves a surprise later. */
async function warnOfContext(cli: Cli, key: string | undefined): Promise<void> {
  const { agents } = await cli.deps.offline.checkProfile(cli.paths(), { key })
  const { room } = agents.claude.context
  if (room === null) return
  const words = `Claude Code believes that its models have more room than the ${room} tokens here; "axonhub profile check" says more.`
  for (const line of wrapped(words, cli.out.width)) cli.out.note(line)
}

type Mapping = { readonly from: string; readonly to: string; readonly channel?: readonly string[] }

/**
 * `from=to@a,b`. What follows the last `@` counts as channels when all of it names channels; model names may hold an
 * `@` themselves, so else it is part of the name, unless a channel is that close that it must be a slip.
 */
export function readMapping(text: string, known: readonly string[]): Mapping {
  const equals = text.lastIndexOf('=')
  const from = text.slice(0, Math.max(0, equals)).trim()
  const rest = text.slice(equals + 1).trim()
  if (from === '' || rest === '') {
    throw new HubError('usage', `"${text}" is no mapping.`, {
      hint: 'Write --map from=to or --map from=to@channel, for example --map "claude-.*=deepseek-flash@deepseek".',
    })
  }
  const at = rest.lastIndexOf('@')
  const named =
    at < 1
      ? []
      : rest
          .slice(at + 1)
          .split(',')
          .map((name) => name.trim())
  if (named.length === 0) return { from, to: rest }
  if (named.every((name) => known.includes(name))) return { from, to: rest.slice(0, at), channel: named }
  const slip = named.find((name) => !known.includes(name)) ?? ''
  const [close] = nearest(slip, known)
  if (close === undefined && named.length === 1) return { from, to: rest }
  throw new HubError('usage', `There is no channel "${slip}" in "${text}".`, {
    hint: close === undefined ? 'See "axonhub channel list".' : `Did you mean "${close}"?`,
  })
}

type CreateOptions = {
  readonly from?: string
  readonly map?: readonly string[]
  readonly channels?: readonly string[]
  readonly tags?: readonly string[]
  readonly use?: boolean
}

export async function createProfile(cli: Cli, name: string, options: CreateOptions): Promise<void> {
  requireName('profile', name)
  for (const channel of options.channels ?? []) channelNamed(cli, channel)
  const known = channels(cli)
  const names = known.map((channel) => channel.name)
  const own = (options.map ?? []).map((text) => readMapping(text, names))
  const example = options.from === undefined ? undefined : fitExample(exampleNamed(options.from), known)
  // What is said here is looked at before the example.
  const mappings = [...own, ...(example?.mappings ?? [])]
  const profile = {
    mappings,
    channels: options.channels ?? example?.channels,
    tags: options.tags ?? example?.tags,
  }
  const edits: ConfigEdit[] = [
    { type: 'add-profile', name, profile },
    ...(options.use === true ? [{ type: 'use-profile' as const, name }] : []),
  ]
  await changeConfig(cli, edits)
  cli.out.line(
    `Made the profile "${name}" (${many(mappings.length, 'mapping')})${options.use === true ? ' and made it the active one' : ''}.`,
  )
  if (options.use !== true) cli.out.line(`"axonhub profile use ${name}" makes it the active one.`)
  for (const { to, channel } of own)
    if (to.includes('@') && channel === undefined)
      cli.out.note(
        `"${to}" is taken as the name of a model: no channel is called "${to.slice(to.lastIndexOf('@') + 1)}".`,
      )
}

export async function removeProfile(cli: Cli, name: string): Promise<void> {
  profileNamed(readConfig(cli).config, name)
  await changeConfig(cli, [{ type: 'remove-profile', name }])
  cli.out.line(`Removed the profile "${name}".`)
}
