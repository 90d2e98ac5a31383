// A channel as the hub uses it: what the user wrote over what the preset knows. Pure.

import { globMatches, isGlob } from '../base/name-pattern.js'
import type { DialectData } from './dialect-schema.js'
import { normaliseBaseUrl } from './endpoints.js'
import type { AuthStyle, Preset, PresetIndex, PresetModel } from './presets.js'
import { type ChannelConfig, type Config, PROTOCOLS, type Protocol } from './schema.js'

export type Endpoint = {
  readonly protocol: Protocol
  /** Normalised: without trailing slash, ends where the operation's path begins. */
  readonly baseUrl: string
  readonly authStyle: AuthStyle
}

/** What a channel presents to its provider. */
type Credential =
  /** The login that the agent itself sent; `login` names the agent whose login the provider takes. */
  | { readonly type: 'client'; readonly login: 'codex' | 'claude-code' | undefined }
  /** The login in that agent's own file, read when it is needed and never refreshed. */
  | { readonly type: 'login'; readonly login: 'codex' | 'claude-code' }
  /** References for secrets/reference.ts, never empty; of several each is a key of its own, known by its position. */
  | { readonly type: 'secret'; readonly references: readonly string[] }
  | { readonly type: 'none' }

export type Channel = {
  readonly name: string
  /** Name of the preset, when there is one. */
  readonly provider: string | undefined
  readonly title: string
  /** At most one per protocol, never empty. */
  readonly endpoints: readonly Endpoint[]
  readonly credential: Credential
  /** Exact ids or globs; undefined: every model. */
  readonly models: readonly string[] | undefined
  /** What is known of its models: ids, windows, prices. */
  readonly catalogue: readonly PresetModel[]
  readonly tags: readonly string[]
  readonly priority: number
  readonly weight: number
  /** Added to each upstream request. */
  readonly headers: Readonly<Record<string, string>>
  readonly enabled: boolean
  /** Whether its provider may be asked what is left. */
  readonly quota: 'on' | 'off'
  readonly dialects: Preset['dialect']
  /** Models that depart in a way of their own. */
  readonly families: Preset['families']
}

/**
 * A server of which nothing is known gets only what every server of its protocol takes: some refuse a request for
 * one field that they do not know, and no answer is worse without it. Messages of the system stay where they are;
 * a server whose template takes them only at the head says so, and that is learned.
 */
const UNKNOWN_VENDOR: Preset['dialect'] = {
  'openai-chat': {
    strictTools: false,
    efforts: ['low', 'medium', 'high'],
    forbid: ['prompt_cache_key', 'service_tier', 'verbosity'],
  },
}

/** All channels of a config, in its order. */
export function resolveChannels(config: Config, presets: PresetIndex): Channel[] {
  return config.channels.map((channel) =>
    resolveChannel(channel, channel.provider === undefined ? undefined : presets.get(channel.provider)),
  )
}

function resolveChannel(channel: ChannelConfig, preset: Preset | undefined): Channel {
  return {
    name: channel.name,
    provider: channel.provider,
    title: preset?.title ?? channel.name,
    endpoints: endpointsOf(channel, preset),
    credential: credentialOf(channel, preset),
    models: channel.models ?? servedBy(preset),
    catalogue: preset?.models ?? [],
    tags: channel.tags,
    priority: channel.priority,
    weight: channel.weight,
    headers: { ...preset?.headers, ...channel.headers },
    enabled: channel.enabled,
    quota: channel.quota,
    dialects: preset?.dialect ?? UNKNOWN_VENDOR,
    families: preset?.families ?? [],
  }
}

function endpointsOf(channel: ChannelConfig, preset: Preset | undefined): Endpoint[] {
  return PROTOCOLS.flatMap((protocol) => {
    const url = channel.endpoints?.[protocol] ?? preset?.endpoints[protocol]
    if (url === undefined) return []
    return [
      { protocol, baseUrl: normaliseBaseUrl(protocol, url), authStyle: styleOf(protocol, channel, preset) },
    ]
  })
}

const USUAL_STYLE: Readonly<Record<Protocol, AuthStyle>> = {
  'openai-chat': 'bearer',
  'openai-responses': 'bearer',
  'anthropic-messages': 'x-api-key',
  gemini: 'x-goog-api-key',
}

/** Without a preset: what the protocol's maker uses. A key given where the preset needs none is sent all the same. */
function styleOf(protocol: Protocol, channel: ChannelConfig, preset: Preset | undefined): AuthStyle {
  const usual = USUAL_STYLE[protocol]
  if (preset === undefined) return usual
  const style = preset.auth_by_protocol[protocol] ?? preset.auth
  return style === 'none' && channel.api_key !== undefined ? usual : style
}

function credentialOf(channel: ChannelConfig, preset: Preset | undefined): Credential {
  if (channel.api_key !== undefined) return { type: 'secret', references: channel.api_key }
  if (channel.auth === 'login' && preset?.login !== undefined) return { type: 'login', login: preset.login }
  if (channel.auth === 'client' || preset?.login !== undefined)
    return { type: 'client', login: preset?.login }
  if (preset?.key_variable === undefined || preset.key_optional) return { type: 'none' }
  return { type: 'secret', references: [`env:${preset.key_variable}`] }
}

/** A market lists hundreds of models: with more than this nobody can say which is meant, nor wants them in the picker of an agent. */
export const MOST_PICKABLE = 60

/** Whether only its provider can say which models it has: no id of one is written down or known of it. */
export function isListedByProvider({ models, catalogue, credential }: Channel): boolean {
  // An empty list is one that says that it serves none.
  const isOpen = models === undefined || (models.length > 0 && models.every(isGlob))
  return isOpen && credential.type !== 'client' && catalogue.length === 0
}

function servedBy(preset: Preset | undefined): readonly string[] | undefined {
  if (preset === undefined) return undefined
  if (preset.serves !== undefined) return preset.serves
  return preset.models.length === 0 ? undefined : preset.models.map((model) => model.id)
}

/** How a channel's endpoint departs from its protocol, for one model. */
export function dialectOf(channel: Channel, protocol: Protocol, model: string): DialectData {
  const known = channel.catalogue.find((entry) => entry.id === model)
  const own = channel.families
    .filter(({ models }) => models.some((glob) => globMatches(glob, model)))
    .map(({ dialect }) => dialect[protocol] ?? {})
  return [
    channel.dialects[protocol] ?? {},
    known?.max_output === undefined ? {} : { maxOutputTokens: known.max_output },
    ...own,
  ].reduce(narrowed, {})
}

/** The later word counts; what was forbidden stays so. */
function narrowed(before: DialectData, after: DialectData): DialectData {
  const forbid = [...new Set([...(before.forbid ?? []), ...(after.forbid ?? [])])]
  const both = Object.assign({}, before, after)
  return forbid.length === 0 ? both : Object.assign(both, { forbid })
}
