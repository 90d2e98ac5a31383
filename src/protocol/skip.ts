// Which events of a stream carry nothing but a piece of content. Parsing the hundreds of events that carry a word each would
// cost more than relaying them. Law: what may tell usage, a call, an end or an error is never taken for one of these.

import { assertNever } from '../base/assert-never.js'
import type { ProtocolId } from './ids.js'
import type { SseEvent } from './sse/event.js'

/**
 * Whether an event may tell usage, a call, an end or an error. Words of the model cannot look like one: quotes inside them are
 * escaped.
 */
export function tellsFigures(protocol: ProtocolId, { data }: SseEvent): boolean {
  switch (protocol) {
    case 'anthropic-messages':
      return !/^\s*\{\s*"type"\s*:\s*"(content_block_delta|ping)"/.test(data)
    case 'openai-responses':
      return !/^\s*\{\s*"type"\s*:\s*"response\.(\w+\.delta"|output_|content_part|function_call_|custom_tool_|reasoning_|refusal)/.test(
        data,
      )
    case 'openai-chat':
      return CHAT_FIGURES.test(data)
    case 'gemini':
      return GEMINI_FIGURES.test(data)
    default:
      return assertNever(protocol)
  }
}

const CHAT_FIGURES = /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"|"name"\s*:\s*"|"error"|^\[DONE\]/

/** Nearly every chunk tells usage, and there are few of them. */
const GEMINI_FIGURES = /"usageMetadata"|"finishReason"|"functionCall"|"blockReason"|"error"/

/** Whether the block between two places is a mere piece of content; blocks are asked about in their order. */
export type BlockSkipper = (start: number, end: number) => boolean

/** For a text of whole events (bytes as latin1). In doubt a block is none: then it is read as a whole. */
export function blockSkipper(protocol: ProtocolId, text: string): BlockSkipper {
  switch (protocol) {
    case 'anthropic-messages':
      return startsLike(text, /(?:event: content_block_delta\r?\n)?data: ?\{"type": ?"content_block_delta"/y)
    case 'openai-responses':
      return startsLike(
        text,
        /(?:event: response\.\w+\.delta\r?\n)?data: ?\{"type": ?"response\.\w+\.delta"/y,
      )
    case 'openai-chat':
      return withoutMark(
        text,
        /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"|"name"\s*:\s*"|"error"|data: ?\[DONE\]/g,
      )
    case 'gemini':
      return withoutMark(text, new RegExp(GEMINI_FIGURES, 'g'))
    default:
      return assertNever(protocol)
  }
}

/** Blocks of one line that are mere content, as many as stand in a row; bounded, because the search remembers each of them. */
const RUNS: Readonly<Partial<Record<ProtocolId, string>>> = {
  'anthropic-messages':
    '(?:(?:event: content_block_delta\\n)?data: ?\\{"type": ?"content_block_delta"[^\\n\\r]*\\n\\n){1,50}',
  'openai-responses':
    '(?:(?:event: response\\.\\w+\\.delta\\n)?data: ?\\{"type": ?"response\\.\\w+\\.delta"[^\\n\\r]*\\n\\n){1,50}',
}

/**
 * From the begin of a block to the next block that may be more than content, in a few searches for hundreds of blocks. Undefined for
 * protocols whose pieces cannot be told by their beginning.
 */
export function contentRunner(protocol: ProtocolId): ((text: string, start: number) => number) | undefined {
  const source = RUNS[protocol]
  if (source === undefined) return undefined
  const run = new RegExp(source, 'y')
  return (text, start) => {
    run.lastIndex = start
    let at = start
    while (run.test(text)) at = run.lastIndex
    return at
  }
}

function startsLike(text: string, beginning: RegExp): BlockSkipper {
  return (start) => {
    beginning.lastIndex = start
    return beginning.test(text)
  }
}

/** The text is searched once, whatever the number of blocks. */
function withoutMark(text: string, mark: RegExp): BlockSkipper {
  let next = -1
  return (start, end) => {
    if (next < start) {
      mark.lastIndex = start
      next = mark.exec(text)?.index ?? text.length
    }
    return next >= end
  }
}
