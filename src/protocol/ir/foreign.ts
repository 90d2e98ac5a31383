// What only the upstream's protocol knows (server tools and their results, compaction) on its way through an agent of
// another protocol: reasoning in words, sealed with the block itself, so that the answer's own text stays as it is.
// Law: on the next turn its maker gets the very block back, and any other upstream the words.

import { isObject, parseJson, text } from '../../base/json.js'
import type { Step } from '../codec.js'
import type { ProtocolId } from '../ids.js'
import type { IrEvent } from './event.js'
import type { Note } from './note.js'
import type { IrPart, OpaquePart, ReasoningPart } from './part.js'
import { replayPart } from './replay.js'
import type { IrRequest } from './request.js'
import type { IrResponse } from './response.js'
import { usableSeal } from './seal.js'

/** How the data of a seal begins that holds a whole block; no provider's own proof begins so. */
const BLOCK = 'axonhub.block:'

export type Telling = {
  /** The agent's protocol. */
  readonly asker: ProtocolId
  /** Names the channel that made the answer. */
  readonly footprint: string
  readonly notes: Note[]
}

/** A streamed answer as the agent can take it. */
export function toldEvents(telling: Telling): Step<IrEvent, IrEvent> {
  return {
    push(event) {
      if (event.type !== 'opaque' && event.type !== 'media') return [event]
      const part = told(event.part, telling)
      return part === event.part ? [event] : replayPart(part, event.index)
    },
    end: () => [],
  }
}

/** The same for a whole answer. */
export function toldResponse(response: IrResponse, telling: Telling): IrResponse {
  return { ...response, parts: response.parts.map((part) => told(part, telling)) }
}

function told(part: IrPart, telling: Telling): IrPart {
  if (part.type === 'opaque') return part.protocol === telling.asker ? part : sealed(part, telling)
  // Messages has no media in answers; a picture with an address is told by its address.
  if (part.type !== 'media' || telling.asker !== 'anthropic-messages') return part
  if (part.source.type === 'url' || part.source.type === 'text') return part
  telling.notes.push({ kind: 'dropped', path: 'answer', reason: `Messages has no ${part.kind} in answers` })
  const words = `[${part.kind}, which cannot be shown here]`
  return { type: 'reasoning', text: words, visibility: 'summary' }
}

function sealed(part: OpaquePart, { footprint, notes }: Telling): ReasoningPart {
  const type = text(part.value, 'type') ?? 'block'
  notes.push({
    kind: 'emulated',
    path: 'answer',
    reason: `\`${type}\` of ${part.protocol} is told as reasoning and kept for its maker`,
  })
  return {
    type: 'reasoning',
    text: part.fallback ?? '',
    visibility: 'summary',
    seal: { maker: part.protocol, footprint, data: BLOCK + JSON.stringify(part.value) },
  }
}

/** A history with the blocks in place of the reasoning that was told for them; `target` is the upstream asked next. */
export function withBlocks(
  request: IrRequest,
  target: { readonly protocol: ProtocolId; readonly footprint: string },
): IrRequest {
  let changed = false
  const turns = request.turns.map((turn) => {
    if (!turn.parts.some(isSealedBlock)) return turn
    changed = true
    return { ...turn, parts: turn.parts.map((part) => unsealed(part, target)) }
  })
  return changed ? { ...request, turns } : request
}

function isSealedBlock(part: IrPart): part is ReasoningPart {
  return part.type === 'reasoning' && part.seal?.data.startsWith(BLOCK) === true
}

function unsealed(part: IrPart, target: Parameters<typeof withBlocks>[1]): IrPart {
  if (!isSealedBlock(part) || part.seal === undefined) return part
  const { seal } = part
  const value = parseJson(seal.data.slice(BLOCK.length))
  const block: OpaquePart = {
    type: 'opaque',
    protocol: seal.maker,
    value: isObject(value) ? value : {},
    ...(part.text === '' ? {} : { fallback: part.text }),
  }
  if (seal.maker !== target.protocol || (isObject(value) && usableSeal(seal, target))) return block
  // Another account of the same maker could not read what is encrypted inside.
  return { type: 'text', text: part.text }
}
