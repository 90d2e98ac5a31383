// A Messages stream as IR events. Law: tolerant of everything real vendors leave out or add; never throws; a
// stream that ends without its reason yields `upstream-truncated`, never a finish.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, object, parseJson, text } from '../../base/json.js'
import type { DecodeContext, Step } from '../codec.js'
import { truncated } from '../ir/collect.js'
import type { IrEvent } from '../ir/event.js'
import { type IrUsage, totalInput } from '../ir/usage.js'
import { alikeEvents, type Repeat } from '../sse/alike.js'
import type { SseEvent } from '../sse/event.js'
import { answerLeftover, carryOf, mergeLeftover } from './answer-carry.js'
import { blockTable } from './block-table.js'
import { errorOfBody } from './error-decode.js'
import { decodeFinish } from './finish.js'
import { mergeUsage } from './usage.js'

/** SSE in, IR out; the name of an event counts only where its data has no `type`. */
export function decodeStream(context: DecodeContext): Step<SseEvent, IrEvent> {
  const decoder = eventDecoder(context)
  const alike = alikeEvents<IrEvent>()
  return {
    push(event) {
      const known = alike.push(event)
      if (known !== undefined) return known
      const data = event.data.trim()
      if (data === '' || data === '[DONE]') return []
      const parsed = parseJson(data)
      if (!isObject(parsed)) {
        alike.forget()
        return decoder.fail(unreadable())
      }
      const typed = typeof parsed['type'] === 'string' ? parsed : { ...parsed, type: event.event ?? '' }
      const events = decoder.push(typed)
      alike.learn(event, parsed, decoder.repeat(typed, events))
      return events
    },
    end: () => decoder.end(),
  }
}

function unreadable(): HubError {
  return new HubError('upstream-failed', 'The upstream sent a stream event that is not JSON.', {
    hint: 'Check that the channel speaks anthropic-messages at this address.',
  })
}

export type EventDecoder = {
  /** One event of the wire, parsed. */
  push(event: JsonObject): IrEvent[]
  /** How an event was read that only added words to an open block; `events`: what it told. */
  repeat(event: JsonObject, events: readonly IrEvent[]): Repeat<IrEvent> | undefined
  /** The end of the input. Once the reason was told all content is there, and only the closing mark is missing: no cut. */
  end(): IrEvent[]
  /** Ends the stream with an error. */
  fail(error: HubError): IrEvent[]
}

/**
 * waiting: nothing came yet · inside: `message_start` came · told: `message_delta` gave the reason of the end,
 * only `message_stop` is missing, which some servers leave out · over: finish or error was yielded.
 */
type State =
  | { readonly name: 'waiting' }
  | { readonly name: 'inside' }
  | { readonly name: 'told'; readonly reason: string; readonly sequence: string | undefined }
  | { readonly name: 'over' }

/** The machine behind streams and whole answers alike. */
export function eventDecoder(context: DecodeContext): EventDecoder {
  let parts = 0
  const scope = { footprint: context.footprint, newId: context.newId, takeIndex: () => parts++ }
  const blocks = blockTable(scope)
  let state: State = { name: 'waiting' }
  let usage: IrUsage | undefined
  let leftover: JsonObject = {}

  /** data: {"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":9}}} */
  function start(message: JsonObject): IrEvent[] {
    usage = mergeUsage(usage, object(message, 'usage'))
    leftover = mergeLeftover(leftover, answerLeftover(message))
    if (state.name !== 'waiting') return []
    state = { name: 'inside' }
    const id = text(message, 'id')
    const model = text(message, 'model')
    return [
      { type: 'start', ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }) },
      ...(usage !== undefined && totalInput(usage) > 0 ? [{ type: 'usage', usage } as const] : []),
    ]
  }

  /** data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}} */
  function tellEnd(event: JsonObject): IrEvent[] {
    const change = object(event, 'delta') ?? {}
    const { type: _, delta: __, ...beside } = event
    usage = mergeUsage(usage, object(event, 'usage'))
    leftover = mergeLeftover(leftover, answerLeftover({ ...change, ...beside }))
    const reason = text(change, 'stop_reason')
    if (reason !== undefined) state = { name: 'told', reason, sequence: text(change, 'stop_sequence') }
    return []
  }

  function finish(): IrEvent[] {
    const events = blocks.stopAll()
    const told = state.name === 'told' ? state : { reason: undefined, sequence: undefined }
    state = { name: 'over' }
    return [
      ...events,
      {
        type: 'finish',
        ...decodeFinish(told.reason, told.sequence, blocks.hasCalls()),
        ...(usage === undefined ? {} : { usage }),
        ...carryOf(leftover),
      },
    ]
  }

  function fail(error: HubError): IrEvent[] {
    if (state.name === 'over') return []
    state = { name: 'over' }
    return [{ type: 'error', error }]
  }

  function push(event: JsonObject): IrEvent[] {
    if (state.name === 'over') return []
    switch (text(event, 'type')) {
      case 'message_start':
        return start(object(event, 'message') ?? {})
      case 'content_block_start':
        return [...start({}), ...blocks.start(event)]
      case 'content_block_delta':
        return state.name === 'waiting' ? [...start({}), ...blocks.delta(event)] : blocks.delta(event)
      case 'content_block_stop':
        return blocks.stop(event)
      case 'message_delta':
        return [...start({}), ...tellEnd(event)]
      case 'message_stop':
        return [...start({}), ...finish()]
      case 'error':
        return fail(errorOfBody(event))
      default:
        return isObject(event['error']) ? fail(errorOfBody(event)) : []
    }
  }

  return {
    push,
    repeat: (event, events) =>
      state.name !== 'over' && event['type'] === 'content_block_delta'
        ? blocks.repeat(event, events)
        : undefined,
    end: () => (state.name === 'over' ? [] : state.name === 'told' ? finish() : fail(truncated())),
    fail,
  }
}
