// Which channels may serve a request, and in which order. Every decision leaves a line for a person.
// Order: the channel the trace is on · the order the mapping gives · priority · channels whose card does not speak against
// the request · channels that name the model before those that take every model · weight.

import { globMatches, isGlob } from '../base/name-pattern.js'

export type Protocol = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini'

export type ChannelFacts = {
  readonly name: string
  readonly enabled: boolean
  readonly endpoints: readonly { readonly protocol: Protocol }[]
  /** Exact ids or globs; undefined: every model. */
  readonly models: readonly string[] | undefined
  readonly tags: readonly string[]
  /** Lower first. */
  readonly priority: number
  readonly weight: number
}

/** The limits of a profile: a channel must be named or carry one of the tags. */
type Limits = {
  readonly channels?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
}

/** What a request may need of a model. */
export type Need = 'tools' | 'images' | 'thinking'

export type Question = {
  /** The protocol the agent speaks. */
  readonly protocol: Protocol
  /** The model to ask the channel for, after mapping. */
  readonly model: string
  readonly channels: readonly ChannelFacts[]
  /** Channels that are there and cannot be used, for a reason that was told already. */
  readonly unusable?: readonly string[] | undefined
  /** The channels of the mapping, as ordered fallback. */
  readonly ruleChannels?: readonly string[] | undefined
  readonly limits?: Limits | undefined
  /** The channel that this trace is on. */
  readonly affinity?: string | undefined
  /** Why a target does not do for what the request needs, as far as it was tested; undefined: nothing is known against it. */
  readonly shortcoming?: ((target: Target) => string | undefined) | undefined
  /** The same seed gives the same order among equals; the trace id serves well. */
  readonly seed: string
}

export type Target = {
  readonly channel: string
  /** The endpoint to use. */
  readonly protocol: Protocol
  readonly mode: 'relay' | 'convert'
  readonly model: string
}

export type Selection = { readonly targets: readonly Target[]; readonly reasons: readonly string[] }

/**
 * Where a channel has no endpoint of the asker's protocol: the next best, by what survives the conversion.
 * Responses, Messages and Gemini keep ordered parts and sealed reasoning; Chat flattens them.
 */
const NEXT_BEST: Readonly<Record<Protocol, readonly Protocol[]>> = {
  'openai-chat': ['openai-responses', 'anthropic-messages', 'gemini'],
  'openai-responses': ['anthropic-messages', 'gemini', 'openai-chat'],
  'anthropic-messages': ['openai-responses', 'gemini', 'openai-chat'],
  gemini: ['anthropic-messages', 'openai-responses', 'openai-chat'],
}

type Candidate = {
  readonly channel: ChannelFacts
  readonly target: Target
  readonly named: boolean
  readonly shortcoming: string | undefined
}

/** All channels that can serve the question, best first. Without any, the reasons say why each cannot. */
export function selectTargets(question: Question): Selection {
  const reasons: string[] = []
  const candidates: Candidate[] = []
  for (const name of question.ruleChannels ?? [])
    if (
      !question.channels.some((channel) => channel.name === name) &&
      question.unusable?.includes(name) !== true
    )
      reasons.push(`channel ${name}: skipped, there is no channel of this name`)
  const trusted = isTrusted(question)
  for (const channel of question.channels) {
    const why = obstacle(question, channel, trusted)
    const target = why === undefined ? targetOf(question, channel) : undefined
    if (why !== undefined) reasons.push(`channel ${channel.name}: skipped, ${why}`)
    else if (target === undefined) reasons.push(`channel ${channel.name}: skipped, it has no endpoint`)
    else {
      const shortcoming = question.shortcoming?.(target)
      candidates.push({ channel, target, named: servesByName(channel, question.model), shortcoming })
    }
  }
  const ordered = order(question, candidates)
  reasons.push(...ordered.map((candidate, index) => place(question, candidate, index)))
  return { targets: ordered.map(({ target }) => target), reasons }
}

/** A mapping whose channels all lack the model is the user's word that they have it: their lists are not complete. */
function isTrusted(question: Question): boolean {
  if (question.ruleChannels === undefined) return false
  const named = question.channels.filter((channel) => question.ruleChannels?.includes(channel.name) === true)
  return named.length > 0 && !named.some((channel) => serves(channel, question.model))
}

