// The model list for Claude Code's discovery. It shows only ids that begin with `claude` or `anthropic`, so
// every other model is published under an alias. Pure.
import type { JsonObject } from '../../base/json.js'

const ALIAS_PREFIX = 'anthropic/'

export type DiscoverableModel = {
  readonly id: string
  readonly displayName?: string
  /** ISO time. */
  readonly createdAt?: string
}

/** The list as the Anthropic API gives it. */
export function discoveryModels(models: readonly DiscoverableModel[]): JsonObject {
  const data = models.map(
    (model): JsonObject => ({
      type: 'model',
      id: aliasOf(model.id),
      display_name: model.displayName ?? model.id,
      created_at: model.createdAt ?? '1970-01-01T00:00:00Z',
    }),
  )
  return {
    data,
    has_more: false,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
  }
}

function aliasOf(model: string): string {
  return /^(claude|anthropic)/i.test(model) ? model : ALIAS_PREFIX + model
}

/** The model that an id means: itself where it is known (or no alias), else what stands behind the alias. */
export function aliasToModel(id: string, isKnown: (model: string) => boolean): string {
  if (isKnown(id) || !id.startsWith(ALIAS_PREFIX)) return id
  return id.slice(ALIAS_PREFIX.length)
}
