// What a scripted provider is: how it reads, checks and answers requests of its protocol. Pure; the server does I/O.

import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject } from '../../../src/base/json.js'
import type { ProtocolId } from '../../../src/protocol/ids.js'
import type { SseEvent } from '../../../src/protocol/sse/event.js'
import type { Findings } from './findings.js'
import type { Conversation } from './history.js'
import type { ToolCall } from './script.js'
import type { Sealer } from './seal.js'

/** What the model says now. */
export type Answer = {
  readonly thinking?: string
  readonly text?: string
  readonly calls: readonly ToolCall[]
}

export type AnswerContext = {
  readonly body: JsonObject
  readonly sealer: Sealer
  /** Unix seconds. */
  readonly now: number
  readonly tokens: {
    readonly input: number
    readonly cached: number
    readonly output: number
    readonly thinking: number
  }
}

type Operation = 'generate' | 'count' | 'models' | 'probe'

export type Provider = {
  readonly protocol: ProtocolId
  /** What a client adds to the server's origin to make the base URL that it is configured with. */
  readonly basePath: string
  operationOf(method: string, path: string): Operation | undefined
  /** The request with what its path says in the place of the body. */
  asked?(body: JsonObject, path: string): JsonObject
  /** All that the real provider would refuse about a generate request, in its words. */
  validate(body: JsonObject, headers: IncomingHttpHeaders, sealer: Sealer): Findings
  read(body: JsonObject, sealer: Sealer): Conversation
  /** The whole answer as the events of a stream, in order. */
  stream(answer: Answer, context: AnswerContext): SseEvent[]
  whole(answer: Answer, context: AnswerContext): JsonObject
  /** The error body for a message, in the provider's shape. */
  errorBody(status: number, message: string): JsonObject
  /** Headers of every answer: request id and rate limits. */
  headers(context: Pick<AnswerContext, 'sealer' | 'body' | 'now'>): Record<string, string>
  models(ids: readonly string[]): JsonObject
}
