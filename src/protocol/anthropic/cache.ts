// Prompt cache marks of a request. Law: marks the agent set are kept, at most four; an agent whose protocol has no
// marks gets them where the prompt is stable, since a lost cache is the dearest thing a conversion can do.

import { isObject, type JsonObject, objects } from '../../base/json.js'
import type { Note } from '../ir/note.js'
import type { Message } from './message-encode.js'

/** How many marks the API takes in one request (providers §4 Anthropic). */
const MOST_MARKS = 4

export type Prompt = {
  readonly tools: JsonObject[]
  readonly system: JsonObject[]
  readonly messages: readonly Message[]
}

/** Removes the earliest marks beyond the limit: each later one covers what the earlier ones cover. */
export function limitMarks(prompt: Prompt, notes: Note[]): void {
  const marked = markable(prompt).filter((block) => isObject(block['cache_control']))
  const surplus = marked.slice(0, Math.max(0, marked.length - MOST_MARKS))
  for (const block of surplus) delete block['cache_control']
  if (surplus.length > 0) {
    notes.push({ kind: 'dropped', path: 'cache_control', reason: 'more than four cache marks' })
  }
}

export function hasMarks(prompt: Prompt): boolean {
  return markable(prompt).some((block) => isObject(block['cache_control']))
}

/**
 * Marks the end of the tools, of the system prompt, of the last user message and of the one before it: the last
 * writes the cache of the next request, the one before reads that of the previous request.
 */
export function placeMarks(prompt: Prompt): void {
  const users = prompt.messages.filter((message) => message.role === 'user').slice(-2)
  const ends = [
    prompt.tools.at(-1),
    prompt.system.at(-1),
    ...users.map((message) => message.blocks.findLast(isMarkable)),
  ]
  for (const block of ends) if (block !== undefined) block['cache_control'] = { type: 'ephemeral' }
}

function isMarkable(block: JsonObject): boolean {
  return block['type'] !== 'thinking' && block['type'] !== 'redacted_thinking'
}

/** Everything that can hold a mark, in the order of the prompt. */
function markable(prompt: Prompt): JsonObject[] {
  return [
    ...prompt.tools,
    ...prompt.system,
    ...prompt.messages.flatMap((message) =>
      message.blocks.flatMap((block) => [...objects(block, 'content'), block]),
    ),
  ]
}
