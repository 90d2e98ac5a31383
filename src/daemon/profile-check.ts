// What a profile means for the agents before they ask: each name that they ask for by themselves is led through the rules,
// and a small request of their kind through the conversion that it would meet. Pure but for the configuration it is given.

import { contextLimits, contextVariables } from '../agents/claude-code/context.js'
import { KNOWN_MODELS as CLAUDE_MODELS } from '../agents/claude-code/known-models.js'
import { sampleRequests as claudeRequests } from '../agents/claude-code/sample-requests.js'
import { KNOWN_MODELS as CODEX_MODELS } from '../agents/codex/known-models.js'
import { sampleRequests as codexRequests } from '../agents/codex/sample-requests.js'
import { HubError } from '../base/errors.js'
import type { JsonObject } from '../base/json.js'
import { dialectOf } from '../config/channels.js'
import type {
  AgentCheck,
  ContextCheck,
  ConversionCheck,
  ModelCheck,
  OutcomeCheck,
  ProfileCheck,
  ProfileCheckRequest,
} from '../control/profile-check.js'
import { footprintOf } from '../protocol/footprint.js'
import type { Note } from '../protocol/ir/note.js'
import { codecOf } from '../protocol/registry.js'
import { translateRequest } from '../protocol/translate.js'
import { conditionWords } from '../routing/when.js'
import { PROTOCOL_OF } from './models.js'
import { type Reach, reachOf, roomOf } from './reach.js'
import { type ProfileRules, type RoutingTable, rulesOf } from './routing-table.js'

type Asked = { readonly id: string; readonly use: string; readonly contextWindow: number }

type Agent = {
  readonly name: 'codex' | 'claude-code'
  readonly models: readonly Asked[]
  readonly requests: (model: string) => readonly JsonObject[]
  readonly context: (models: readonly ModelCheck[]) => ContextCheck
}

/** Codex brings them along and does not list them; their windows are not told. */
const HIDDEN_CODEX_MODELS = ['codex-auto-review', 'gpt-daybreak-blue-latest', 'gpt-daybreak-red-latest'].map(
  (id) => ({ id, use: 'not in its list', contextWindow: 272_000 }),
)

const CODEX: Agent = {
  name: 'codex',
  models: [
    ...Object.entries(CODEX_MODELS).map(([id, { displayName, contextWindow }]) => ({
      id,
      use: displayName,
      contextWindow,
    })),
    ...HIDDEN_CODEX_MODELS,
  ],
  requests: codexRequests,
  context: codexContext,
}

const CLAUDE: Agent = {
  name: 'claude-code',
  models: CLAUDE_MODELS,
  requests: claudeRequests,
  context: claudeContext,
}

/** Throws HubError `not-found` for a profile that is not there, `profile-missing` when the configuration names it. */
export function checkProfile(table: RoutingTable, request: ProfileCheckRequest): ProfileCheck {
  const rules = chosenRules(table, request)
  return {
    profile: rules.name ?? null,
    agents: { codex: checkAgent(CODEX, rules, table), claude: checkAgent(CLAUDE, rules, table) },
  }
}

function chosenRules(table: RoutingTable, { profile, key }: ProfileCheckRequest): ProfileRules {
  if (profile === undefined) return rulesOf(table, key ?? '')
  const rules = table.profiles.get(profile)
  if (rules !== undefined) return rules
  throw new HubError('not-found', `There is no profile "${profile}".`, {
    hint: 'See "axonhub profile list".',
  })
}

function checkAgent(agent: Agent, rules: ProfileRules, { channels }: RoutingTable): AgentCheck {
  const protocol = PROTOCOL_OF[agent.name]
  const reached = agent.models.map((asked) => ({
    asked,
    reaches: reachOf({ model: asked.id, agent: agent.name, protocol, rules, channels }),
  }))
  const models = reached.map(
    ({ asked, reaches }): ModelCheck => ({
      model: asked.id,
      use: asked.use,
      outcomes: reaches.map(outcomeOf),
      assumedWindow: asked.contextWindow,
      room: roomOf(reaches) ?? null,
    }),
  )
  return {
    models,
    conversions: conversionsOf(
      agent,
      reached.flatMap(({ reaches }) => reaches),
    ),
    context: agent.context(models),
  }
}

