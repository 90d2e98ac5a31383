// How a vendor departs from the protocol it speaks: data over a codec, never an `if (vendor)` in shared code.

import type { Effort } from './ir/request.js'

export type Dialect = {
  /** openai-chat: the field for the output limit. Default: `max_tokens`; api.openai.com wants `max_completion_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** openai-chat: may a `developer` role be sent? Default false: sent as `system`. */
  readonly developerRole?: boolean
  /** Are custom (grammar) tools, namespaces and tool_search understood? Default false, also for openai-responses: flattened to functions. */
  readonly customTools?: boolean
  /** May tools carry `strict`? Default true. */
  readonly strictTools?: boolean
  /** openai-chat: send `stream_options: {include_usage: true}`. Default true. */
  readonly streamOptions?: boolean
  /** openai-chat: is `reasoning_content` of earlier assistant turns sent back? Default 'tool-loop': yes when the turn has tool calls. */
  readonly replayReasoning?: 'always' | 'tool-loop' | 'never'
  /** openai-chat: the field in which reasoning text is sent back. Default `reasoning_content`; Groq and OpenRouter call it `reasoning`. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning'
  /** openai-chat: are `cache_control` marks on parts and tools understood (OpenRouter's anthropic models)? Default false: left out. */
  readonly cacheControl?: boolean
  /** openai-chat: can the model search the web when `web_search_options` is set? Default false: the tool is dropped, with a Note. */
  readonly webSearchOptions?: boolean
  /** openai-chat: call ids of exactly so many letters and digits (Mistral: 9). Default: any id of up to 40 characters. */
  readonly callIdLength?: number
  /** openai-chat: must the first call of a message have a `thought_signature` (Gemini 3)? One is put in where there is none. Default false. */
  readonly thoughtSignatures?: boolean
  /** How reasoning is switched on. Default `effort` (`reasoning_effort` / `reasoning.effort`); `none`: nothing is sent. */
  readonly reasoning?: 'effort' | 'none'
  /** Effort levels the vendor knows; others are clamped to the nearest. */
  readonly efforts?: readonly Effort[]
  /** anthropic-messages: system-role messages inside `messages`. Default true; false: folded into user turns as <system-reminder>. */
  readonly systemMessages?: boolean
  /** anthropic-messages: which thinking form. Default `adaptive` (4.6 and newer); `budget` for older models. */
  readonly thinking?: 'adaptive' | 'budget' | 'none'
  /** Largest output limit the model takes; larger ones are clamped, with a Note. */
  readonly maxOutputTokens?: number
  /** Field names never to be sent (top level). */
  readonly forbid?: readonly string[]
}

export const PLAIN: Dialect = {}
