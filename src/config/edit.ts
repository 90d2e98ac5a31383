// Changes that commands make to config.yml: planned on the text, checked as a whole, then written at once or not at all.

import { readFileSync } from 'node:fs'
import { assertNever } from '../base/assert-never.js'
import { HubError } from '../base/errors.js'
import { withFileLock } from '../base/file-lock.js'
import { compact, isObject, type JsonObject, type JsonValue, list, object, text } from '../base/json.js'
import { nearest } from '../base/nearest.js'
import { packageFile } from '../base/package-file.js'
import { readIfExists, replaceIfUnchanged } from '../edit/atomic-write.js'
import { checkConfig } from './check.js'
import { invalidConfig } from './load.js'
import { loadPresets, type PresetIndex } from './presets.js'
import { formatProblem } from './problem.js'
import { withProfile } from './profile-text.js'
import { readSource } from './source.js'
import { editYaml, type YamlEdit } from './yaml-edit.js'

/** A channel as it is written to the file; absent fields are left out. */
type NewChannel = {
  readonly name: string
  readonly provider?: string | undefined
  readonly endpoints?: Readonly<Record<string, string>> | undefined
  /** Several are keys that take turns. */
  readonly api_key?: string | readonly string[] | undefined
  readonly auth?: 'client' | 'login' | undefined
  readonly models?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
  readonly priority?: number | undefined
  readonly weight?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

type NewProfile = {
  readonly mappings?: readonly {
    readonly from: string
    readonly to: string
    readonly channel?: string | readonly string[] | undefined
    readonly when?: JsonObject | undefined
  }[]
  readonly channels?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
}

export type ConfigEdit =
  | { readonly type: 'add-channel'; readonly channel: NewChannel }
  | { readonly type: 'remove-channel'; readonly name: string }
  | { readonly type: 'enable-channel'; readonly name: string; readonly enabled: boolean }
  | { readonly type: 'set-channel-key'; readonly name: string; readonly reference: string }
  | { readonly type: 'add-profile'; readonly name: string; readonly profile: NewProfile }
  | { readonly type: 'remove-profile'; readonly name: string }
  /** The profile's own lines, as profile-text.ts cuts them out. */
  | { readonly type: 'rewrite-profile'; readonly name: string; readonly draft: string }
  /** Undefined: no profile is active. */
  | { readonly type: 'use-profile'; readonly name: string | undefined }
  | { readonly type: 'add-key'; readonly name: string; readonly profile?: string | undefined }
  | { readonly type: 'remove-key'; readonly name: string }
  /** Undefined: the key follows the active profile. */
  | { readonly type: 'set-key-profile'; readonly name: string; readonly profile: string | undefined }

export type EditOptions = {
  /** Path of config.yml; made from the template of the package when it is missing. */
  readonly path: string
  /** Default: the presets of the package. */
  readonly presets?: PresetIndex
  /** Throws when who is to use the text would not take it; nothing is written then. */
  readonly accept?: (text: string) => Promise<void>
}

const TEMPLATE = packageFile('templates/config.yml')
const TRIES = 5

/**
 * Makes the edits in order and writes the file once (0600 when it is new). Throws HubError `not-found` or `refused`
 * when an edit does not fit, `config-invalid` when the file is wrong as it stands; nothing is written then.
 */
export async function editConfig(
  options: EditOptions,
  edits: readonly ConfigEdit[],
): Promise<{ changed: boolean }> {
  return withFileLock(options.path, () => planAndWrite(options, edits))
}

/** Throws what `editConfig` would throw, and writes nothing: where no file is yet, a change that does not fit leaves none. */
export function rehearseEdits(path: string, edits: readonly ConfigEdit[]): void {
  planConfigEdits(readFileSync(TEMPLATE, 'utf8'), path, loadPresets(), edits)
}

/** A person's editor knows no lock: whoever saved in between wins, and the edits are planned again on that. */
async function planAndWrite(
  { path, accept, presets = loadPresets() }: EditOptions,
  edits: readonly ConfigEdit[],
): Promise<{ changed: boolean }> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const bytes = await readIfExists(path)
    const before = bytes === null ? readFileSync(TEMPLATE, 'utf8') : bytes.toString('utf8')
    const after = planConfigEdits(before, path, presets, edits)
    if (bytes !== null && after === before) return { changed: false }
    await accept?.(after)
    if (await replaceIfUnchanged(path, after, bytes, { mode: 0o600 })) return { changed: true }
  }
  throw new HubError('refused', `${path} is changed by somebody else all the time.`, {
    hint: 'Save it in your editor, then try again.',
  })
}

