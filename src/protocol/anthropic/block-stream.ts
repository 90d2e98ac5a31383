// One content block of a stream while it grows. Law: the wire's block is put together again delta by delta, so what
// its end says (signature, citations, unknown blocks) is decoded by the same code as a whole block.

import { isObject, type JsonObject, type JsonValue, list, parseJson, text } from '../../base/json.js'
import type { IrEvent } from '../ir/event.js'
import type { Repeat } from '../sse/alike.js'
import { decodeBlock, inputText, opaque } from './block-decode.js'

/**
 * text, reasoning, call: told piece by piece under an index of the IR · whole: told at its end.
 * `json` gathers the pieces of `input_json_delta`.
 */
export type OpenBlock =
  | { readonly form: 'text' | 'reasoning' | 'call'; readonly index: number; block: JsonObject; json: string }
  | { readonly form: 'whole'; block: JsonObject; json: string }

export type BlockScope = {
  readonly footprint: string
  newId(prefix: string): string
  /** The next free index of the IR. */
  takeIndex(): number
}

/** The block that `content_block_start` opens, and what it already says. */
export function openBlock(
  block: JsonObject,
  scope: BlockScope,
): { readonly block: OpenBlock; readonly events: IrEvent[] } {
  const copy = { ...block }
  switch (text(block, 'type')) {
    case 'text': {
      const index = scope.takeIndex()
      const first = text(block, 'text') ?? ''
      copy['text'] = first
      return {
        block: { form: 'text', index, block: copy, json: '' },
        events: [{ type: 'text-start', index }, ...pieces(first, { type: 'text-delta', index, text: first })],
      }
    }
    case 'thinking':
    case 'redacted_thinking': {
      const index = scope.takeIndex()
      const first = text(block, 'thinking') ?? ''
      return {
        block: { form: 'reasoning', index, block: copy, json: '' },
        events: [
          { type: 'reasoning-start', index, visibility: 'summary' },
          ...pieces(first, { type: 'reasoning-delta', index, text: first }),
        ],
      }
    }
    case 'tool_use': {
      const name = text(block, 'name')
      if (name === undefined) break
      const index = scope.takeIndex()
      const id = text(block, 'id') || scope.newId('toolu_')
      copy['id'] = id
      return {
        block: { form: 'call', index, block: copy, json: '' },
        events: [{ type: 'tool-call-start', index, id, kind: 'function', name }],
      }
    }
    default:
      break
  }
  return { block: { form: 'whole', block: copy, json: '' }, events: [] }
}

function pieces(content: string, event: IrEvent): IrEvent[] {
  return content === '' ? [] : [event]
}

/** The block that a delta belongs to when the vendor never opened one; undefined when the delta does not tell. */
export function implicitBlock(delta: JsonObject): JsonObject | undefined {
  switch (text(delta, 'type')) {
    case 'text_delta':
      return { type: 'text', text: '' }
    case 'thinking_delta':
    case 'signature_delta':
      return { type: 'thinking', thinking: '' }
    default:
      return undefined
  }
}

/** What one delta adds; unknown delta types add nothing. */
export function growBlock(open: OpenBlock, delta: JsonObject): IrEvent[] {
  switch (text(delta, 'type')) {
    case 'text_delta': {
      const piece = append(open, 'text', delta['text'])
      return open.form === 'text' ? pieces(piece, { type: 'text-delta', index: open.index, text: piece }) : []
    }
    case 'thinking_delta': {
      const piece = append(open, 'thinking', delta['thinking'])
      return open.form === 'reasoning'
        ? pieces(piece, { type: 'reasoning-delta', index: open.index, text: piece })
        : []
    }
    case 'signature_delta':
      append(open, 'signature', delta['signature'])
      return []
    case 'input_json_delta': {
      const piece = text(delta, 'partial_json') ?? ''
      open.json += piece
      return open.form === 'call'
        ? pieces(piece, { type: 'tool-call-delta', index: open.index, input: piece })
        : []
    }
    case 'citations_delta':
      if (isObject(delta['citation'])) {
        open.block['citations'] = [...list(open.block, 'citations'), delta['citation']]
      }
      return []
    case 'compaction_delta':
      append(open, 'content', delta['content'])
      return []
    default:
      return []
  }
}

/** Where the words of a delta stand that adds words to a block which is told piece by piece. */
const WORDS: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  input_json_delta: 'partial_json',
}

/** How a delta was read that added to the block and told just that (`events`). */
export function repeatOf(
  open: OpenBlock,
  delta: JsonObject,
  events: readonly IrEvent[],
): Repeat<IrEvent> | undefined {
  const type = text(delta, 'type') ?? ''
  const key = WORDS[type]
  const [event] = events
  const words = key === undefined ? undefined : text(delta, key)
  if (key === undefined || words === undefined || event === undefined || events.length !== 1) return undefined
  return { key, words, again: (more) => growBlock(open, { type, [key]: more }) }
}

/** Adds a piece of text to a member of the block; answers the piece. */
function append(open: OpenBlock, key: string, piece: JsonValue | undefined): string {
  if (typeof piece !== 'string') return ''
  open.block[key] = (text(open.block, key) ?? '') + piece
  return piece
}

/** What the end of a block tells. */
export function closeBlock(open: OpenBlock, scope: BlockScope): IrEvent[] {
  if (open.form === 'whole') return [wholeEvent(open, scope)]
  const { index } = open
  const part = decodeBlock(open.block, scope.footprint)
  const carry = part.type !== 'opaque' && part.carry !== undefined ? { carry: part.carry } : {}
  switch (open.form) {
    case 'text':
      return [{ type: 'text-end', index, ...carry }]
    case 'reasoning': {
      const seal = part.type === 'reasoning' && part.seal !== undefined ? { seal: part.seal } : {}
      return [{ type: 'reasoning-end', index, ...seal, ...carry }]
    }
    case 'call': {
      // Nothing was streamed: the input stood in the start, or there is none (providers §5.4).
      const input = inputText(open.block['input'])
      const missing: IrEvent[] = open.json.trim() === '' ? [{ type: 'tool-call-delta', index, input }] : []
      return [...missing, { type: 'tool-call-end', index, ...carry }]
    }
  }
}

function wholeEvent(open: OpenBlock, scope: BlockScope): IrEvent {
  const input = open.json === '' ? undefined : (parseJson(open.json) ?? open.json)
  const block = input === undefined ? open.block : { ...open.block, input }
  const index = scope.takeIndex()
  const part = decodeBlock(block, scope.footprint)
  if (part.type === 'media') return { type: 'media', index, part }
  return { type: 'opaque', index, part: part.type === 'opaque' ? part : opaque(block) }
}
