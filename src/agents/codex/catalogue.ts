// The model list that Codex asks of its provider (`GET /v1/models?client_version=…`). Pure.
// Codex lays the answer over the list that it brings along: an entry that is missing keeps Codex's own prompt and
// tools, so a model that OpenAI itself serves over Responses is left out; every other gets an entry with the
// plain tools that any model can use (0.169.0, measured).
import type { JsonObject, JsonValue } from '../../base/json.js'
import { compact } from '../../base/json.js'
import { KNOWN_MODELS } from './known-models.js'

type CatalogueModel = {
  readonly slug: string
  readonly displayName?: string
  readonly description?: string
  /** Tokens; default that of a known model, else 128000. */
  readonly contextWindow?: number
  /** Efforts in rising order; an empty list: the model has no reasoning that can be set. */
  readonly efforts?: readonly string[]
  readonly defaultEffort?: string
  /** Whether it takes images; default yes. */
  readonly images?: boolean
  /** Default yes. */
  readonly parallelToolCalls?: boolean
  /** Served by OpenAI over Responses with the bytes untouched: Codex's own entry is the right one. */
  readonly isGenuine?: boolean
}

export type CatalogueInput = {
  readonly models: readonly CatalogueModel[]
  /** The text of templates/catalogue/codex-instructions.md. */
  readonly instructions: string
}

const DEFAULT_CONTEXT_WINDOW = 128_000
const EFFORT_WORDS: Readonly<Record<string, string>> = {
  none: 'No reasoning',
  minimal: 'Almost no reasoning',
  low: 'Quick answers with little reasoning',
  medium: 'A balance of speed and depth',
  high: 'Deep reasoning for hard tasks',
  xhigh: 'Very deep reasoning for very hard tasks',
  max: 'The deepest reasoning that the model has',
}

/** The answer in Codex's own shape; an OpenAI-style `data` list may stand beside `models`. */
export function catalogue({ models, instructions }: CatalogueInput): { readonly models: JsonObject[] } {
  return {
    models: models
      .filter((model) => model.isGenuine !== true)
      .map((model, index) => modelInfo(model, index, instructions)),
  }
}

function modelInfo(model: CatalogueModel, index: number, instructions: string): JsonObject {
  const known = KNOWN_MODELS[model.slug]
  const efforts = model.efforts ?? known?.efforts ?? []
  const wanted = model.defaultEffort ?? known?.defaultEffort ?? 'medium'
  const window = model.contextWindow ?? known?.contextWindow ?? DEFAULT_CONTEXT_WINDOW
  const maximum = model.contextWindow ?? known?.maxContextWindow ?? window
  return compact({
    slug: model.slug,
    display_name: model.displayName ?? known?.displayName ?? model.slug,
    description: model.description,
    default_reasoning_level: efforts.includes(wanted) ? wanted : efforts[0],
    supported_reasoning_levels: efforts.map(level),
    shell_type: 'unified_exec',
    visibility: 'list',
    supported_in_api: true,
    // Lower comes first, and the first is Codex's default: its own list (1 to 43) stays in front.
    priority: 100 + index,
    upgrade: null,
    base_instructions: instructions,
    supports_reasoning_summaries: efforts.length > 0,
    default_reasoning_summary: efforts.length > 0 ? 'auto' : 'none',
    support_verbosity: false,
    apply_patch_tool_type: 'freeform',
    web_search_tool_type: 'text',
    truncation_policy: { mode: 'tokens', limit: 10_000 },
    supports_parallel_tool_calls: model.parallelToolCalls ?? true,
    context_window: window,
    max_context_window: maximum,
    effective_context_window_percent: 95,
    experimental_supported_tools: [],
    input_modalities: model.images === false ? ['text'] : ['text', 'image'],
    supports_search_tool: false,
    use_responses_lite: false,
  })
}

function level(effort: string): JsonValue {
  return { effort, description: EFFORT_WORDS[effort] ?? effort }
}