/** The text after the edits; pure but for what it throws. */
export function planConfigEdits(
  before: string,
  path: string,
  presets: PresetIndex,
  edits: readonly ConfigEdit[],
): string {
  const standing = checkConfig(before.replace(/^\uFEFF/, ''), path, presets)
  if (standing.config === undefined) throw invalidConfig(standing.problems)
  let after = before
  for (const edit of edits)
    after =
      edit.type === 'rewrite-profile'
        ? rewritten(after, path, presets, edit)
        : editYaml(after, yamlEdits(readSource(after, path).values ?? {}, edit))
  const checked = checkConfig(after.replace(/^\uFEFF/, ''), path, presets)
  if (checked.config !== undefined) return after
  const problems = checked.problems.map((problem) =>
    formatProblem({ ...problem, source: 'after the change' }),
  )
  throw new HubError(
    'refused',
    `The config would be wrong, so nothing was changed:\n${problems.join('\n')}`,
    {
      hint: 'Change what it names first.',
    },
  )
}

/** The hub that runs has flags and an environment of its own: what is right in the file may be wrong for it. */
export function wouldRefuse(why: string): HubError {
  return new HubError(
    'refused',
    `The hub that is running would not take this, so nothing was changed: ${why}`,
    {
      hint: 'Change what it names first, or stop the hub.',
    },
  )
}

function rewritten(
  config: string,
  path: string,
  presets: PresetIndex,
  { name, draft }: Extract<ConfigEdit, { type: 'rewrite-profile' }>,
): string {
  const planned = withProfile({ config, name, draft, file: path }, presets)
  if ('config' in planned) return planned.config
  throw new HubError('refused', planned.problems.map(formatProblem).join('\n'))
}

function yamlEdits(values: JsonObject, edit: Exclude<ConfigEdit, { type: 'rewrite-profile' }>): YamlEdit[] {
  switch (edit.type) {
    case 'add-channel':
      if (channelIndex(values, edit.channel.name) >= 0) throw taken('channel', edit.channel.name)
      return [{ type: 'append', path: ['channels'], value: channelValue(edit.channel) }]
    case 'remove-channel':
      refuseMapped(values, edit.name)
      return [{ type: 'remove', path: ['channels', existingChannel(values, edit.name)] }]
    case 'set-channel-key': {
      const path = ['channels', existingChannel(values, edit.name), 'api_key'] as const
      return [{ type: 'set', path, value: edit.reference }]
    }
    case 'enable-channel':
      return enabling(values, existingChannel(values, edit.name), edit.enabled)
    case 'add-profile':
      if (named(values, 'profiles', edit.name)) throw taken('profile', edit.name)
      return [{ type: 'set', path: ['profiles', edit.name], value: profileValue(edit.profile) }]
    case 'remove-profile':
      existing(values, 'profiles', 'profile', edit.name)
      refuseInUse(values, edit.name)
      return [{ type: 'remove', path: ['profiles', edit.name] }]
    case 'use-profile':
      if (edit.name === undefined) return [{ type: 'remove', path: ['active_profile'] }]
      existing(values, 'profiles', 'profile', edit.name)
      return [{ type: 'set', path: ['active_profile'], value: edit.name }]
    case 'add-key':
      if (named(values, 'keys', edit.name)) throw taken('key', edit.name)
      return [{ type: 'set', path: ['keys', edit.name], value: keyValue(edit.profile) }]
    case 'remove-key':
      existing(values, 'keys', 'key', edit.name)
      return [{ type: 'remove', path: ['keys', edit.name] }]
    case 'set-key-profile':
      existing(values, 'keys', 'key', edit.name)
      return edit.profile === undefined
        ? [{ type: 'remove', path: ['keys', edit.name, 'profile'] }]
        : [{ type: 'set', path: ['keys', edit.name, 'profile'], value: edit.profile }]
    default:
      return assertNever(edit)
  }
}

function channelValue(channel: NewChannel): JsonObject {
  return compact({
    name: channel.name,
    provider: channel.provider,
    endpoints: channel.endpoints === undefined ? undefined : { ...channel.endpoints },
    api_key: typeof channel.api_key === 'string' ? channel.api_key : listValue(channel.api_key),
    auth: channel.auth,
    models: listValue(channel.models),
    tags: listValue(channel.tags),
    priority: channel.priority,
    weight: channel.weight,
    headers: channel.headers === undefined ? undefined : { ...channel.headers },
  })
}

