// IR → a generateContent request for an upstream, within what its dialect allows. Deterministic: the same history gives
// the same bytes, so that the provider's prompt cache stays warm.

import { compact, isObject, type JsonObject } from '../../base/json.js'
import type { EncodeRequestContext, WireRequest } from '../codec.js'
import type { Dialect } from '../dialect.js'
import { applyDialect } from '../dialect-body.js'
import { fitRequest } from '../dialect-request.js'
import type { Note, Noted } from '../ir/note.js'
import { placeResults } from '../ir/order.js'
import type { IrFormat, IrRequest } from '../ir/request.js'
import { encodeTurns } from './contents-encode.js'
import { type WireNames, wireNames } from './names.js'
import { generatePath } from './path.js'
import { encodeThinking } from './thinking.js'
import { encodeTools } from './tools-encode.js'
import { camelObject, noteForeign, ownFields, restored } from './wire.js'

/** The vendor's limit of stop sequences. */
const STOP_LIMIT = 5

export function encodeRequest(original: IrRequest, context: EncodeRequestContext): Noted<WireRequest> {
  const placed = placeResults(original)
  const notes: Note[] = [...placed.notes]
  const { dialect } = context
  const request = fitRequest(placed.value, dialect, notes)
  noteForeign(request.carry, '', notes)
  noteLost(request, notes)
  // Of all tools of the request, as the answer is read by them.
  const names = wireNames(original.tools)
  const { systemInstruction, contents } = encodeTurns(request.turns, { ...context, names, notes })
  const config = {
    ...encodeSampling(request, dialect, notes),
    ...encodeFormat(request.format),
    ...compact({ thinkingConfig: encodeThinking(request.reasoning, dialect, notes) }),
  }
  const kept = ownFields(request.carry)['generationConfig']
  const body = {
    ...compact({ systemInstruction }),
    contents,
    ...encodeTools(request, names, dialect, notes),
    ...(Object.keys(config).length === 0 && !isObject(kept) ? {} : { generationConfig: config }),
  }
  const whole = applyDialect(withExactChoice(restored(body, request.carry), request, names), dialect, notes)
  return { value: { path: generatePath(request.model, request.stream), headers: {}, body: whole }, notes }
}

/** What only this protocol can say of the choice, and only where there is a tool to choose. */
function withExactChoice(body: JsonObject, request: IrRequest, names: WireNames): JsonObject {
  const exact = ownFields(request.carry)['toolConfig']
  if (!isObject(exact) || body['tools'] === undefined) {
    const { toolConfig: _, ...rest } = body
    return body['tools'] === undefined ? rest : body
  }
  const written = body['toolConfig']
  const config = isObject(written) ? { ...written, ...exact } : exact
  return { ...body, toolConfig: withTheirNames(config, request, names) }
}

/** The functions that may be called, by the names under which they are offered here. */
function withTheirNames(config: JsonObject, { toolChoice }: IrRequest, names: WireNames): JsonObject {
  const among = toolChoice !== undefined && 'among' in toolChoice ? toolChoice.among : undefined
  const calling = camelObject(config, 'functionCallingConfig')
  if (among === undefined || calling === undefined) return config
  const allowedFunctionNames = among.map((name) => names.wire(name))
  return { ...config, functionCallingConfig: { ...calling, allowedFunctionNames } }
}

function encodeSampling(request: IrRequest, dialect: Dialect, notes: Note[]): JsonObject {
  const { sampling } = request
  const stop = sampling.stop?.slice(0, STOP_LIMIT)
  if ((sampling.stop?.length ?? 0) > STOP_LIMIT)
    notes.push({ kind: 'dropped', path: 'stop', reason: `only ${STOP_LIMIT} stop sequences are possible` })
  return compact({
    maxOutputTokens: encodeLimit(sampling.maxOutputTokens, dialect.maxOutputTokens, notes),
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    stopSequences: stop === undefined ? undefined : [...stop],
    seed: sampling.seed,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
  })
}

function encodeLimit(
  asked: number | undefined,
  limit: number | undefined,
  notes: Note[],
): number | undefined {
  if (asked === undefined || limit === undefined || asked <= limit) return asked
  notes.push({
    kind: 'approximated',
    path: 'max_tokens',
    reason: `${asked} is more than the model's ${limit}`,
  })
  return limit
}

function encodeFormat(format: IrFormat | undefined): JsonObject {
  switch (format?.type) {
    case undefined:
      return {}
    case 'text':
      return { responseMimeType: 'text/plain' }
    case 'json':
      return { responseMimeType: 'application/json' }
    case 'json-schema': {
      const { $schema: _, ...schema } = format.schema
      return { responseMimeType: 'application/json', responseJsonSchema: schema }
    }
  }
}

/** Fields of the IR that have no place here. */
function noteLost(request: IrRequest, notes: Note[]): void {
  const tier = request.serviceTier
  const lost: readonly (readonly [path: string, value: unknown])[] = [
    ['verbosity', request.verbosity],
    ['service_tier', tier === 'auto' || tier === 'default' ? undefined : tier],
  ]
  for (const [path, value] of lost)
    if (value !== undefined) notes.push({ kind: 'dropped', path, reason: 'Gemini has no such field' })
}
