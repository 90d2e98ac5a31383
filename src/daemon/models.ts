// GET /v1/models in the shape that the asker reads: OpenAI's list, Codex's catalogue beside it, Anthropic's or Gemini's list.
// What is listed are the names an agent may ask for here: the channels' own models and the names in the profile.

import type { AgentName } from '../base/agent-name.js'
import { patternKind } from '../base/name-pattern.js'
import type { ProtocolId } from '../protocol/ids.js'
import { serves } from '../routing/select.js'
import type { Listed } from './listed-models.js'
import { reachOf, roomOf } from './reach.js'
import { type RoutingTable, rulesOf } from './routing-table.js'

/** A name an agent may ask for, and what is known of the model that answers it. Sizes in tokens. */
export type OfferedModel = {
  readonly id: string
  readonly answeredBy: string
  readonly channel: string | undefined
  /** Of the smallest model that a conversation can come to. */
  readonly contextWindow: number | undefined
  readonly maxOutputTokens: number | undefined
  /** No condition leads it anywhere else. */
  readonly isFixed: boolean
}

/** The protocol that each agent speaks. */
export const PROTOCOL_OF = {
  codex: 'openai-responses',
  'claude-code': 'anthropic-messages',
  opencode: 'openai-chat',
  'gemini-cli': 'gemini',
  other: 'openai-chat',
} as const satisfies Record<AgentName, ProtocolId>

/** Whose list it is: the conditions of a profile may ask for the agent. */
export type Asker = { readonly keyName: string; readonly agent: AgentName }

/**
 * `wellKnown` are names that agents ask for by themselves; they are offered when something here answers them. `listed`: what the
 * providers of channels list whose models nobody named.
 */
export function offeredModels(
  table: RoutingTable,
  { keyName, agent }: Asker,
  wellKnown: readonly string[],
  listed: Listed = new Map(),
): OfferedModel[] {
  const { channels } = table
  const rules = rulesOf(table, keyName)
  const own = channels
    .filter((channel) => channel.enabled)
    .flatMap((channel) => [
      ...channel.catalogue.map((model) => model.id).filter((id) => serves(channel, id)),
      ...(channel.models ?? []).filter((id) => !/[*?[\]]/.test(id)),
      ...(listed.get(channel.name) ?? []),
    ])
  const exact = [...rules.mappings.exact.keys()].filter((name) => patternKind(name) === 'exact')
  // What rules lead to may be asked for by its own name as well.
  const targets = [...rules.mappings.exact.values()]
    .flatMap((same) => same.map(({ mapping }) => mapping.to))
    .filter((name) => !name.includes('$'))
  const offered: OfferedModel[] = []
  for (const id of new Set([...exact, ...targets, ...own, ...wellKnown])) {
    const reaches = reachOf({ model: id, agent, protocol: PROTOCOL_OF[agent], rules, channels })
    const usual = reaches.at(-1)
    if (usual?.target === undefined) continue
    offered.push({
      id,
      answeredBy: usual.target.model,
      channel: usual.target.channel,
      contextWindow: roomOf(reaches),
      maxOutputTokens: usual.maxOutputTokens,
      isFixed: reaches.length === 1,
    })
  }
  return offered
}

/** One model of Gemini's list. Sizes are told where they are known. */
export function geminiModel({ id, contextWindow, maxOutputTokens }: OfferedModel): object {
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id,
    ...(contextWindow === undefined ? {} : { inputTokenLimit: contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { outputTokenLimit: maxOutputTokens }),
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }
}

/** OpenAI's list. `created` is unknown to the hub, so the same for all. */
export function openAiList(models: readonly OfferedModel[]): { object: 'list'; data: object[] } {
  return {
    object: 'list',
    data: models.map((model) => ({
      id: model.id,
      object: 'model',
      created: 0,
      owned_by: model.channel ?? 'axonhub',
    })),
  }
}
