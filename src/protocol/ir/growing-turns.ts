// Turns that are put together from messages. Added to, not copied: an agent may send thousands of results in a row.

import type { IrPart } from './part.js'
import type { IrTurn } from './request.js'

export type GrowingTurn = Omit<IrTurn, 'parts'> & { readonly parts: IrPart[] }

/** Adds a turn behind the others; into the last one when both are of the same role and that role `grows`. */
export function appendTurn(turns: GrowingTurn[], turn: IrTurn, grows: boolean): void {
  const last = turns.at(-1)
  if (grows && last?.role === turn.role) for (const part of turn.parts) last.parts.push(part)
  else turns.push({ ...turn, parts: [...turn.parts] })
}
