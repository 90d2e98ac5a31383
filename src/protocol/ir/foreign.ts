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
  /** The agent's protocol, and whether it has offered a web search that the provider makes. */
  readonly asker: ProtocolId
  readonly searches: boolean
  /** Names the channel that made the answer. */
  readonly footprint: string
  readonly notes: Note[]
}

/** A streamed answer as the agent can take it. */
export function toldEvents(telling: Telling): Step<IrEvent, IrEvent> {
  /** Where one part became two, so that all later ones move on. */
  const doubled: number[] = []
  return {
    push(event) {
      if (!('index' in event)) return [event]
      const isWhole = event.type === 'opaque' || event.type === 'media'
      if (doubled.length === 0 && !isWhole) return [event]
      const index = event.index + doubled.filter((at) => at < event.index).length
      const moved = index === event.index ? event : { ...event, index }
      if (event.type !== 'opaque' && event.type !== 'media') return [moved]
      const parts = told(event.part, telling)
      if (parts.length > 1) doubled.push(event.index)
      return parts.flatMap((part, place) =>
        part === event.part && place === 0 ? [moved] : replayPart(part, index + place),
      )
    },
    end: () => [],
  }
}

/** The same for a whole answer. */
export function toldResponse(response: IrResponse, telling: Telling): IrResponse {
  return { ...response, parts: response.parts.flatMap((part) => told(part, telling)) }
}

function told(part: IrPart, telling: Telling): IrPart[] {
  if (part.type === 'opaque') return part.protocol === telling.asker ? [part] : toldBlock(part, telling)
  // Messages has no media in answers; a picture with an address is told by its address.
  if (part.type !== 'media' || telling.asker !== 'anthropic-messages') return [part]
  if (part.source.type === 'url' || part.source.type === 'text') return [part]
  telling.notes.push({ kind: 'dropped', path: 'answer', reason: `Messages has no ${part.kind} in answers` })
  const words = `[${part.kind}, which cannot be shown here]`
  return [{ type: 'reasoning', text: words, visibility: 'summary' }]
}

/**
 * A web search has a form of its own in Messages, which clients read who asked for one, and in Responses, where the
 * block goes before it for its maker.
 */
function toldBlock(part: OpaquePart, telling: Telling): IrPart[] {
  const hasForm = telling.asker === 'openai-responses' || telling.asker === 'anthropic-messages'
  if (part.search === undefined || !hasForm) return [sealed(part, telling)]
  if (telling.asker === 'openai-responses') return [{ ...sealed(part, telling), text: '' }, part]
  return telling.searches ? [part] : [sealed(part, telling)]
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

type Target = { readonly protocol: ProtocolId; readonly footprint: string }

/** A history with the blocks in place of the reasoning that was told for them; `target` is the upstream asked next. */
export function withBlocks(request: IrRequest, target: Target): IrRequest {
  let changed = false
  const turns = request.turns.map((turn) => {
    if (!turn.parts.some(isSealedBlock)) return turn
    changed = true
    return {
      ...turn,
      parts: turn.parts.flatMap((part, place) => unsealed(part, turn.parts[place - 1], target)),
    }
  })
  return changed ? { ...request, turns } : request
}

function isSealedBlock(part: IrPart): part is ReasoningPart {
  return part.type === 'reasoning' && part.seal?.data.startsWith(BLOCK) === true
}

function unsealed(part: IrPart, before: IrPart | undefined, target: Target): IrPart[] {
  // The agent's form of a search says no more than the maker's own block.
  if (part.type === 'opaque' && part.search !== undefined && before !== undefined && isSealedBlock(before))
    return before.seal?.maker === target.protocol && usableSeal(before.seal, target) ? [] : [part]
  if (!isSealedBlock(part) || part.seal === undefined) return [part]
  const { seal } = part
  const value = parseJson(seal.data.slice(BLOCK.length))
  const usable = isObject(value) && usableSeal(seal, target)
  // Another account of the same maker could not read what is encrypted inside.
  if (seal.maker === target.protocol && !usable)
    return part.text === '' ? [] : [{ type: 'text', text: part.text }]
  return [
    {
      type: 'opaque',
      protocol: seal.maker,
      value: isObject(value) ? value : {},
      ...(part.text === '' ? {} : { fallback: part.text }),
    },
  ]
}