function outcomeOf({ when, resolution, target, contextWindow, reasons }: Reach): OutcomeCheck {
  return {
    when: when === undefined ? null : conditionWords(when),
    mapping: resolution.rule === undefined ? null : resolution.rule.index + 1,
    answeredBy:
      target === undefined
        ? null
        : {
            model: target.model,
            channel: target.channel,
            protocol: target.protocol,
            mode: target.mode,
            contextWindow: contextWindow ?? null,
          },
    problem: target === undefined ? reasons.join('; ') || 'there is no channel' : null,
  }
}

/** One for each channel and each set of notes: models of one channel may differ in what they take. */
function conversionsOf(agent: Agent, reaches: readonly Reach[]): ConversionCheck[] {
  const found = new Map<string, ConversionCheck & { readonly models: string[] }>()
  for (const { target, channel } of reaches) {
    if (target === undefined || channel === undefined || target.mode === 'relay') continue
    const notes = lossesOf(agent, channel, target)
    const way = JSON.stringify([target.channel, target.protocol, notes])
    const known = found.get(way)
    if (known === undefined)
      found.set(way, {
        channel: target.channel,
        protocol: target.protocol,
        models: [target.model],
        notes,
      })
    else if (!known.models.includes(target.model)) known.models.push(target.model)
  }
  return [...found.values()]
}

function lossesOf(
  agent: Agent,
  channel: NonNullable<Reach['channel']>,
  target: NonNullable<Reach['target']>,
): ConversionCheck['notes'] {
  const { protocol, model } = target
  const baseUrl = channel.endpoints.find((endpoint) => endpoint.protocol === protocol)?.baseUrl ?? ''
  const notes = agent.requests(model).flatMap(
    (body) =>
      translateRequest({
        from: codecOf(PROTOCOL_OF[agent.name]),
        to: codecOf(protocol),
        body,
        model,
        dialect: dialectOf(channel, protocol, model),
        footprint: footprintOf({ channel: channel.name, protocol, baseUrl }),
      }).notes,
  )
  return withoutRepeats(notes)
}

function withoutRepeats(notes: readonly Note[]): ConversionCheck['notes'] {
  const told = notes.map(({ kind, path, reason }) => ({
    kind,
    field: path.replace(/\[\d+\]/g, '[]'),
    reason,
  }))
  return [...new Map(told.map((note) => [JSON.stringify(note), note])).values()]
}

function tooSmall(models: readonly ModelCheck[]): { names: string[]; room: number | null } {
  const small = models.filter(({ room, assumedWindow }) => room !== null && room < assumedWindow)
  const rooms = small.flatMap(({ room }) => room ?? [])
  return { names: small.map(({ model }) => model), room: rooms.length === 0 ? null : Math.min(...rooms) }
}

function claudeContext(models: readonly ModelCheck[]): ContextCheck {
  const { names, room } = tooSmall(models)
  if (room === null) return { tooSmall: [], room: null, variables: {}, advice: null }
  const advice = 'Claude Code compacts in time with these variables; "axonhub init claude" writes them.'
  const limits = contextLimits(room)
  return {
    tooSmall: names,
    room,
    variables: contextVariables(room),
    advice: limits === undefined ? advice : `${advice} ${limits}`,
  }
}

function codexContext(models: readonly ModelCheck[]): ContextCheck {
  const { names, room } = tooSmall(models)
  if (room === null) return { tooSmall: [], room: null, variables: {}, advice: null }
  return {
    tooSmall: names,
    room,
    variables: {},
    advice:
      'Codex reads the right number from the hub\'s list of models, if it has its key by a command (as "axonhub init codex" sets it up) or keeps its own login.',
  }
}
