// How a vendor departs from the protocol it speaks: data over a codec, never an `if (vendor)` in shared code.

import type { JsonValue } from '../base/json.js'
import type { Effort } from './ir/request.js'

/** What a vendor can read of a JSON Schema. */
export type SchemaLimits = {
  /** Keywords it refuses. `$ref` and `$defs` are written out in place, `oneOf` becomes `anyOf`, `allOf` is merged. */
  readonly drop?: readonly string[]
  /** `const` is told as an `enum` of one value. */
  readonly enums?: boolean
  /** How deep schemas may be nested; deeper ones keep their type only. */
  readonly depth?: number
}

export type Dialect = {
  /** openai-chat: the field for the output limit. Default: `max_tokens`; api.openai.com wants `max_completion_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** May a `developer` role be sent? openai-chat: default false, sent as `system`; openai-responses: default true. */
  readonly developerRole?: boolean
  /** Are custom (grammar) tools, namespaces and tool_search understood? Default false, also for openai-responses: flattened to functions. */
  readonly customTools?: boolean
  /** gemini: are tools described by JSON Schema (`parametersJsonSchema`)? Default true; false: in Gemini's own subset (`parameters`). */
  readonly jsonSchemaTools?: boolean
  /** May tools carry `strict`? Default true. */
  readonly strictTools?: boolean
  /** openai-chat: send `stream_options: {include_usage: true}`. Default true. */
  readonly streamOptions?: boolean
  /** Does the endpoint answer by streams only? Then the hub collects one for an agent that wants a whole answer. Default false. */
  readonly streamOnly?: boolean
  /** openai-chat: is `reasoning_content` of earlier assistant turns sent back? Default 'tool-loop': yes when the turn has tool calls. */
  readonly replayReasoning?: 'always' | 'tool-loop' | 'never'
  /** openai-chat: the field in which reasoning text is sent back. Default `reasoning_content`; Groq and OpenRouter call it `reasoning`. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning'
  /** openai-chat: may an answer open with `<think>…</think>`? Default true: split off as reasoning. */
  readonly thinkTags?: boolean
  /** openai-chat: are `cache_control` marks on parts and tools understood (OpenRouter's anthropic models)? Default false: left out. */
  readonly cacheControl?: boolean
  /** openai-chat: can the model search the web when `web_search_options` is set? Default false: the tool is dropped, with a Note. */
  readonly webSearchOptions?: boolean
  /** Can the model see images? Default true; false: each is told as a placeholder. */
  readonly images?: boolean
  /** Does the provider run tools of its own for the agent (web search)? Default true; false: they are dropped, with a Note. */
  readonly serverTools?: boolean
  /** openai-chat: call ids of exactly so many letters and digits (Mistral: 9). Default: any id of up to 40 characters. */
  readonly callIdLength?: number
  /** openai-chat, gemini: must the first call of a message have a `thought_signature` (Gemini 3)? One is put in where there is none. Default false. */
  readonly thoughtSignatures?: boolean
  /**
   * How reasoning is switched on. Default `effort` (`reasoning_effort` / `reasoning.effort`); `none`: nothing is sent. The
   * others are of openai-chat: `thinking` (`thinking.type`, and `reasoning_effort` where `efforts` are known),
   * `enable-thinking` (a boolean of that name, with `thinking_budget`), `reasoning` (an object with `effort` where
   * `efforts` are known, else `enabled`), `chat-template` (`chat_template_kwargs`).
   */
  readonly reasoning?: 'effort' | 'thinking' | 'enable-thinking' | 'reasoning' | 'chat-template' | 'none'
  /** Effort levels the vendor knows; others are clamped to the nearest. Without `none` among them the model always thinks. */
  readonly efforts?: readonly Effort[]
  /** System-role messages after the first turn (openai-chat, anthropic-messages). Default true; false: folded into user turns as <system-reminder>. */
  readonly systemMessages?: boolean
  /** openai-chat: an assistant message stands between a tool's and a user's, and a last one of the assistant is a `prefix` (Mistral). Default false. */
  readonly strictTurns?: boolean
  /** openai-chat: do tool messages carry the `name` of the tool? Default false. */
  readonly toolMessageNames?: boolean
  /**
   * Which thinking form. anthropic-messages: default `adaptive` (4.6 and newer), `budget` for older models; gemini: default a
   * level (3 and newer), `budget` for older models.
   */
  readonly thinking?: 'adaptive' | 'budget' | 'none'
  /**
   * Which choices of tools are taken. Default: all. `any`: `required` is called so, and a named tool is forced by
   * offering it alone; `auto`: none can be forced; `auto-when-thinking`: none can be forced while the model thinks.
   */
  readonly toolChoice?: 'any' | 'auto' | 'auto-when-thinking'
  /** Can an answer be held to a JSON Schema? Default true; false: the schema is told in words, and JSON is asked for. */
  readonly jsonSchema?: boolean
  /** What of a JSON Schema can be read. Default: all. */
  readonly schemaLimits?: SchemaLimits
  /** Largest output limit the model takes; larger ones are clamped, with a Note. */
  readonly maxOutputTokens?: number
  /** Fields never to be sent: a name at the top level, or a path that passes through lists (`messages.name`). */
  readonly forbid?: readonly string[]
  /** Limits of numbers at the top level. */
  readonly clamp?: Readonly<Record<string, { readonly min?: number; readonly max?: number }>>
  /** Fields at the top level that have another name: ours → the vendor's. */
  readonly rename?: Readonly<Record<string, string>>
  /** Fields of the vendor to send where the request has none; `a.b` only where there is an `a`. */
  readonly defaults?: Readonly<Record<string, JsonValue>>
}

export const PLAIN: Dialect = {}
