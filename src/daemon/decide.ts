// What the rules of a profile make of one request: the model it becomes, the channels that may serve it, and their order by
// health. Every decision leaves a line; the same lines stand in the trace and in `axonhub explain`.

import { aliasToModel } from '../agents/claude-code/models.js'
import type { AgentName } from '../base/agent-name.js'
import type { HubError } from '../base/errors.js'
import type { Channel } from '../config/channels.js'
import type { Address } from '../config/endpoints.js'
import type { Place } from '../routing/affinity.js'
import type { Health } from '../routing/health.js'
import { noTarget } from '../routing/no-target.js'
import { type SeatedTarget, seatTargets, type UsedUp } from '../routing/order.js'
import { resolveModel } from '../routing/rules.js'
import { type Need, type Question, selectTargets, type Target } from '../routing/select.js'
import type { Lane } from '../routing/tool-loop.js'
import type { RequestFacts } from '../routing/when.js'
import type { Caller } from './authenticate.js'
import { loginObstacle } from './credentials.js'
import { selfObstacle } from './loop-guard.js'
import type { ProfileRules } from './routing-table.js'

/** What decides a route; a caller without a login is one who sent only the hub's key. */
export type RoutingQuestion = {
  readonly model: string
  readonly protocol: Question['protocol']
  readonly agent: AgentName
  readonly caller: Caller
  readonly traceId: string
  /** What the conditions of mappings may ask. */
  readonly facts: RequestFacts
  /** What the request needs of a model. Asked only when a card could speak against a channel. */
  readonly needs?: () => readonly Need[]
  /** The conversation that the request carries on; undefined for one beside it. */
  readonly lane?: Lane | undefined
  /** Does its newest turn bring results of tools? Asked only when a profile was switched. */
  readonly continues?: () => boolean
}

export type Decision = {
  /** Those under which it was decided. */
  readonly rules: ProfileRules
  readonly choices: readonly SeatedTarget[]
  readonly reasons: readonly string[]
  /** Set when there is no choice. */
  readonly error?: HubError
}

/** Claude Code shows only names that begin with `claude` or `anthropic`, so the others are offered to it under an alias. */
function realName(model: string, channels: readonly Channel[], { mappings }: ProfileRules): string {
  const isNamed = (id: string) =>
    mappings.exact.has(id) || channels.some((channel) => channel.models?.includes(id) === true)
  return aliasToModel(model, isNamed)
}

/** How things stand at this moment. */
export type RoutingView = {
  readonly channels: readonly Channel[]
  /** Where the hub itself listens; undefined while it does not. */
  readonly ownAddress: Address | undefined
  /** Where the conversation was answered last. */
  readonly place: Place | undefined
  readonly health: Health
  /** Ms since the epoch. */
  readonly now: number
  /** The key of a channel that the next new conversation begins with. */
  readonly turnOf: (channel: string) => number
  /** Why a channel does not do for some needs, as its test found out. */
  readonly shortcoming?: ShortcomingSource | undefined
  readonly exhausted?: ExhaustionSource | undefined
}

/** Until when the account that would pay is used up. `login`: the one that the agent sent. */
export type ExhaustionSource = (
  question: Place & {
    readonly model?: string | undefined
    readonly login?: Readonly<Record<string, string>> | undefined
  },
) => UsedUp | undefined

export type ShortcomingSource = (
  channel: Channel,
  target: Target,
  needs: () => readonly Need[],
) => string | undefined

/** What its card says against a target; the needs are measured once at most. */
function shortcomings(
  { channels, shortcoming }: RoutingView,
  { needs }: RoutingQuestion,
): Question['shortcoming'] {
  if (shortcoming === undefined || needs === undefined) return undefined
  let measured: readonly Need[] | undefined
  const once = () => {
    measured ??= needs()
    return measured
  }
  return (target) => {
    const channel = channels.find(({ name }) => name === target.channel)
    return channel === undefined ? undefined : shortcoming(channel, target, once)
  }
}

/** What stands against a channel for this caller, beside what routing itself looks at. */
function obstacleOf(
  channel: Channel,
  question: RoutingQuestion,
  own: Address | undefined,
): string | undefined {
  if (!channel.enabled) return undefined
  const login = loginObstacle(channel, question.caller, question.agent)
  if (login !== undefined || own === undefined) return login
  return selfObstacle(channel.endpoints, own)
}

/** How many keys a channel has. */
export function keysOf(channels: readonly Channel[], name: string): number {
  const credential = channels.find((channel) => channel.name === name)?.credential
  return credential?.type === 'secret' ? credential.references.length : 1
}

/** `first` are reasons that come before. */
export function decideUnder(
  rules: ProfileRules,
  question: RoutingQuestion,
  view: RoutingView,
  first: readonly string[],
): Decision {
  const { channels, place, health, now, turnOf } = view
  const reasons = [...first]
  const name = realName(question.model, channels, rules)
  if (name !== question.model) reasons.push(`model ${question.model}: the hub's alias for ${name}`)
  const resolution =
    rules.name === undefined
      ? { model: name, reasons: [] }
      : resolveModel(rules.mappings, name, question.facts)
  reasons.push(...resolution.reasons)
  const unusable: string[] = []
  const usable = channels.filter((channel) => {
    const obstacle = obstacleOf(channel, question, view.ownAddress)
    if (obstacle === undefined) return true
    reasons.push(`channel ${channel.name}: skipped, ${obstacle}`)
    unusable.push(channel.name)
    return false
  })
  const asked: Question = {
    protocol: question.protocol,
    model: resolution.model,
    channels: usable,
    unusable,
    ruleChannels: resolution.channels,
    limits: rules.limits,
    affinity: place?.channel,
    shortcoming: shortcomings(view, question),
    seed: question.traceId,
  }
  const selection = selectTargets(asked)
  reasons.push(...selection.reasons)
  if (selection.targets.length === 0) {
    const error = noTarget(asked, { ...selection, reasons })
    return { rules, choices: [], reasons, error }
  }
  const { seats, reasons: rests } = seatTargets({
    targets: selection.targets,
    health,
    now,
    keysOf: (channel) => keysOf(channels, channel),
    turnOf,
    place,
    exhausted: ({ channel, key, model }) =>
      view.exhausted?.({ channel, key, model, login: question.caller.login }),
    inLoop: () => question.continues?.() === true,
  })
  return { rules, choices: seats, reasons: [...reasons, ...rests] }
}
