// `axonhub profile list` and `show`.

import { profileExamples, providersOf } from '../../../config/profile-examples.js'
import type { Config, ProfileConfig } from '../../../config/schema.js'
import { conditionWords } from '../../../routing/when.js'
import type { Cli } from '../../cli.js'
import { readConfig } from '../../config-change.js'
import { profileNamed } from '../../profiles.js'
import { table } from '../../table.js'
import { many } from '../../words.js'

function keysOf(config: Config, profile: string): string[] {
  return Object.entries(config.keys)
    .filter(([, key]) => key.profile === profile)
    .map(([name]) => name)
}

/** The examples of the package. */
export function listExamples(cli: Cli, json: boolean): void {
  const { out } = cli
  const shipped = profileExamples().map((example) => ({
    name: example.name,
    title: example.title,
    providers: providersOf(example),
  }))
  if (json) {
    out.json(shipped)
    return
  }
  const rows = shipped.map(({ name, title, providers }) => [name, title, providers.join(', ')])
  const columns = [
    { title: 'example' },
    { title: 'what it does', flexible: true },
    { title: 'channels of', flexible: true },
  ]
  for (const line of table(columns, rows, out.width)) out.line(line)
  out.line()
  out.line('"axonhub profile create NAME --from EXAMPLE" makes a profile of one.')
}

function limits({ channels, tags }: ProfileConfig): string {
  return [...(channels ?? []), ...(tags ?? []).map((tag) => `tag ${tag}`)].join(', ')
}

export function listProfiles(cli: Cli, json: boolean): void {
  const { out } = cli
  const { config } = readConfig(cli)
  const profiles = Object.entries(config.profiles).map(([name, profile]) => ({
    name,
    active: name === config.active_profile,
    mappings: profile.mappings.length,
    channels: profile.channels ?? null,
    tags: profile.tags ?? null,
    keys: keysOf(config, name),
  }))
  if (json) {
    out.json(profiles)
    return
  }
  if (profiles.length === 0) {
    out.line('No profiles yet: every model name is passed on as it is.')
    out.line('Make one with "axonhub profile create NAME --map from=to", or from an example (--from).')
    return
  }
  const rows = profiles.map((profile) => [
    profile.active ? '*' : '',
    profile.name,
    many(profile.mappings, 'mapping'),
    limits(config.profiles[profile.name] ?? { mappings: [] }) || 'all',
    profile.keys.join(', '),
  ])
  const columns = [
    { title: '' },
    { title: 'profile' },
    { title: '' },
    { title: 'channels', flexible: true },
    { title: 'keys of its own', flexible: true },
  ]
  for (const line of table(columns, rows, out.width)) out.line(line)
}

export function showProfile(cli: Cli, name: string | undefined, json: boolean): void {
  const { out } = cli
  const { config } = readConfig(cli)
  const found = profileNamed(config, name)
  const active = found.name === config.active_profile
  if (json) {
    out.json({ name: found.name, active, keys: keysOf(config, found.name), ...found.profile })
    return
  }
  const users = [...(active ? ['active'] : []), ...keysOf(config, found.name).map((key) => `key ${key}`)]
  out.line(out.style.bold(found.name) + (users.length === 0 ? '' : out.style.dim(` (${users.join(', ')})`)))
  if (limits(found.profile) !== '') out.line(`Only ${limits(found.profile)}`)
  if (found.profile.mappings.length === 0) {
    out.line('No mappings: every name is passed on as it is.')
    return
  }
  const conditional = found.profile.mappings.some(({ when }) => when !== undefined)
  const rows = found.profile.mappings.map((mapping, index) => [
    String(index + 1),
    mapping.from,
    ...(conditional ? [mapping.when === undefined ? '' : conditionWords(mapping.when)] : []),
    mapping.to,
    mapping.channel?.join(', then ') ?? 'any that serves it',
  ])
  const columns = [
    { title: '', align: 'right' as const },
    { title: 'asked for', flexible: true },
    ...(conditional ? [{ title: 'when', flexible: true }] : []),
    { title: 'answered by', flexible: true },
    { title: 'on', flexible: true },
  ]
  for (const line of table(columns, rows, out.width)) out.line(line)
}
