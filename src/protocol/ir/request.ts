// A request as an ordered list of turns made of parts. No protocol's quirks, every protocol's content.

import type { JsonObject } from '../../base/json.js'
import type { SearchPlace } from '../tools/search-place.js'
import type { CacheMark, Carry, IrPart } from './part.js'

/**
 * `tool` turns hold only tool-result parts. system and developer turns may stand anywhere, also last:
 * Claude Code sends `role: "system"` in the middle (docs/clients.md). Order is meaning: never sort.
 */
export type IrTurn = {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  readonly parts: readonly IrPart[]
  readonly carry?: Carry
}

export type IrTool = FunctionTool | CustomTool | SearchTool | ServerTool

export type FunctionTool = {
  readonly type: 'function'
  readonly name: string
  readonly namespace?: string
  readonly namespaceDescription?: string
  readonly description?: string
  /** JSON Schema of the arguments, as the agent sent it. */
  readonly schema: JsonObject
  readonly strict?: boolean
  readonly cache?: CacheMark
  readonly carry?: Carry
}

/** Free-text input, optionally held to a grammar. */
export type CustomTool = {
  readonly type: 'custom'
  readonly name: string
  readonly namespace?: string
  readonly namespaceDescription?: string
  readonly description?: string
  readonly grammar?: { readonly syntax: string; readonly definition: string }
  readonly carry?: Carry
}

/** Codex `tool_search`, executed by the client. */
export type SearchTool = {
  readonly type: 'search'
  readonly name: 'tool_search'
  readonly description?: string
  readonly schema: JsonObject
  readonly carry?: Carry
}

/** A tool that the provider runs itself. */
export type ServerTool = {
  readonly type: 'server'
  readonly name: 'web_search' | 'other'
  /** Uses allowed, domains and place, as far as protocols share them. */
  readonly search?: {
    readonly maxUses?: number
    readonly allowedDomains?: readonly string[]
    readonly blockedDomains?: readonly string[]
    readonly place?: SearchPlace
  }
  /** The wire object, whole; only its own protocol can use it when `name` is `other`. */
  readonly carry: Carry
}

/** `among`: only these of the tools may be called; Gemini alone can say it, and carries it as it was besides. */
export type IrToolChoice =
  | { readonly type: 'auto'; readonly among?: readonly string[] }
  | { readonly type: 'none' }
  | { readonly type: 'required'; readonly among?: readonly string[] }
  | { readonly type: 'tool'; readonly name: string; readonly namespace?: string }

export type IrSampling = {
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
}

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export type IrReasoning = {
  /** off: thinking disabled · adaptive: the model decides (Anthropic adaptive, OpenAI default) · on: a budget or effort is set. */
  readonly mode: 'off' | 'adaptive' | 'on'
  readonly effort?: Effort
  /** Tokens the model may think (Anthropic budget_tokens). */
  readonly budgetTokens?: number
  /** Responses `summary`: auto, concise, detailed. */
  readonly summary?: string
  /** The asker wants none of the words (Gemini without `includeThoughts`). */
  readonly hidden?: true
}

export type IrFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly name: string
      readonly schema: JsonObject
      readonly strict?: boolean
      readonly description?: string
    }

export type IrRequest = {
  readonly model: string
  readonly stream: boolean
  readonly turns: readonly IrTurn[]
  readonly tools: readonly IrTool[]
  readonly toolChoice?: IrToolChoice
  readonly parallelToolCalls?: boolean
  readonly sampling: IrSampling
  readonly reasoning?: IrReasoning
  readonly format?: IrFormat
  /** OpenAI `verbosity`. */
  readonly verbosity?: string
  /** OpenAI prompt_cache_key: a stable name for the conversation. */
  readonly cacheKey?: string
  readonly serviceTier?: string
  /** Chat Completions: the asker wants a usage chunk at the end of the stream. */
  readonly streamUsage?: boolean
  /** Top-level fields that the IR has no place for; restored by the same protocol, noted by others. */
  readonly carry?: Carry
}