function profileValue(profile: NewProfile): JsonObject {
  const mappings = profile.mappings?.map(({ from, when, to, channel }) =>
    compact({
      from,
      when: when === undefined ? undefined : { ...when },
      to,
      channel: typeof channel === 'string' ? channel : listValue(channel),
    }),
  )
  return compact({ mappings, channels: listValue(profile.channels), tags: listValue(profile.tags) })
}

function listValue(words: readonly string[] | undefined): JsonValue | undefined {
  return words === undefined ? undefined : [...words]
}

function keyValue(profile: string | undefined): JsonObject {
  return profile === undefined ? {} : { profile }
}

/** `enabled: true` is the default and need not stand there. */
function enabling(values: JsonObject, index: number, enabled: boolean): YamlEdit[] {
  const path = ['channels', index, 'enabled'] as const
  const channel = list(values, 'channels')[index]
  if (enabled && isObject(channel) && channel['enabled'] === undefined) return []
  return [{ type: 'set', path, value: enabled }]
}

function channelNames(values: JsonObject): string[] {
  return list(values, 'channels').map((channel) => (isObject(channel) ? (text(channel, 'name') ?? '') : ''))
}

function channelIndex(values: JsonObject, name: string): number {
  return channelNames(values).indexOf(name)
}

function existingChannel(values: JsonObject, name: string): number {
  const index = channelIndex(values, name)
  if (index < 0) throw missing('channel', name, channelNames(values))
  return index
}

function named(values: JsonObject, group: string, name: string): boolean {
  return Object.hasOwn(object(values, group) ?? {}, name)
}

function existing(values: JsonObject, group: string, what: string, name: string): void {
  if (!named(values, group, name)) throw missing(what, name, Object.keys(object(values, group) ?? {}))
}

function namesChannel(value: JsonValue | undefined, name: string): boolean {
  return value === name || (Array.isArray(value) && value.includes(name))
}

/** A channel that a profile names cannot go. Says which do. */
function refuseMapped(values: JsonObject, name: string): void {
  const profiles = Object.entries(object(values, 'profiles') ?? {}).flatMap(([profile, value]) => {
    if (!isObject(value)) return []
    const mappings = list(value, 'mappings').filter(isObject)
    const isNamed =
      namesChannel(value['channels'], name) ||
      mappings.some(
        (mapping) =>
          namesChannel(mapping['channel'], name) ||
          object(object(mapping, 'when') ?? {}, 'quota_below')?.['channel'] === name,
      )
    return isNamed ? [profile] : []
  })
  const [first] = profiles
  if (first === undefined) return
  const which = profiles.map((profile) => `"${profile}"`).join(', ')
  throw new HubError('refused', `The channel "${name}" is named by the profile ${which}.`, {
    hint: `Take it out there first ("axonhub profile edit ${first}"); "axonhub channel disable ${name}" leaves it where it is, "axonhub channel key ${name}" gives it another key.`,
  })
}

/** A profile that somebody follows cannot go: requests that named it would fail. Says how each of them leaves it. */
function refuseInUse(values: JsonObject, name: string): void {
  const isActive = text(values, 'active_profile') === name
  const keys = Object.entries(object(values, 'keys') ?? {}).flatMap(([key, value]) =>
    isObject(value) && text(value, 'profile') === name ? [key] : [],
  )
  if (!isActive && keys.length === 0) return
  const roles = [...(isActive ? ['the active one'] : []), ...keys.map((key) => `that of the key "${key}"`)]
  const ways = [...(isActive ? [''] : []), ...keys.map((key) => ` --key ${key}`)]
  throw new HubError('refused', `The profile "${name}" is ${roles.join(' and ')}.`, {
    hint: `Leave it first: ${ways.map((way) => `"axonhub profile use --none${way}"`).join(' and ')}, or use another one.`,
  })
}

function missing(what: string, name: string, known: readonly string[]): HubError {
  const [close] = nearest(name, known)
  return new HubError('not-found', `There is no ${what} "${name}".`, {
    hint: close === undefined ? `See \`axonhub ${what} list\`.` : `Did you mean "${close}"?`,
  })
}

function taken(what: string, name: string): HubError {
  return new HubError('refused', `There is already a ${what} "${name}".`, {
    hint: `Choose another name, or remove it first: \`axonhub ${what} ${what === 'key' ? 'revoke' : 'remove'} ${name}\`.`,
  })
}
