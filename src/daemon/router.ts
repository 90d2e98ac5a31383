// From a question to ordered targets: the profile's rules, the channels that may serve, and the credential of each.
// The deciding is routing's (pure); here it meets the configuration in force and the caller.

import { aliasToModel } from '../agents/claude-code/models.js'
import { HubError } from '../base/errors.js'
import { type Channel, dialectOf, type Endpoint } from '../config/channels.js'
import { type Address, pointsAt } from '../config/endpoints.js'
import type { Config } from '../config/schema.js'
import { footprintOf } from '../protocol/footprint.js'
import {
  type Affinity,
  afterServed,
  emptyAffinity,
  type Place,
  placeOf,
  type Served,
} from '../routing/affinity.js'
import { HEALTHY, type Health, type HealthEvent, type HealthSettings, nextHealth } from '../routing/health.js'
import { noTarget } from '../routing/no-target.js'
import { type SeatedTarget, seatTargets } from '../routing/order.js'
import { type CompiledMappings, compileMappings, resolveModel } from '../routing/rules.js'
import { type Question, selectTargets } from '../routing/select.js'
import type { AgentName } from '../store/record.js'
import type { Caller } from './authenticate.js'
import { type CredentialSource, credentialHeaders, loginObstacle } from './credentials.js'
import type { Route } from './exchange-state.js'
import type { Target } from './target.js'

export type RoutingTable = {
  readonly config: Config
  readonly channels: readonly Channel[]
  readonly mappings: ReadonlyMap<string, CompiledMappings>
}

/** Compiled once for each configuration. */
export function routingTable(config: Config, channels: readonly Channel[]): RoutingTable {
  const mappings = new Map(
    Object.entries(config.profiles).map(
      ([name, profile]) => [name, compileMappings(profile.mappings)] as const,
    ),
  )
  return { config, channels, mappings }
}

/** What decides a route; a caller without a login is one who sent only the hub's key. */
export type RoutingQuestion = {
  readonly model: string
  readonly protocol: Question['protocol']
  readonly agent: AgentName
  readonly caller: Caller
  readonly traceId: string
}

export type Decision = {
  readonly profile: string | undefined
  readonly choices: readonly SeatedTarget[]
  readonly reasons: readonly string[]
  /** Set when there is no choice. */
  readonly error?: HubError
}

/** The profile of a key, else the active one. Throws HubError `profile-missing` when it is named but not there. */
export function profileOf(config: Config, keyName: string): string | undefined {
  const own = config.keys[keyName]?.profile
  const name = own ?? config.active_profile
  if (name !== undefined && config.profiles[name] === undefined) {
    const who = own === undefined ? 'active_profile' : `the key ${keyName}`
    throw new HubError('profile-missing', `The profile ${name}, named by ${who}, does not exist.`, {
      hint: 'See "axonhub profile list", then "axonhub profile use NAME".',
    })
  }
  return name
}

/** Claude Code shows only names that begin with `claude` or `anthropic`, so the others are offered to it under an alias. */
function realName(
  model: string,
  channels: readonly Channel[],
  mappings: CompiledMappings | undefined,
): string {
  const isNamed = (id: string) =>
    mappings?.exact.has(id) === true || channels.some((channel) => channel.models?.includes(id) === true)
  return aliasToModel(model, isNamed)
}

export type Router = {
  decide(question: RoutingQuestion): Decision
  /** Throws the decision's error when there is no choice. */
  route(question: RoutingQuestion): Route
  /** Keeps the conversation where it was answered. */
  served(traceId: string, place: Place): void
  /** Takes note of how a channel did. */
  report(event: HealthEvent): void
  /** The pauses in force, for status: channel → why and until when. */
  health(): Health
}

export type RouterDeps = {
  /** The configuration in force. */
  readonly table: () => RoutingTable
  readonly secrets: CredentialSource
  /** Ms since the epoch. */
  readonly now: () => number
  /** Where the hub itself listens; undefined while it does not. */
  readonly ownAddress?: () => Address | undefined
  /** Where conversations were when the hub last ran, oldest first. */
  readonly places?: readonly Served[]
  /** Told of each place that is new. */
  readonly remember?: (served: Served) => void
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
  const itself = channel.endpoints.find(({ baseUrl }) => pointsAt(baseUrl, own))
  return itself === undefined ? undefined : `${itself.baseUrl} is the address of this hub`
}

function keysOf(channels: readonly Channel[], name: string): number {
  const credential = channels.find((channel) => channel.name === name)?.credential
  return credential?.type === 'secret' ? credential.references.length : 1
}

