// The demo model's answer as a stream of words, with the usage a provider would report.

import type { IrEvent } from '../protocol/ir/event.js'
import type { IrRequest } from '../protocol/ir/request.js'
import type { IrUsage } from '../protocol/ir/usage.js'
import type { DemoPiece } from './script.js'

/** English text has about four letters to a token. */
const LETTERS_PER_TOKEN = 4

function words(text: string): string[] {
  return text.match(/\s*\S+\s*/g) ?? [text]
}

function tokens(text: string): number {
  return Math.ceil(text.length / LETTERS_PER_TOKEN)
}

/** Everything before the newest turn counts as cached, as with a provider that keeps prompts warm. */
function usageOf(request: IrRequest, pieces: readonly DemoPiece[]): IrUsage {
  const sizes = request.turns.map((turn) => tokens(JSON.stringify(turn.parts)))
  const newest = sizes.at(-1) ?? 0
  const earlier = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0)
  const sizeOf = (piece: DemoPiece) => tokens(piece.type === 'tool-call' ? piece.input : piece.text)
  const reasoning = pieces
    .filter((piece) => piece.type === 'reasoning')
    .reduce((sum, piece) => sum + sizeOf(piece), 0)
  const output = pieces.reduce((sum, piece) => sum + sizeOf(piece), 0)
  const again = request.turns.some((turn) => turn.role === 'assistant')
  return {
    inputFresh: again ? newest : earlier + newest,
    cacheRead: again ? earlier : 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output,
    reasoning,
  }
}

function pieceEvents(piece: DemoPiece, index: number, newId: (prefix: string) => string): IrEvent[] {
  switch (piece.type) {
    case 'reasoning':
      return [
        { type: 'reasoning-start', index, visibility: 'summary' },
        ...words(piece.text).map((text): IrEvent => ({ type: 'reasoning-delta', index, text })),
        { type: 'reasoning-end', index },
      ]
    case 'text':
      return [
        { type: 'text-start', index },
        ...words(piece.text).map((text): IrEvent => ({ type: 'text-delta', index, text })),
        { type: 'text-end', index },
      ]
    case 'tool-call': {
      const { name, namespace, input } = piece
      const whose = namespace === undefined ? {} : { namespace }
      return [
        { type: 'tool-call-start', index, id: newId('call_'), kind: 'function', name, ...whose },
        { type: 'tool-call-delta', index, input },
        { type: 'tool-call-end', index },
      ]
    }
  }
}

export function demoEvents(
  request: IrRequest,
  pieces: readonly DemoPiece[],
  newId: (prefix: string) => string,
): IrEvent[] {
  const calls = pieces.some((piece) => piece.type === 'tool-call')
  return [
    { type: 'start', id: newId('demo_'), model: request.model },
    ...pieces.flatMap((piece, index) => pieceEvents(piece, index, newId)),
    { type: 'finish', reason: calls ? 'tool-calls' : 'stop', usage: usageOf(request, pieces) },
  ]
}
