// When a text of an answer ends, and with which pages. The pages that an answer rests on come behind all of it, also behind calls,
// so a text that may have some is held open until another begins or the answer is over.

import type { JsonObject } from '../../base/json.js'
import type { IrEvent } from '../ir/event.js'
import { signedText } from './contents-decode.js'
import { carryOf } from './wire.js'

export type OpenText = { readonly type: 'text'; readonly index: number; readonly signature: string }

export type TextEnds = {
  ground(pages: JsonObject): void
  /** Something else follows this text. */
  over(text: OpenText): IrEvent[]
  /** Another text begins. */
  next(): IrEvent[]
  /** The answer is over, perhaps with this text; its last text has the pages. */
  last(text: OpenText | undefined): IrEvent[]
  /** Pages for which there was no text. */
  untold(): JsonObject
}

/** `mayHavePages`: the provider runs a tool itself, which is how pages are found. */
export function textEnds(mayHavePages: boolean): TextEnds {
  let waiting: OpenText | undefined
  let pages: JsonObject = {}

  function end(told: JsonObject): IrEvent[] {
    if (waiting === undefined) return []
    const { index, signature } = waiting
    waiting = undefined
    return [{ type: 'text-end', index, ...carryOf({ ...signedText(signature).carry?.fields, ...told }) }]
  }

  return {
    ground(fields) {
      pages = { ...pages, ...fields }
    },
    over(text) {
      waiting = text
      return mayHavePages ? [] : end({})
    },
    next: () => end({}),
    last(text) {
      waiting = text ?? waiting
      const events = end(pages)
      if (events.length > 0) pages = {}
      return events
    },
    untold: () => pages,
  }
}
