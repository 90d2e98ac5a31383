// Chunks of an upstream → IR events. Takes all that vendors really send (providers §3–§5); a stream that stops
// without finish_reason and without [DONE] was cut, and says so.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, objects, parseJson, text } from '../../base/json.js'
import type { DecodeContext, Step } from '../codec.js'
import { truncated } from '../ir/collect.js'
import type { IrEvent } from '../ir/event.js'
import { alikeEvents, type Repeat } from '../sse/alike.js'
import type { SseEvent } from '../sse/event.js'
import { choiceParts } from './choice-parts.js'
import { decodeErrorObject, errorInside } from './error-decode.js'
import { brokenFinish, decodeFinish } from './finish.js'
import { decodeUsage, findUsage } from './usage.js'
import { carried, carryOf } from './wire.js'

/** waiting: nothing but empty chunks yet · open: inside the answer · over: a finish or an error is out. */
type Place = 'waiting' | 'open' | 'over'

/** What the chunks said about the whole answer so far; the newest word counts. */
type Told = {
  reason: string | undefined
  stopSequence: string | undefined
  usage: JsonObject | undefined
  fields: JsonObject
}

const TOP_FIELDS = ['id', 'object', 'created', 'model', 'choices', 'usage', 'x_groq', 'obfuscation']

export function decodeStream(context: DecodeContext): Step<SseEvent, IrEvent> {
  const told: Told = { reason: undefined, stopSequence: undefined, usage: undefined, fields: {} }
  const parts = choiceParts(context)
  const alike = alikeEvents<IrEvent>(['obfuscation'])
  let place: Place = 'waiting'
  /** How the chunk that is being read could be repeated with other words. */
  let repeat: Repeat<IrEvent> | undefined

  function start(chunk: JsonObject): IrEvent[] {
    if (place !== 'waiting') return []
    place = 'open'
    const id = text(chunk, 'id')
    const model = text(chunk, 'model')
    return [{ type: 'start', ...(id ? { id } : {}), ...(model ? { model } : {}) }]
  }

  function usageEvents(): IrEvent[] {
    return told.usage === undefined || place === 'waiting'
      ? []
      : [{ type: 'usage', usage: decodeUsage(told.usage) }]
  }

  function fail(error: HubError): IrEvent[] {
    const events: IrEvent[] = [...usageEvents(), { type: 'error', error }]
    place = 'over'
    return events
  }

  function finish(): IrEvent[] {
    const ends = parts.end()
    const usage = usageEvents()
    place = 'over'
    return [
      ...ends,
      ...usage,
      {
        type: 'finish',
        reason: decodeFinish(told.reason, parts.hasCalls()),
        ...(told.stopSequence === undefined ? {} : { stopSequence: told.stopSequence }),
        ...carryOf(told.fields),
      },
    ]
  }

  function chunk(value: JsonObject): IrEvent[] {
    const inside = errorInside(value)
    if (inside !== undefined) return fail(decodeErrorObject(inside))
    // Only the first choice is told; n is never asked for.
    const choice = objects(value, 'choices').find((candidate) => (candidate['index'] ?? 0) === 0)
    told.usage = findUsage(value, choice) ?? told.usage
    Object.assign(told.fields, carried(value, TOP_FIELDS).carry?.fields)
    parts.cite(value)
    if (choice === undefined) return told.usage !== undefined ? start(value) : []
    const opening = start(value)
    const said = parts.push(choice)
    const events = opening.length === 0 ? said : [...opening, ...said]
    const reason = text(choice, 'finish_reason') ?? ''
    if (reason === '') {
      repeat = parts.repeat(choice, events)
      return events
    }
    told.reason = reason
    told.stopSequence = hitSequence(choice, context)
    const broken = brokenFinish(reason)
    return broken === undefined ? events : [...events, ...fail(broken)]
  }

  return {
    push(event) {
      if (place === 'over') return []
      const known = alike.push(event)
      if (known !== undefined) return known
      const data = event.data.trim()
      if (data === '') return []
      if (data === '[DONE]') return place === 'waiting' ? fail(nothingSaid()) : finish()
      const value = parseJson(data)
      if (!isObject(value)) return fail(unreadable(data))
      repeat = undefined
      const events = chunk(withEventName(value, event))
      alike.learn(event, value, repeat)
      return events
    },
    end() {
      if (place === 'over') return []
      return place === 'open' && told.reason !== undefined ? finish() : fail(truncated())
    },
  }
}

/** `event: error` marks an error whatever the shape of its data. */
function withEventName(value: JsonObject, event: SseEvent): JsonObject {
  return event.event === 'error' && errorInside(value) === undefined ? { error: value } : value
}

/** vLLM and SGLang tell which stop sequence was hit. */
function hitSequence(choice: JsonObject, context: DecodeContext): string | undefined {
  const hit = text(choice, 'stop_reason') ?? text(choice, 'matched_stop')
  return hit !== undefined && context.request.sampling.stop?.includes(hit) === true ? hit : undefined
}

function nothingSaid(): HubError {
  return new HubError('upstream-failed', 'The upstream ended its answer without saying anything.', {
    hint: 'Try again; if it happens often, test the channel with `axonhub channel test`.',
  })
}

function unreadable(data: string): HubError {
  return new HubError(
    'upstream-failed',
    `The upstream sent an event that is not JSON: ${data.slice(0, 80)}`,
    {
      hint: 'Check that the channel speaks Chat Completions (openai-chat).',
    },
  )
}
