// What no single value can show: names that must exist, be unique, or fit together. Works on the raw values, so that
// it finds what it can even where other parts of the file are wrong.

import { isObject, type JsonObject, type JsonValue, list, number, object, text } from '../base/json.js'
import { patternKind } from '../base/name-pattern.js'
import { refuseRegex } from '../base/regex-safety.js'
import { type Address, pointsAt } from './endpoints.js'
import { isLoopbackHost } from './kinds.js'
import type { PresetIndex } from './presets.js'
import { type ConfigPath, didYouMean, type Issue } from './problem.js'

/** Errors and warnings of a whole config. */
export function crossCheck(values: JsonObject, presets: PresetIndex): { errors: Issue[]; warnings: Issue[] } {
  const channels = list(values, 'channels')
  const names = channels.map((channel) => (isObject(channel) ? text(channel, 'name') : undefined))
  const known = [...new Set(names.filter((name) => name !== undefined))]
  const profiles = entries(object(values, 'profiles'))
  const profileNames = profiles.map(([name]) => name)
  const errors = [
    ...remoteIssues(object(values, 'server') ?? {}),
    ...duplicates(names),
    ...channels.flatMap((channel, index) => channelIssues(channel, index, presets)),
    ...channels.flatMap((channel, index) => loopIssues(channel, index, ownAddress(values))),
    ...profiles.flatMap(([name, profile]) => profileIssues(name, profile, known)),
    ...missingProfiles(values, profileNames),
  ]
  return { errors, warnings: profiles.flatMap(([name, profile]) => unreachable(name, profile)) }
}

function entries(parent: JsonObject | undefined): [string, JsonValue][] {
  return parent === undefined ? [] : Object.entries(parent)
}

function error(path: ConfigPath, message: string, at: Issue['at'] = 'value'): Issue {
  return { path, at, message }
}

function duplicates(names: readonly (string | undefined)[]): Issue[] {
  return names.flatMap((name, index) => {
    const first = name === undefined ? index : names.indexOf(name)
    return first === index
      ? []
      : [error(['channels', index, 'name'], `"${name}" is already the name of channels[${first}]`)]
  })
}

function channelIssues(channel: JsonValue, index: number, presets: PresetIndex): Issue[] {
  if (!isObject(channel)) return []
  const provider = text(channel, 'provider')
  const preset = provider === undefined ? undefined : presets.get(provider)
  const endpoints = object(channel, 'endpoints')
  const issues: Issue[] = []
  if (provider !== undefined && preset === undefined)
    issues.push(
      error(
        ['channels', index, 'provider'],
        `there is no provider "${provider}"${didYouMean(provider, presets.keys())}; known: ${[...presets.keys()].join(', ')}`,
      ),
    )
  const own = endpoints === undefined ? 0 : Object.keys(endpoints).length
  const given = preset === undefined ? 0 : Object.keys(preset.endpoints).length
  if (own + given === 0 && (provider === undefined || preset !== undefined)) {
    const needed =
      preset === undefined
        ? 'a channel needs a `provider`, or `endpoints` with a base URL per protocol'
        : `${provider} needs the address of your own: ${preset.endpoint_form ?? 'a base URL per protocol'}`
    issues.push(error(['channels', index, 'endpoints'], `is missing; ${needed}`, 'key'))
  }
  return [...issues, ...credentialIssues(channel, index, preset?.login !== undefined)]
}

function credentialIssues(channel: JsonObject, index: number, presetHasLogin: boolean): Issue[] {
  const auth = channel['auth']
  if (auth !== 'client' && auth !== 'login') return []
  if (channel['api_key'] !== undefined)
    return [
      error(['channels', index, 'api_key'], `cannot stand beside \`auth: ${auth}\`; keep one of them`, 'key'),
    ]
  const provider = text(channel, 'provider')
  return presetHasLogin || (provider === undefined && auth === 'client')
    ? []
    : [
        error(
          ['channels', index, 'auth'],
          `${provider === undefined ? 'a channel without a provider' : `"${provider}"`} has no login of an agent; use api_key, or the provider codex or claude`,
        ),
      ]
}

/** Other machines get in only when it is said that they may, and what they send is encrypted. */
function remoteIssues(server: JsonObject): Issue[] {
  const host = text(server, 'host')
  if (host === undefined || isLoopbackHost(host)) return []
  const missing = [
    ...(server['allow_remote'] === true ? [] : ['`allow_remote: true`']),
    ...(server['tls'] === undefined ? ['`tls: { cert: FILE, key: FILE }`'] : []),
  ]
  return missing.length === 0
    ? []
    : [
        error(
          ['server', 'host'],
          `"${host}" lets other machines in, which needs ${missing.join(' and ')} beside it; allowed without: 127.0.0.1, ::1, localhost`,
        ),
      ]
}

/** Where the hub will listen, as far as the settings say. */
function ownAddress(values: JsonObject): Address {
  const server = object(values, 'server') ?? {}
  return { host: text(server, 'host') ?? '127.0.0.1', port: number(server, 'port') ?? 8090 }
}

