// GET /v1/models in the shape that the asker reads: OpenAI's list, Codex's catalogue beside it, or Anthropic's list.
// What is listed are the names an agent may ask for here: the channels' own models and the profile's exact names.

import type { Channel } from '../config/channels.js'
import { resolveModel } from '../routing/rules.js'
import { serves } from '../routing/select.js'
import { profileOf, type RoutingTable } from './router.js'

/** A name an agent may ask for, and what is known of the model that answers it. Sizes in tokens. */
export type OfferedModel = {
  readonly id: string
  readonly answeredBy: string
  readonly channel: string | undefined
  readonly contextWindow: number | undefined
  readonly maxOutputTokens: number | undefined
}

function describe(id: string, target: string, channels: readonly Channel[]): OfferedModel {
  const channel = channels.find((one) => one.enabled && serves(one, target))
  const known = channels.flatMap((one) => one.catalogue).find((model) => model.id === target)
  return {
    id,
    answeredBy: target,
    channel: channel?.name,
    contextWindow: known?.context,
    maxOutputTokens: known?.max_output,
  }
}

/** `wellKnown` are names that agents ask for by themselves; they are offered when something here answers them. */
export function offeredModels(
  table: RoutingTable,
  keyName: string,
  wellKnown: readonly string[],
): OfferedModel[] {
  const { config, channels, mappings } = table
  const profileName = profileOf(config, keyName)
  const compiled = profileName === undefined ? undefined : mappings.get(profileName)
  const own = channels
    .filter((channel) => channel.enabled)
    .flatMap((channel) => [
      ...channel.catalogue.map((model) => model.id).filter((id) => serves(channel, id)),
      ...(channel.models ?? []).filter((id) => !/[*?[\]]/.test(id)),
    ])
  const exact = compiled === undefined ? [] : [...compiled.exact.keys()].filter((name) => name !== '*')
  const offered: OfferedModel[] = []
  for (const id of new Set([...exact, ...own, ...wellKnown])) {
    const target = compiled === undefined ? id : resolveModel(compiled, id).model
    const model = describe(id, target, channels)
    if (model.channel !== undefined) offered.push(model)
  }
  return offered
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
