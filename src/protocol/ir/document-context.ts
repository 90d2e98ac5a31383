// What a user says about a document, for protocols that have no field for it: words directly before the document.

import type { ProtocolId } from '../ids.js'
import type { IrPart, MediaPart, TextPart, ToolResultPart } from './part.js'
import type { IrRequest } from './request.js'

/** The request with the contexts of its documents as texts; the same request for Messages, which has the field. */
export function tellContexts(request: IrRequest, target: ProtocolId): IrRequest {
  if (target === 'anthropic-messages') return request
  const turns = request.turns.map((turn) =>
    turn.parts.some(holdsContext) ? { ...turn, parts: turn.parts.flatMap(told) } : turn,
  )
  return { ...request, turns }
}

function holdsContext(part: IrPart): boolean {
  if (part.type === 'tool-result') return part.content.some(holdsContext)
  return part.type === 'media' && part.context !== undefined
}

function told(part: IrPart): IrPart[] {
  if (part.type === 'media') return beside(part)
  if (part.type !== 'tool-result') return [part]
  const content = part.content.flatMap((entry): ToolResultPart['content'][number][] =>
    entry.type === 'media' ? beside(entry) : [entry],
  )
  return [{ ...part, content }]
}

function beside(part: MediaPart): (TextPart | MediaPart)[] {
  const { context, ...media } = part
  return context === undefined || context === '' ? [media] : [{ type: 'text', text: context }, media]
}
