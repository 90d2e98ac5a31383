// The pieces a conversation is made of. A part may carry the exact wire object it came from: the encoder
// of the same protocol restores it verbatim, a foreign encoder drops it with a Note.

import type { JsonObject } from '../../base/json.js'
import type { ProtocolId } from '../ids.js'

/** Fields of the origin's wire object that the IR has no place for (never the ones it has). */
export type Carry = { readonly protocol: ProtocolId; readonly fields: JsonObject }

/** A mark that the prompt up to and including this part should be cached. */
export type CacheMark = { readonly ttl: '5m' | '1h' }

export type TextPart = {
  readonly type: 'text'
  readonly text: string
  /** The model declined; `text` is its explanation. */
  readonly refusal?: true
  readonly cache?: CacheMark
  readonly carry?: Carry
}

/**
 * Proof of reasoning that only its maker can read: Anthropic `signature` or redacted `data`, Responses
 * `encrypted_content`, Gemini `thoughtSignature`. `footprint` names the channel that made it; '' means "came unsealed from an agent's
 * history, so made by whatever upstream of `maker`'s protocol the agent talked to".
 */
export type Seal = {
  readonly maker: ProtocolId
  readonly footprint: string
  readonly data: string
  /** The maker hid the text altogether (Anthropic redacted_thinking). */
  readonly redacted?: true
  /** The maker's own id for the item (Responses `rs_…`). */
  readonly id?: string
}

export type ReasoningPart = {
  readonly type: 'reasoning'
  /** The thinking itself, when it is told. */
  readonly text: string
  /** Responses distinguishes summaries (shown) from raw content; summary is what agents display. */
  readonly visibility: 'summary' | 'raw'
  readonly seal?: Seal
  readonly cache?: CacheMark
  readonly carry?: Carry
}

/**
 * function: JSON arguments · custom: free text (Codex apply_patch, exec) · search: Codex tool_search, whose
 * arguments are a JSON object on the wire.
 */
export type ToolKind = 'function' | 'custom' | 'search'

export type ToolCallPart = {
  readonly type: 'tool-call'
  readonly id: string
  readonly kind: ToolKind
  readonly name: string
  /** Codex namespaces: `{namespace: "multi_agent_v1", name: "spawn_agent"}`. */
  readonly namespace?: string
  /** JSON text for function and search (never empty: `{}`), the free text for custom. */
  readonly input: string
  readonly cache?: CacheMark
  readonly carry?: Carry
}

export type MediaPart = {
  readonly type: 'media'
  readonly kind: 'image' | 'document' | 'audio' | 'video'
  readonly source:
    | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
    | { readonly type: 'url'; readonly url: string }
    /** A file id that only the protocol's own provider can resolve. */
    | { readonly type: 'file'; readonly protocol: ProtocolId; readonly id: string }
    /** A document given as plain text (Anthropic `source.type: "text"`). */
    | { readonly type: 'text'; readonly text: string }
  readonly name?: string
  /** What the user says about a document, to be read with it. */
  readonly context?: string
  /** OpenAI `detail`: low, high, auto, original. */
  readonly detail?: string
  readonly cache?: CacheMark
  readonly carry?: Carry
}

export type ToolResultPart = {
  readonly type: 'tool-result'
  readonly callId: string
  readonly kind: ToolKind
  readonly content: readonly (TextPart | MediaPart | OpaquePart)[]
  readonly isError?: true
  readonly cache?: CacheMark
  readonly carry?: Carry
}

/** A block only its own protocol understands (server tool use and results, compaction, item references …). */
export type OpaquePart = {
  readonly type: 'opaque'
  readonly protocol: ProtocolId
  /** The wire object, whole. */
  readonly value: JsonObject
  /** What it says in words, when a foreign protocol can be told that much; no text of the user is ever lost. */
  readonly fallback?: string
  /** A web search of the provider, where the block is the call of one: every protocol but Chat has a form for it. */
  readonly search?: WebSearch
}

/** `results`: the pages found, as far as the call itself tells them. */
export type WebSearch = { readonly id: string; readonly query: string; readonly results: readonly string[] }

export type IrPart = TextPart | ReasoningPart | ToolCallPart | ToolResultPart | MediaPart | OpaquePart
