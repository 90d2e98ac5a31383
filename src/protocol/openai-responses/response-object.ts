// The `response` object that events and whole answers share, and how one event is written.

import { type JsonObject, type JsonValue, object } from '../../base/json.js'
import type { IrRequest } from '../ir/request.js'
import type { SseEvent } from '../sse/event.js'
import { encodeTools } from './tools-encode.js'
import { ownFields } from './wire.js'

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed'

export type ResponseAbout = {
  readonly id: string
  /** The name the agent asked for. */
  readonly model: string
  /** Unix time in seconds. */
  readonly createdAt: number
  readonly status: ResponseStatus
  readonly output?: readonly JsonObject[]
  readonly usage?: JsonObject
  readonly error?: JsonObject
  /** Why it is incomplete: `max_output_tokens` or `content_filter`. */
  readonly incomplete?: string
  readonly echo?: JsonObject
}

export function responseObject(about: ResponseAbout): JsonObject {
  return {
    id: about.id,
    object: 'response',
    created_at: about.createdAt,
    status: about.status,
    background: false,
    error: about.error ?? null,
    incomplete_details: about.incomplete === undefined ? null : { reason: about.incomplete },
    model: about.model,
    output: [...(about.output ?? [])],
    usage: about.usage ?? null,
    ...about.echo,
  }
}

/** The settings of the request that OpenAI repeats in each answer, and that its SDK's types promise. */
export function requestEcho(request: IrRequest): JsonObject {
  const native = ownFields(request.carry) ?? {}
  const { sampling, reasoning } = request
  return {
    instructions: null,
    max_output_tokens: sampling.maxOutputTokens ?? null,
    metadata: object(native, 'metadata') ?? {},
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    store: false,
    temperature: sampling.temperature ?? null,
    text: { format: { type: 'text' } },
    tool_choice: echoChoice(request),
    tools: encodeTools(request, { customTools: true }, []),
    top_p: sampling.topP ?? null,
    truncation: 'disabled',
    user: null,
  }
}

function echoChoice(request: IrRequest): JsonValue {
  const choice = request.toolChoice
  if (choice === undefined) return 'auto'
  return choice.type === 'tool' ? { type: 'function', name: choice.name } : choice.type
}

/** `event:` and `data:` of one event; the type stands in both. */
export function wireEvent(type: string, fields: JsonObject): SseEvent {
  return { event: type, data: JSON.stringify({ type, ...fields }) }
}