/** Holds which channel each conversation is on, and how the channels are. */
export function createRouter(deps: RouterDeps): Router {
  const { table, secrets, now } = deps
  let affinity: Affinity = (deps.places ?? []).reduce(afterServed, emptyAffinity())
  let health: Health = HEALTHY
  /** By channel: the key that the next new conversation begins with. */
  const turns = new Map<string, number>()

  const healthSettings = (): HealthSettings => {
    const { breaker, cooldown_cap } = table().config.routing
    return {
      breaker:
        breaker.failures === 0
          ? undefined
          : { failures: breaker.failures, openForMs: breaker.open_for, maxOpenForMs: breaker.max_open_for },
      cooldownCapMs: cooldown_cap,
    }
  }

  const decide = (question: RoutingQuestion): Decision => {
    const { config, channels, mappings } = table()
    const profileName = profileOf(config, question.caller.keyName)
    const profile = profileName === undefined ? undefined : config.profiles[profileName]
    const reasons = [profileName === undefined ? 'no profile' : `profile ${profileName}`]
    const compiled = profileName === undefined ? undefined : mappings.get(profileName)
    const name = realName(question.model, channels, compiled)
    if (name !== question.model) reasons.push(`model ${question.model}: the hub's alias for ${name}`)
    const resolution = compiled === undefined ? { model: name, reasons: [] } : resolveModel(compiled, name)
    reasons.push(...resolution.reasons)
    const usable = channels.filter((channel) => {
      const obstacle = obstacleOf(channel, question, deps.ownAddress?.())
      if (obstacle !== undefined) reasons.push(`channel ${channel.name}: skipped, ${obstacle}`)
      return obstacle === undefined
    })
    const place = config.routing.affinity ? placeOf(affinity, question.traceId) : undefined
    const asked: Question = {
      protocol: question.protocol,
      model: resolution.model,
      channels: usable,
      ruleChannels: resolution.channels,
      limits: { channels: profile?.channels, tags: profile?.tags },
      affinity: place?.channel,
      seed: question.traceId,
    }
    const selection = selectTargets(asked)
    reasons.push(...selection.reasons)
    if (selection.targets.length === 0) {
      const error = noTarget(asked, { ...selection, reasons })
      return { profile: profileName, choices: [], reasons, error }
    }
    const { seats, reasons: rests } = seatTargets({
      targets: selection.targets,
      health,
      now: now(),
      keysOf: (name) => keysOf(channels, name),
      turnOf: (name) => turns.get(name) ?? 1,
      place,
    })
    return { profile: profileName, choices: seats, reasons: [...reasons, ...rests] }
  }

  /** A conversation without a place begins with the key that is next; the one after it begins with the one after that. */
  const takeTurn = (seat: SeatedTarget | undefined, traceId: string) => {
    if (seat?.key === undefined) return
    const isPlaced = table().config.routing.affinity && placeOf(affinity, traceId)?.channel === seat.channel
    if (!isPlaced) turns.set(seat.channel, (seat.key % keysOf(table().channels, seat.channel)) + 1)
  }

  const targetOf = (choice: SeatedTarget, caller: Caller): Target => {
    const channel = table().channels.find(({ name }) => name === choice.channel)
    const endpoint = channel?.endpoints.find(({ protocol }) => protocol === choice.protocol)
    if (channel === undefined || endpoint === undefined) {
      throw new HubError('internal', `The channel ${choice.channel} vanished while it was chosen.`)
    }
    return readyTarget(choice, channel, endpoint, caller, secrets)
  }

  return {
    decide,
    route(question) {
      const decision = decide(question)
      if (decision.error !== undefined) throw decision.error
      takeTurn(decision.choices[0], question.traceId)
      return {
        profile: decision.profile,
        reasons: decision.reasons,
        targets: decision.choices.map((choice) => targetOf(choice, question.caller)),
      }
    },
    served(trace, place) {
      const next = afterServed(affinity, { trace, place })
      if (next !== affinity) deps.remember?.({ trace, place })
      affinity = next
    },
    report(event) {
      health = nextHealth(health, event, now(), healthSettings())
    },
    health: () => health,
  }
}

function readyTarget(
  choice: SeatedTarget,
  channel: Channel,
  endpoint: Endpoint,
  caller: Caller,
  secrets: CredentialSource,
): Target {
  const { protocol, baseUrl } = endpoint
  return {
    channel: channel.name,
    ...(choice.key === undefined ? {} : { key: choice.key }),
    protocol,
    mode: choice.mode,
    model: choice.model,
    probe: choice.probe,
    baseUrl,
    dialect: dialectOf(channel, protocol, choice.model),
    footprint: footprintOf({ channel: channel.name, protocol, baseUrl }),
    headers: channel.headers,
    ownLogin: channel.credential.type === 'client',
    credential: () => credentialHeaders(channel, endpoint, caller, secrets, choice.key),
  }
}
