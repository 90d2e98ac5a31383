// Everything a protocol must be able to say, and nothing else. Codecs are sans-I/O: synchronous, no clock, no
// randomness, no fetch. Every codec has both faces, so every pair of protocols exists and none falls through.

import type { AgentName } from '../base/agent-name.js'
import type { HubError } from '../base/errors.js'
import type { JsonObject, JsonValue } from '../base/json.js'
import type { Dialect } from './dialect.js'
import type { ProtocolId } from './ids.js'
import type { IrEvent } from './ir/event.js'
import type { Note, Noted } from './ir/note.js'
import type { IrRequest } from './ir/request.js'
import type { FinishReason, IrResponse } from './ir/response.js'
import type { IrUsage } from './ir/usage.js'
import type { SseEvent } from './sse/event.js'

/** A synchronous stream machine: what goes in, what comes out, and what is left at the end of the input. */
export type Step<In, Out> = { push(item: In): Out[]; end(): Out[] }

/** Fresh ids with the prefix of the wire, for example newId('msg_'). */
export type NewId = (prefix: string) => string

/** For the face that answers an agent. */
export type EncodeContext = {
  /** The request as the agent made it (original tools, before any flattening). */
  readonly request: IrRequest
  /** The name the agent asked for; the only model name it may ever see. */
  readonly model: string
  readonly newId: NewId
  /** Unix time in seconds, for `created` fields. */
  readonly nowSeconds: number
  /** Who asks, where the protocol's best form of an error differs by client. */
  readonly agent?: AgentName
}

/** For the face that asks an upstream. */
export type DecodeContext = {
  /** The request as it was given to `encodeRequest` (tools flattened when the target needs it). */
  readonly request: IrRequest
  readonly dialect: Dialect
  /** Names the channel, to seal reasoning that only this channel can read again. */
  readonly footprint: string
  readonly newId: NewId
}

/** What is sent to an upstream; the path is below the channel's base URL, for example `/chat/completions`. */
export type WireRequest = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
}

export type WireError = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
}

export type EncodeRequestContext = {
  readonly dialect: Dialect
  /** Seals with another footprint are not sent (and noted). */
  readonly footprint: string
}

type ServerFace = {
  /** Throws HubError `invalid-request` with `detail.param` when a type is wrong; unknown fields are carried. */
  decodeRequest(body: JsonObject): Noted<IrRequest>
  encodeResponse(response: IrResponse, context: EncodeContext): Noted<JsonObject>
  /** Expects events in the order of `ir/grammar`, one part open at a time (see `sequential`). `notes` grows while the stream runs. */
  encodeStream(context: EncodeContext, notes: Note[]): Step<IrEvent, SseEvent>
  /**
   * Before the first byte of a stream, or for an answer without one. Status 200 means that the agent is told best by
   * `encodeStreamError` (Codex, docs/clients.md).
   */
  encodeError(error: HubError, context: ErrorContext): WireError
  /** After the first byte: the events that end a stream with an error (never a clean end). */
  encodeStreamError(error: HubError, context: ErrorContext): SseEvent[]
  /** A data event without content that resets the client's idle watchdog; `[]` where none is possible yet. */
  keepAlive(state: KeepAliveState): SseEvent[]
}

export type ErrorContext = {
  readonly model: string
  readonly requestId: string
  readonly newId: NewId
  readonly nowSeconds: number
  readonly agent?: AgentName
  /** The agent asked for a stream: some errors are best told as a stream (Codex). */
  readonly stream: boolean
  /**
   * The opening event is out already. When absent or false, `encodeStreamError` gives a stream that is complete by
   * itself; for Codex it is sent with status 200.
   */
  readonly started?: boolean
}

export type KeepAliveState = {
  readonly agent?: AgentName
  /** The opening event (message_start, response.created, first chunk) is out. */
  readonly started: boolean
  readonly model: string
  readonly responseId: string
  readonly nowSeconds: number
}

/** How an answer ended and what it cost. */
export type WholeFigures = { readonly reason: FinishReason; readonly usage?: IrUsage }

type ClientFace = {
  encodeRequest(request: IrRequest, context: EncodeRequestContext): Noted<WireRequest>
  decodeResponse(body: JsonObject, context: DecodeContext): IrResponse
  /** What `decodeResponse` would say of the end and the usage, where that can be told without it. */
  figuresOf?(body: JsonObject): WholeFigures | undefined
  /** `end()` without a terminal event yields `error` with code `upstream-truncated`. */
  decodeStream(context: DecodeContext): Step<SseEvent, IrEvent>
  /** `body`: parsed JSON where it was JSON, else the text. Header names in lower case. `now` in ms since the epoch. */
  decodeError(
    status: number,
    headers: Readonly<Record<string, string>>,
    body: JsonValue | undefined,
    now: number,
  ): HubError
}

export type Codec = { readonly id: ProtocolId; readonly server: ServerFace; readonly client: ClientFace }
