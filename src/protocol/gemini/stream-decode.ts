// Chunks of an upstream → IR events. Every chunk is a whole response object; there is no closing mark, so a stream that
// ends without a finishReason was cut, and says so.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, list, object, objects, parseJson, text } from '../../base/json.js'
import type { DecodeContext, Step } from '../codec.js'
import { collect, truncated } from '../ir/collect.js'
import type { IrEvent } from '../ir/event.js'
import type { IrResponse } from '../ir/response.js'
import type { SseEvent } from '../sse/event.js'
import { answerParts } from './answer-parts.js'
import { decodeErrorObject } from './error-decode.js'
import { blockedPrompt, brokenFinish, decodeFinish } from './finish.js'
import { decodeUsage } from './usage.js'
import { camelKeys, camelObject, carried, carryOf } from './wire.js'

/** waiting: nothing of the answer yet · open: inside the answer · over: a finish or an error is out. */
type Place = 'waiting' | 'open' | 'over'

const TOP_FIELDS = [
  'candidates',
  'usageMetadata',
  'modelVersion',
  'responseId',
  'createTime',
  'promptFeedback',
]
const CANDIDATE_FIELDS = [
  'content',
  'finishReason',
  'finishMessage',
  'index',
  'groundingMetadata',
  'citationMetadata',
]

export function decodeStream(context: DecodeContext): Step<SseEvent, IrEvent> {
  const parts = answerParts(context)
  const fields: JsonObject = {}
  let place: Place = 'waiting'
  let reason: string | undefined
  let usage: JsonObject | undefined

  function start(chunk: JsonObject): IrEvent[] {
    if (place !== 'waiting') return []
    place = 'open'
    const id = text(chunk, 'responseId')
    const model = text(chunk, 'modelVersion')
    return [{ type: 'start', ...(id ? { id } : {}), ...(model ? { model } : {}) }]
  }

  function usageEvents(): IrEvent[] {
    return usage === undefined || place === 'waiting' ? [] : [{ type: 'usage', usage: decodeUsage(usage) }]
  }

  function fail(error: HubError): IrEvent[] {
    const events: IrEvent[] = [...usageEvents(), { type: 'error', error }]
    place = 'over'
    return events
  }

  function finish(): IrEvent[] {
    const events: IrEvent[] = [...parts.end(), ...usageEvents()]
    const candidate = { ...object(fields, 'candidate'), ...parts.untold() }
    if (Object.keys(candidate).length > 0) fields['candidate'] = candidate
    place = 'over'
    return [...events, { type: 'finish', reason: decodeFinish(reason, parts.hasCalls()), ...carryOf(fields) }]
  }

  function chunk(value: JsonObject): IrEvent[] {
    if (value['error'] !== undefined && value['error'] !== null) return fail(decodeErrorObject(value))
    usage = camelObject(value, 'usageMetadata') ?? usage
    Object.assign(fields, carried(value, TOP_FIELDS).carry?.fields)
    // Only the first candidate is told; more are never asked for.
    const candidate = objects(value, 'candidates').find((one) => (one['index'] ?? 0) === 0)
    if (candidate === undefined) {
      const feedback = camelObject(value, 'promptFeedback') ?? {}
      const blocked = text(feedback, 'blockReason')
      if (blocked !== undefined && place === 'waiting')
        return fail(blockedPrompt(blocked, text(feedback, 'blockReasonMessage')))
      return usage === undefined ? [] : start(value)
    }
    return [...start(value), ...told(camelKeys(candidate))]
  }

  function told(candidate: JsonObject): IrEvent[] {
    const content = camelObject(candidate, 'content') ?? {}
    const events = list(content, 'parts')
      .filter(isObject)
      .flatMap((part) => parts.push(part))
    for (const key of ['groundingMetadata', 'citationMetadata']) {
      const ground = candidate[key]
      if (isObject(ground) && Object.keys(ground).length > 0) parts.ground({ [key]: ground })
    }
    const rest = carried(candidate, CANDIDATE_FIELDS).carry?.fields
    if (rest !== undefined) fields['candidate'] = rest
    const ended = text(candidate, 'finishReason') ?? ''
    if (ended === '' || ended === 'FINISH_REASON_UNSPECIFIED') return events
    reason = ended
    const broken = brokenFinish(ended, text(candidate, 'finishMessage'))
    return broken === undefined ? events : [...events, ...fail(broken)]
  }

  return {
    push(event) {
      const data = event.data.trim()
      if (place === 'over' || data === '' || data === '[DONE]') return []
      const value = parseJson(data)
      return isObject(value) ? chunk(camelKeys(value)) : fail(unreadable(data))
    },
    end() {
      if (place === 'over') return []
      return place === 'open' && reason !== undefined ? finish() : fail(truncated())
    },
  }
}

/**
 * A whole answer, which is one chunk. Throws the HubError of an answer that is an error, and `upstream-failed` for one
 * that is no answer.
 */
export function decodeResponse(body: JsonObject, context: DecodeContext): IrResponse {
  const candidates = objects(body, 'candidates')
  const says = ['error', 'promptFeedback', 'prompt_feedback'].some((key) => isObject(body[key]))
  if (candidates.length === 0 && !says)
    throw new HubError('upstream-failed', 'The upstream answered without any candidate.', {
      hint: 'Check that the channel speaks Gemini (gemini).',
    })
  const machine = decodeStream(context)
  const whole: JsonObject = {
    ...body,
    candidates: candidates.map((one) => ({
      ...one,
      finishReason: one['finishReason'] ?? one['finish_reason'] ?? 'STOP',
    })),
  }
  return collect([...machine.push({ data: JSON.stringify(whole) }), ...machine.end()])
}

function unreadable(data: string): HubError {
  return new HubError(
    'upstream-failed',
    `The upstream sent an event that is not JSON: ${data.slice(0, 80)}`,
    { hint: 'Check that the channel speaks Gemini (gemini).' },
  )
}
