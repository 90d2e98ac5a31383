// Prompt cache marks of a request. Law: marks the agent set are kept, at most four; an agent whose protocol has no
// marks gets them where the prompt is stable, since a lost cache is the dearest thing a conversion can do.

import { isObject, type JsonObject } from '../../base/json.js'
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
  const marked = markedBlocks(prompt)
  const surplus = marked.slice(0, Math.max(0, marked.length - MOST_MARKS))
  for (const block of surplus) delete block['cache_control']
  if (surplus.length > 0) {
    notes.push({ kind: 'dropped', path: 'cache_control', reason: 'more than four cache marks' })
  }
}

export function hasMarks(prompt: Prompt): boolean {
  return markedBlocks(prompt).length > 0
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

/** Everything that holds a mark, in the order of the prompt. */
function markedBlocks({ tools, system, messages }: Prompt): JsonObject[] {
  const found: JsonObject[] = []
  const look = (block: JsonObject) => {
    if (isObject(block['cache_control'])) found.push(block)
  }
  tools.forEach(look)
  system.forEach(look)
  for (const { blocks } of messages) {
    for (const block of blocks) {
      const { content } = block
      if (Array.isArray(content)) for (const inner of content) if (isObject(inner)) look(inner)
      look(block)
    }
  }
  return found
}
