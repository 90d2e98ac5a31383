// What a listener knows of a streamed answer so far; relays and conversions keep the same account.

import type { HubError } from '../../base/errors.js'
import type { IrEvent } from './event.js'
import type { IrFinish } from './response.js'
import type { IrUsage } from './usage.js'

export type Heard = {
  /** The newest counters that the upstream told. */
  usage: IrUsage | undefined
  /** How the answer ended; undefined while it runs and when it failed. */
  finish: IrFinish | undefined
  /** Why the answer failed. */
  error: HubError | undefined
  /** A piece of content has come: text, thinking, a call, or the end of the answer. */
  content: boolean
  /** The upstream's id of the answer. */
  responseId: string | undefined
}

export function nothingHeard(): Heard {
  return { usage: undefined, finish: undefined, error: undefined, content: false, responseId: undefined }
}

/** Takes one event into account. */
export function hear(heard: Heard, event: IrEvent): void {
  switch (event.type) {
    case 'start':
      heard.responseId = event.id
      return
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-call-start':
    case 'media':
    case 'opaque':
      heard.content = true
      return
    case 'usage':
      heard.usage = event.usage
      return
    case 'finish':
      heard.content = true
      heard.finish =
        event.stopSequence === undefined
          ? { reason: event.reason }
          : { reason: event.reason, stopSequence: event.stopSequence }
      heard.usage = event.usage ?? heard.usage
      return
    case 'error':
      heard.error = event.error
      return
    default:
      return
  }
}
