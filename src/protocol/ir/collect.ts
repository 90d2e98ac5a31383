// Builds a whole answer out of the events of a stream. Law: collect(replay(response)) equals the response,
// so an answer without streaming is never mapped a second way.

import { assertNever } from '../../base/assert-never.js'
import { HubError } from '../../base/errors.js'
import type { IrEvent } from './event.js'
import type { Carry, IrPart, ToolCallPart } from './part.js'
import type { IrFinish, IrResponse } from './response.js'
import type { IrUsage } from './usage.js'

export type Collector = {
  /** Throws the HubError of an `error` event. */
  push(event: IrEvent): void
  /** The answer; throws HubError `upstream-truncated` when no `finish` came. */
  end(): IrResponse
}

/** A part under construction: what its start said, its text so far, and what its end added. */
type Draft = { part: IrPart; readonly deltas: string[] }

/** The whole answer of a finished stream; throws as `collector` does. */
export function collect(events: Iterable<IrEvent>): IrResponse {
  const answer = collector()
  for (const event of events) answer.push(event)
  return answer.end()
}

export function collector(): Collector {
  const drafts = new Map<number, Draft>()
  let head: { readonly id?: string; readonly model?: string } = {}
  let finish: IrFinish | undefined
  let usage: IrUsage | undefined
  let carry: Carry | undefined

  return {
    push(event) {
      switch (event.type) {
        case 'start':
          head = {
            ...(event.id === undefined ? {} : { id: event.id }),
            ...(event.model === undefined ? {} : { model: event.model }),
          }
          carry = mergeCarry(carry, event.carry)
          return
        case 'usage':
          usage = event.usage
          return
        case 'finish':
          finish = {
            reason: event.reason,
            ...(event.stopSequence === undefined ? {} : { stopSequence: event.stopSequence }),
          }
          usage = event.usage ?? usage
          carry = mergeCarry(carry, event.carry)
          return
        case 'error':
          throw event.error
        default:
          pushPart(drafts, event)
      }
    },
    end() {
      if (finish === undefined) throw truncated()
      return {
        ...head,
        parts: [...drafts.entries()].sort(([left], [right]) => left - right).map(([, draft]) => whole(draft)),
        finish,
        ...(usage === undefined ? {} : { usage }),
        ...(carry === undefined ? {} : { carry }),
      }
    },
  }
}

/** The error of a stream that ended without saying why. */
export function truncated(): HubError {
  return new HubError('upstream-truncated', 'The upstream ended its answer before it was complete.', {
    hint: 'Try again; if it happens often, test the channel with `axonhub channel test`.',
  })
}

type PartEvent = Exclude<IrEvent, { readonly type: 'start' | 'usage' | 'finish' | 'error' }>

function pushPart(drafts: Map<number, Draft>, event: PartEvent): void {
  switch (event.type) {
    case 'text-start':
    case 'reasoning-start':
    case 'tool-call-start':
    case 'media':
    case 'opaque':
      drafts.set(event.index, { part: firstForm(event), deltas: [] })
      return
    case 'text-delta':
    case 'reasoning-delta':
      drafts.get(event.index)?.deltas.push(event.text)
      return
    case 'tool-call-delta':
      drafts.get(event.index)?.deltas.push(event.input)
      return
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end': {
      const draft = drafts.get(event.index)
      if (draft !== undefined) draft.part = withEnd(draft.part, event)
      return
    }
    default:
      assertNever(event)
  }
}

type OpeningEvent = Extract<
  IrEvent,
  { readonly type: 'text-start' | 'reasoning-start' | 'tool-call-start' | 'media' | 'opaque' }
>

function firstForm(event: OpeningEvent): IrPart {
  switch (event.type) {
    case 'text-start':
      return { type: 'text', text: '', ...(event.refusal === undefined ? {} : { refusal: event.refusal }) }
    case 'reasoning-start':
      return { type: 'reasoning', text: '', visibility: event.visibility }
    case 'tool-call-start':
      return {
        type: 'tool-call',
        id: event.id,
        kind: event.kind,
        name: event.name,
        ...(event.namespace === undefined ? {} : { namespace: event.namespace }),
        input: '',
      }
    case 'media':
    case 'opaque':
      return event.part
    default:
      return assertNever(event)
  }
}

type ClosingEvent = Extract<IrEvent, { readonly type: 'text-end' | 'reasoning-end' | 'tool-call-end' }>

function withEnd(part: IrPart, event: ClosingEvent): IrPart {
  const carry = event.carry === undefined ? {} : { carry: event.carry }
  if (part.type === 'reasoning' && event.type === 'reasoning-end')
    return { ...part, ...(event.seal === undefined ? {} : { seal: event.seal }), ...carry }
  return { ...part, ...carry }
}

function whole(draft: Draft): IrPart {
  const { part } = draft
  const content = draft.deltas.join('')
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { ...part, text: content }
    case 'tool-call':
      return { ...part, input: wholeInput(part.kind, content) }
    default:
      return part
  }
}

/** Vendors send nothing at all for a call without arguments (providers §5.4). */
function wholeInput(kind: ToolCallPart['kind'], content: string): string {
  return content === '' && kind !== 'custom' ? '{}' : content
}

function mergeCarry(earlier: Carry | undefined, later: Carry | undefined): Carry | undefined {
  if (earlier === undefined || later === undefined) return later ?? earlier
  return { protocol: later.protocol, fields: { ...earlier.fields, ...later.fields } }
}
