// When a screen asks the hub for what it shows: when it is gone to, when the hub is back, and every while. Pure.

import type { Message } from '../message.js'
import type { Model, ScreenId } from '../model.js'

/** `askedAt`: ms since the epoch; 0: never. Only while the screen is shown and the hub answers. */
export function isDue(
  model: Model,
  screen: ScreenId,
  message: Message,
  { askedAt, everyMs }: { readonly askedAt: number; readonly everyMs: number },
): boolean {
  if (model.screen !== screen || model.hub.connection.type !== 'open') return false
  if (message.type === 'connected' || message.type === 'go') return true
  return message.type === 'tick' && model.now - askedAt >= everyMs
}

/** Whether all words of the filter stand in the text; both in lower case. */
export function holds(text: string, filter: string): boolean {
  if (filter === '') return true
  const lower = text.toLowerCase()
  return filter.split(/\s+/u).every((word) => lower.includes(word))
}
