// From a question to ordered targets: the profile's rules, the channels that may serve, and the credential of each.
// The deciding is routing's (pure); here it meets the configuration in force and the caller.

import { HubError } from '../base/errors.js'
import { onceForEach } from '../base/once-for-each.js'
import { type Channel, dialectOf, type Endpoint } from '../config/channels.js'
import type { Address } from '../config/endpoints.js'
import type { Dialect } from '../protocol/dialect.js'
import { footprintOf } from '../protocol/footprint.js'
import type { Place, Served } from '../routing/affinity.js'
import { HEALTHY, type Health, type HealthEvent, type HealthSettings, nextHealth } from '../routing/health.js'
import type { SeatedTarget } from '../routing/order.js'
import {
  nextToolLoops,
  noToolLoops,
  rulesFor,
  type ToolLoopEvent,
  type ToolLoops,
} from '../routing/tool-loop.js'
import type { Caller } from './authenticate.js'
import { type CredentialSource, credentialHeaders } from './credentials.js'
import {
  type Decision,
  decideUnder,
  type ExhaustionSource,
  keysOf,
  type RoutingQuestion,
  type RoutingView,
  type ShortcomingSource,
} from './decide.js'
import type { Route } from './exchange-state.js'
import { type ProfileRules, type RoutingTable, rulesOf } from './routing-table.js'
import type { Target } from './target.js'
import { keepWhereabouts } from './whereabouts.js'

export type Router = {
  decide(question: RoutingQuestion): Decision
  /** Throws the decision's error when there is no choice. */
  route(question: RoutingQuestion): Route
  /** As `route`, under rules of the asker's own: nothing of it is remembered, and no conversation is held to it. */
  routeUnder(rules: ProfileRules, question: RoutingQuestion, heading: string): Route
  /** Keeps the conversation where it was answered. */
  served(traceId: string, place: Place): void
  /** Takes note of how a channel did. */
  report(event: HealthEvent): void
  /** Lets running tool loops go on under the profile that is in force now: those of one key, or all. */
  release(key: string | undefined): void
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
  /** Why a channel does not do for some needs, as its test found out. */
  readonly shortcoming?: ShortcomingSource
  /** What is known of used-up plans. */
  readonly quota?: { readonly exhausted: ExhaustionSource; clear(channel: string): void }
  /** Where conversations were when the hub last ran, oldest first. */
  readonly places?: readonly Served[]
  /** Told of each place that is new. */
  readonly remember?: (served: Served) => void
}

function healthSettings({ config }: RoutingTable): HealthSettings {
  const { breaker, cooldown_cap } = config.routing
  return {
    breaker:
      breaker.failures === 0
        ? undefined
        : { failures: breaker.failures, openForMs: breaker.open_for, maxOpenForMs: breaker.max_open_for },
    cooldownCapMs: cooldown_cap,
  }
}

