// Which row and which conversation of the live screen the cursor is on. Pure.

import { filterOf, type Model } from '../model.js'
import { cursorIndex, type LiveRow, liveRows } from './live-rows.js'

export function liveRowsOf(model: Model): LiveRow[] {
  return liveRows(model.screens.live, filterOf(model, 'live'), model.now)
}

/** Its id; undefined while there is none. */
export function conversationAtCursor(model: Model): string | undefined {
  const rows = liveRowsOf(model)
  const row = rows[cursorIndex(rows, model.screens.live.cursor)]
  return row === undefined ? undefined : conversationOf(row)
}

export function conversationOf(row: LiveRow): string {
  return row.type === 'group' ? row.trace : row.request.trace
}