/** A channel that leads to the hub itself would send every request around for ever. */
function loopIssues(channel: JsonValue, index: number, own: Address): Issue[] {
  const endpoints = isObject(channel) ? object(channel, 'endpoints') : undefined
  return entries(endpoints).flatMap(([protocol, url]) =>
    typeof url === 'string' && pointsAt(url.trim(), own)
      ? [
          error(
            ['channels', index, 'endpoints', protocol],
            `is the address of this hub (server.host ${own.host}, server.port ${own.port}); give the address of the provider`,
          ),
        ]
      : [],
  )
}

function profileIssues(name: string, profile: JsonValue, channels: readonly string[]): Issue[] {
  if (!isObject(profile)) return []
  const limits = list(profile, 'channels').flatMap((channel, index) =>
    unknownChannel(channel, ['profiles', name, 'channels', index], channels),
  )
  const mappings = list(profile, 'mappings').flatMap((mapping, index) =>
    isObject(mapping) ? mappingIssues(mapping, ['profiles', name, 'mappings', index], channels) : [],
  )
  return [...limits, ...mappings]
}

function mappingIssues(mapping: JsonObject, path: ConfigPath, channels: readonly string[]): Issue[] {
  const target = mapping['channel']
  const when = object(mapping, 'when')
  const measured = when === undefined ? undefined : object(when, 'quota_below')
  const issues = [
    ...(Array.isArray(target)
      ? target.flatMap((channel, index) => unknownChannel(channel, [...path, 'channel', index], channels))
      : unknownChannel(target, [...path, 'channel'], channels)),
    ...unknownChannel(measured?.['channel'], [...path, 'when', 'quota_below', 'channel'], channels),
  ]
  const from = text(mapping, 'from')
  if (from === undefined) return issues
  const regex = patternKind(from) === 'regex'
  const refused = regex ? refuseRegex(from) : undefined
  if (refused !== undefined)
    return [...issues, error([...path, 'from'], `${JSON.stringify(from)} ${refused}`)]
  return [...issues, ...groupIssues(from, regex, text(mapping, 'to') ?? '', path)]
}

/** `$3` in `to` where `from` has fewer groups would put nothing there: a slip, not a wish. */
function groupIssues(from: string, regex: boolean, to: string, path: ConfigPath): Issue[] {
  const highest = Math.max(0, ...[...to.matchAll(/\$([1-9])/g)].map((match) => Number(match[1])))
  const groups = regex
    ? (from.match(/\\.|\[(?:\\.|[^\]])*\]|\((?!\?(?!<[A-Za-z_]))/g) ?? []).filter((part) => part === '(')
    : []
  return highest <= groups.length
    ? []
    : [
        error(
          [...path, 'to'],
          `"$${highest}" needs a ${ordinal(highest)} group in \`from\`, which has ${groups.length}`,
        ),
      ]
}

function ordinal(number: number): string {
  return ['first', 'second', 'third'][number - 1] ?? `${number}th`
}

function unknownChannel(
  value: JsonValue | undefined,
  path: ConfigPath,
  channels: readonly string[],
): Issue[] {
  if (typeof value !== 'string' || channels.includes(value)) return []
  const list = channels.length === 0 ? 'there is none yet' : `known: ${channels.join(', ')}`
  return [error(path, `there is no channel "${value}"${didYouMean(value, channels)}; ${list}`)]
}

function missingProfiles(values: JsonObject, profiles: readonly string[]): Issue[] {
  const uses: [ConfigPath, string | undefined][] = [
    [['active_profile'], text(values, 'active_profile')],
    ...entries(object(values, 'keys')).map(([name, key]): [ConfigPath, string | undefined] => [
      ['keys', name, 'profile'],
      isObject(key) ? text(key, 'profile') : undefined,
    ]),
  ]
  return uses.flatMap(([path, name]) =>
    name === undefined || profiles.includes(name)
      ? []
      : [
          error(
            path,
            `there is no profile "${name}"${didYouMean(name, profiles)}; ${profiles.length === 0 ? 'there is none yet' : `known: ${profiles.join(', ')}`}`,
          ),
        ],
  )
}

/** A mapping behind `*`, or behind an equal `from`, is never reached; one with conditions hides nothing. */
function unreachable(name: string, profile: JsonValue): Issue[] {
  if (!isObject(profile)) return []
  const mappings = list(profile, 'mappings').map((mapping) => (isObject(mapping) ? mapping : {}))
  const firstOf = new Map<string, number>()
  return mappings.flatMap((mapping, index) => {
    const from = text(mapping, 'from')
    if (from === undefined) return []
    const before = Math.min(firstOf.get('*') ?? index, firstOf.get(from) ?? index)
    if (mapping['when'] === undefined && !firstOf.has(from)) firstOf.set(from, index)
    return before >= index
      ? []
      : [error(['profiles', name, 'mappings', index], `is never used: mappings[${before}] matches first`)]
  })
}