/** Holds which channel each conversation is on, and how the channels are. */
export function createRouter(deps: RouterDeps): Router {
  const { table, secrets, now } = deps
  let health: Health = HEALTHY
  const conversations = keepWhereabouts({
    exhausted: deps.quota?.exhausted,
    places: deps.places ?? [],
    remember: deps.remember,
  })
  let loops: ToolLoops<ProfileRules> = noToolLoops()
  /** By channel: the key that the next new conversation begins with. */
  const turns = new Map<string, number>()

  const viewOf = (place: Place | undefined): RoutingView => ({
    channels: table().channels,
    shortcoming: deps.shortcoming,
    exhausted: deps.quota?.exhausted,
    ownAddress: deps.ownAddress?.(),
    place,
    health,
    now: now(),
    turnOf: (name) => turns.get(name) ?? 1,
  })

  /** A tool loop stays under the rules it began with, as long as somebody can answer it there. */
  const decide = (question: RoutingQuestion): Decision => {
    const current = rulesOf(table(), question.caller.keyName)
    const heading = current.name === undefined ? 'no profile' : `profile ${current.name}`
    const { lane, continues, caller } = question
    const kept = rulesFor(loops, {
      lane,
      key: caller.keyName,
      current,
      exists: (name) => table().profiles.has(name),
      continues: () => continues?.() === true,
    })
    const { routing } = table().config
    const view = viewOf(routing.affinity ? conversations.of(question) : undefined)
    if (kept.reason === undefined) return decideUnder(current, question, view, [heading])
    const under = decideUnder(kept.rules, question, view, [kept.reason])
    if (under.error === undefined) return under
    const after = `${heading}: used after all, nobody answers there`
    return decideUnder(current, question, view, [...under.reasons, after])
  }

  /** A conversation without a place begins with the key that is next; the one after it begins with the one after that. */
  const takeTurn = (seat: SeatedTarget | undefined, traceId: string) => {
    if (seat?.key === undefined) return
    const isPlaced =
      table().config.routing.affinity && conversations.homeOf(traceId)?.channel === seat.channel
    if (!isPlaced) turns.set(seat.channel, (seat.key % keysOf(table().channels, seat.channel)) + 1)
  }

  const settle = (type: 'answered' | 'failed', question: RoutingQuestion, rules: ProfileRules) => {
    const { lane, caller } = question
    if (lane === undefined) return
    const event: ToolLoopEvent<ProfileRules> =
      type === 'failed' ? { type, lane } : { type, lane, key: caller.keyName, rules }
    loops = nextToolLoops(loops, event)
  }

  return {
    decide,
    route(question) {
      const decision = decide(question)
      if (decision.error !== undefined) throw decision.error
      takeTurn(decision.choices[0], question.traceId)
      return {
        profile: decision.rules.name,
        reasons: decision.reasons,
        targets: decision.choices.map((choice) =>
          targetOf(choice, table().channels, question.caller, secrets),
        ),
        settled: (type) => settle(type, question, decision.rules),
      }
    },
    routeUnder(rules, question, heading) {
      const view = { ...viewOf(undefined), turnOf: () => 1 }
      const decision = decideUnder(rules, question, view, [heading])
      if (decision.error !== undefined) throw decision.error
      const { channels } = table()
      const { caller } = question
      return {
        profile: rules.name,
        reasons: decision.reasons,
        targets: decision.choices.map((choice) => targetOf(choice, channels, caller, secrets)),
        settled: () => undefined,
      }
    },
    served(trace, place) {
      // A channel that stands in has its turn used up too.
      const isNew = conversations.served(trace, place)
      if (place.key !== undefined && (turns.get(place.channel) ?? 1) === place.key && isNew)
        turns.set(place.channel, (place.key % keysOf(table().channels, place.channel)) + 1)
    },
    report(event) {
      if (event.type === 'cleared') deps.quota?.clear(event.channel)
      health = nextHealth(health, event, now(), healthSettings(table()))
    },
    release(key) {
      loops = nextToolLoops(loops, { type: 'released', key })
    },
    health: () => health,
  }
}

function targetOf(
  choice: SeatedTarget,
  channels: readonly Channel[],
  caller: Caller,
  secrets: CredentialSource,
): Target {
  const channel = channels.find(({ name }) => name === choice.channel)
  const endpoint = channel?.endpoints.find(({ protocol }) => protocol === choice.protocol)
  if (channel === undefined || endpoint === undefined) {
    throw new HubError('internal', `The channel ${choice.channel} vanished while it was chosen.`)
  }
  return readyTarget(choice, channel, endpoint, caller, secrets)
}

const dialectsOf = onceForEach((_channel: Channel) => new Map<string, Dialect>())
const MOST_DIALECTS = 500

/** Channels live as long as their configuration; agents ask for a few models. */
function dialectFor(channel: Channel, protocol: Endpoint['protocol'], model: string): Dialect {
  const known = dialectsOf(channel)
  const key = `${protocol}\n${model}`
  const dialect = known.get(key) ?? dialectOf(channel, protocol, model)
  if (known.size < MOST_DIALECTS) known.set(key, dialect)
  return dialect
}

const footprints = new WeakMap<Endpoint, string>()

/** Endpoints live as long as their configuration. */
function footprintFor({ name }: Channel, endpoint: Endpoint): string {
  const { protocol, baseUrl } = endpoint
  const known = footprints.get(endpoint) ?? footprintOf({ channel: name, protocol, baseUrl })
  footprints.set(endpoint, known)
  return known
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
    key: choice.key,
    protocol,
    mode: choice.mode,
    model: choice.model,
    probe: choice.probe,
    baseUrl,
    dialect: dialectFor(channel, protocol, choice.model),
    footprint: footprintFor(channel, endpoint),
    headers: channel.headers,
    ownLogin: channel.credential.type === 'client',
    login: channel.credential.type === 'login' ? channel.credential.login : undefined,
    credential: () => credentialHeaders(channel, endpoint, caller, secrets, choice.key),
  }
}
