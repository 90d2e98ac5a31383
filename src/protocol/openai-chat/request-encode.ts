// IR → a Chat Completions request for an upstream, within what its dialect allows. Deterministic: the same history
// gives the same bytes, so that the provider's prompt cache stays warm.

import { compact, type JsonObject, without } from '../../base/json.js'
import type { EncodeRequestContext, WireRequest } from '../codec.js'
import type { Dialect } from '../dialect.js'
import { applyDialect } from '../dialect-body.js'
import { fitRequest } from '../dialect-request.js'
import type { Note, Noted } from '../ir/note.js'
import { placeResults } from '../ir/order.js'
import type { IrFormat, IrRequest } from '../ir/request.js'
import { encodeEffort } from './effort.js'
import { encodeMessages } from './messages-encode.js'
import { wireNames } from './names.js'
import { encodeTools } from './tools-encode.js'
import { noteForeign, PROTOCOL, restored } from './wire.js'

/** The vendors' limit of stop sequences. */
const STOP_LIMIT = 4

const SERVICE_TIERS = ['auto', 'default', 'flex', 'scale', 'priority']

export function encodeRequest(original: IrRequest, context: EncodeRequestContext): Noted<WireRequest> {
  const placed = placeResults(original)
  const notes: Note[] = [...placed.notes]
  const { dialect } = context
  const request = fitRequest(placed.value, dialect, notes)
  const names = wireNames(request.tools)
  noteForeign(request.carry, '', notes)
  const body: JsonObject = {
    model: request.model,
    messages: encodeMessages(request.turns, { ...context, names, notes }),
    ...(request.stream ? { stream: true } : {}),
    ...(request.stream && dialect.streamOptions !== false ? { stream_options: { include_usage: true } } : {}),
    ...encodeTools(request, { dialect, names, notes }),
    ...encodeLimit(request, dialect, notes),
    ...encodeSampling(request, notes),
    ...encodeEffort(request.reasoning, dialect, notes),
    ...compact({
      response_format: request.format === undefined ? undefined : encodeFormat(request.format),
      verbosity: request.verbosity,
      prompt_cache_key: request.cacheKey,
      service_tier: encodeTier(request.serviceTier, notes),
    }),
  }
  const whole = applyDialect(restoredTop(body, request, dialect), dialect, notes)
  return { value: { path: '/chat/completions', headers: {}, body: whole }, notes }
}

/** Carried top-level fields; what speaks of streams or tools only where there is a stream or a tool. */
function restoredTop(body: JsonObject, request: IrRequest, dialect: Dialect): JsonObject {
  const carry = request.carry
  if (carry === undefined) return body
  const streams = request.stream && dialect.streamOptions !== false
  const fields = without(carry.fields, [
    ...(streams ? [] : ['stream_options']),
    ...(body['tools'] === undefined ? ['tool_choice'] : []),
  ])
  const exact = fields['tool_choice']
  const base = exact === undefined || carry.protocol !== PROTOCOL ? body : { ...body, tool_choice: exact }
  return restored(base, { ...carry, fields })
}

function encodeLimit(request: IrRequest, dialect: Dialect, notes: Note[]): JsonObject {
  const asked = request.sampling.maxOutputTokens
  if (asked === undefined) return {}
  const limit = dialect.maxOutputTokens
  if (limit !== undefined && asked > limit)
    notes.push({
      kind: 'approximated',
      path: 'max_tokens',
      reason: `${asked} is more than the model's ${limit}`,
    })
  return { [dialect.maxTokensField ?? 'max_tokens']: limit === undefined ? asked : Math.min(asked, limit) }
}

function encodeSampling(request: IrRequest, notes: Note[]): JsonObject {
  const { sampling } = request
  const stop = sampling.stop?.slice(0, STOP_LIMIT)
  if ((sampling.stop?.length ?? 0) > STOP_LIMIT)
    notes.push({ kind: 'dropped', path: 'stop', reason: `only ${STOP_LIMIT} stop sequences are possible` })
  if (sampling.topK !== undefined)
    notes.push({ kind: 'dropped', path: 'top_k', reason: 'Chat Completions has no such field' })
  return compact({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    stop: stop === undefined ? undefined : [...stop],
    seed: sampling.seed,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
  })
}

function encodeTier(tier: string | undefined, notes: Note[]): string | undefined {
  if (tier === undefined || SERVICE_TIERS.includes(tier)) return tier
  notes.push({ kind: 'dropped', path: 'service_tier', reason: `Chat Completions knows no tier "${tier}"` })
  return undefined
}

function encodeFormat(format: IrFormat): JsonObject {
  switch (format.type) {
    case 'text':
      return { type: 'text' }
    case 'json':
      return { type: 'json_object' }
    default:
      return {
        type: 'json_schema',
        json_schema: compact({
          name: formatName(format.name),
          description: format.description,
          schema: without(format.schema, ['$schema']),
          strict: format.strict,
        }),
      }
  }
}

/** Names of formats: 64 letters, digits, `_` and `-`. */
function formatName(name: string): string {
  const valid = name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64)
  return valid === '' ? 'answer' : valid
}