function obstacle(question: Question, channel: ChannelFacts, trusted: boolean): string | undefined {
  if (question.ruleChannels !== undefined && !question.ruleChannels.includes(channel.name))
    return 'the mapping does not name it'
  if (!channel.enabled) return 'it is disabled'
  if (!withinLimits(question.limits, channel)) return 'the profile does not allow it'
  if (!trusted && !serves(channel, question.model)) return `it does not serve ${question.model}`
  return undefined
}

function withinLimits(limits: Limits | undefined, channel: ChannelFacts): boolean {
  if (limits === undefined || (limits.channels === undefined && limits.tags === undefined)) return true
  return (
    limits.channels?.includes(channel.name) === true ||
    channel.tags.some((tag) => limits.tags?.includes(tag) === true)
  )
}

/** Does the channel serve the model, by exact id or glob? A channel without a list serves every model. */
export function serves(channel: Pick<ChannelFacts, 'models'>, model: string): boolean {
  return channel.models === undefined || channel.models.some((glob) => globMatches(glob, model))
}

function servesByName(channel: ChannelFacts, model: string): boolean {
  return channel.models?.some((glob) => glob !== '*' && globMatches(glob, model)) === true
}

function targetOf(question: Question, channel: ChannelFacts): Target | undefined {
  const offers = (one: Protocol) => channel.endpoints.some(({ protocol }) => protocol === one)
  const protocol = offers(question.protocol) ? question.protocol : NEXT_BEST[question.protocol].find(offers)
  if (protocol === undefined) return undefined
  const mode = protocol === question.protocol ? 'relay' : 'convert'
  return { channel: channel.name, protocol, mode, model: question.model }
}

function order(question: Question, candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.length < 2) return candidates
  const position = (candidate: Candidate) => question.ruleChannels?.indexOf(candidate.channel.name) ?? 0
  const affine = (candidate: Candidate) => (candidate.channel.name === question.affinity ? 0 : 1)
  const draw = new Map(candidates.map(({ channel }) => [channel.name, lot(question.seed, channel)]))
  return candidates.toSorted(
    (a, b) =>
      affine(a) - affine(b) ||
      position(a) - position(b) ||
      a.channel.priority - b.channel.priority ||
      Number(a.shortcoming !== undefined) - Number(b.shortcoming !== undefined) ||
      Number(b.named) - Number(a.named) ||
      compare(draw.get(a.channel.name) ?? 0, draw.get(b.channel.name) ?? 0) ||
      compare(a.channel.name, b.channel.name),
  )
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * A drawn number, lower first: exponential with the weight as its rate, so that a channel is first in proportion to
 * its weight. Drawn from the seed and the channel's name, so that one trace always draws the same.
 */
function lot(seed: string, channel: ChannelFacts): number {
  if (channel.weight <= 0) return Number.POSITIVE_INFINITY
  const unit = (hash(`${seed}\n${channel.name}`) + 1) / 4_294_967_297
  return -Math.log(unit) / channel.weight
}

/** FNV-1a with a final mix, 32 bits: spreads well and needs nothing but arithmetic. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

function place(question: Question, candidate: Candidate, index: number): string {
  const { channel, target } = candidate
  const why =
    channel.name === question.affinity
      ? 'this trace is on it'
      : question.ruleChannels === undefined
        ? `priority ${channel.priority}, weight ${channel.weight}${candidate.named ? '' : ', takes every model'}`
        : 'in the order of the mapping'
  const how = target.mode === 'relay' ? `${target.protocol} relayed` : `converted to ${target.protocol}`
  const but = candidate.shortcoming === undefined ? '' : `; its test says that it ${candidate.shortcoming}`
  return `channel ${channel.name}: choice ${index + 1}, ${why}; ${how}${but}`
}

/** The model ids that channels name outright; globs are left out. */
export function namedModels(channels: readonly ChannelFacts[]): string[] {
  return [...new Set(channels.flatMap((channel) => channel.models ?? []).filter((id) => !isGlob(id)))]
}
