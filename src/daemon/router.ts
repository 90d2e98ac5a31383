// From a question to ordered targets: the profile's rules, the channels that may serve, and the credential of each.
// The deciding is routing's (pure); here it meets the configuration in force and the caller.

import { aliasToModel } from '../agents/claude-code/models.js'
import { HubError } from '../base/errors.js'
import { type Channel, dialectOf, type Endpoint } from '../config/channels.js'
import type { Config } from '../config/schema.js'
import { footprintOf } from '../protocol/footprint.js'
import { type Affinity, channelOf, emptyAffinity, nextAffinity } from '../routing/affinity.js'
import {
  availability,
  HEALTHY,
  type Health,
  type HealthEvent,
  type HealthSettings,
  nextHealth,
} from '../routing/health.js'
import { noTarget } from '../routing/no-target.js'
import { type CompiledMappings, compileMappings, resolveModel } from '../routing/rules.js'
import { type Target as Choice, type Question, selectTargets } from '../routing/select.js'
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

/** A choice; `probe`: its pause is over, and this request finds out whether it works again. */
export type HealthyChoice = Choice & { readonly probe: boolean }

export type Decision = {
  readonly profile: string | undefined
  readonly choices: readonly HealthyChoice[]
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
  served(traceId: string, channel: string): void
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
}

/** Holds which channel each conversation is on, and how the channels are. */
export function createRouter({ table, secrets, now }: RouterDeps): Router {
  let affinity: Affinity = emptyAffinity()
  let health: Health = HEALTHY

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
      const obstacle = channel.enabled ? loginObstacle(channel, question.caller, question.agent) : undefined
      if (obstacle !== undefined) reasons.push(`channel ${channel.name}: skipped, ${obstacle}`)
      return obstacle === undefined
    })
    const asked: Question = {
      protocol: question.protocol,
      model: resolution.model,
      channels: usable,
      ruleChannels: resolution.channels,
      limits: { channels: profile?.channels, tags: profile?.tags },
      affinity: config.routing.affinity ? channelOf(affinity, question.traceId) : undefined,
      seed: question.traceId,
    }
    const selection = selectTargets(asked)
    reasons.push(...selection.reasons)
    if (selection.targets.length === 0) {
      const error = noTarget(asked, { ...selection, reasons })
      return { profile: profileName, choices: [], reasons, error }
    }
    const { choices, reasons: rests } = byHealth(selection.targets, health, now())
    return { profile: profileName, choices, reasons: [...reasons, ...rests] }
  }

  const targetOf = (choice: HealthyChoice, caller: Caller): Target => {
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
      return {
        profile: decision.profile,
        reasons: decision.reasons,
        targets: decision.choices.map((choice) => targetOf(choice, question.caller)),
      }
    },
    served(traceId, channel) {
      affinity = nextAffinity(affinity, { type: 'served', trace: traceId, channel })
    },
    report(event) {
      health = nextHealth(health, event, now(), healthSettings())
    },
    health: () => health,
  }
}

type Resting = { readonly target: Choice; readonly until: number; readonly reason: string }

/**
 * Channels that rest come last, the one that is free soonest first: they are asked only when no other can answer, so a
 * wrong hint or a breaker never makes a request fail that its channel could have served.
 */
function byHealth(targets: readonly Choice[], health: Health, now: number) {
  const choices: HealthyChoice[] = []
  const resting: Resting[] = []
  for (const target of targets) {
    const state = availability(health, target.channel, target.model, now)
    if (state.type === 'paused') resting.push({ target, until: state.until, reason: state.reason })
    else choices.push({ ...target, probe: state.type === 'probe' })
  }
  const last = resting.toSorted((a, b) => a.until - b.until)
  return {
    choices: [...choices, ...last.map(({ target }) => ({ ...target, probe: false }))],
    reasons: last.map(
      ({ target, until, reason }) =>
        `channel ${target.channel}: rests until ${new Date(until).toISOString()} and comes last, ${reason}`,
    ),
  }
}

function readyTarget(
  choice: HealthyChoice,
  channel: Channel,
  endpoint: Endpoint,
  caller: Caller,
  secrets: CredentialSource,
): Target {
  const { protocol, baseUrl } = endpoint
  return {
    channel: channel.name,
    protocol,
    mode: choice.mode,
    model: choice.model,
    probe: choice.probe,
    baseUrl,
    dialect: dialectOf(channel, protocol, choice.model),
    footprint: footprintOf({ channel: channel.name, protocol, baseUrl }),
    headers: channel.headers,
    ownLogin: channel.credential.type === 'client',
    credential: () => credentialHeaders(channel, endpoint, caller, secrets),
  }
}
