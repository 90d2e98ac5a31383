// What the user said, read from a message of any of the protocols, for titles, turns and the search. Runs in the worker.
// Context that an agent adds in tags of its own is passed over.
import { isObject, type JsonObject, type JsonValue, list, text } from '../base/json.js'
import type { RequestStarted } from './record.js'

const LENGTH = 200
/** So much of what a user said can be found. */
const SEARCHED = 8_192

/** The message with its prompt, when it tells none; `words` are those of its body. */
export function withPrompt(started: RequestStarted, words: string | undefined): RequestStarted {
  const { prompt, subagent } = started
  return prompt !== undefined || subagent !== undefined || words === undefined
    ? started
    : { ...started, prompt: words.slice(0, LENGTH) }
}

/** What a message of the user says; undefined for one that says nothing of its own, such as what a tool gave back. */
export function saidIn(message: JsonObject): string | undefined {
  if (text(message, 'role') !== 'user') return undefined
  const said = textsOf(message).findLast((words) => words.trim() !== '' && !isAddedContext(words))
  return said === undefined ? undefined : shortened(said)
}

/** `content` is a text or parts (OpenAI, Anthropic); Gemini says `parts`. */
function textsOf(item: JsonObject): string[] {
  const content = text(item, 'content')
  if (content !== undefined) return [content]
  return [...list(item, 'content'), ...list(item, 'parts')]
    .map(partText)
    .filter((words) => words !== undefined)
}

function partText(part: JsonValue): string | undefined {
  return isObject(part) ? text(part, 'text') : undefined
}

/** `<environment_context>…</environment_context>`, `<system-reminder>…`, or the text of an AGENTS.md. */
export function isAddedContext(words: string): boolean {
  const trimmed = words.trim()
  const tag = /^<([a-z][\w -]*)>/i.exec(trimmed)?.[1]
  return (
    (tag !== undefined && trimmed.endsWith(`</${tag}>`)) || trimmed.startsWith('# AGENTS.md instructions')
  )
}

/** So much of it as can be found. */
export function shortened(words: string): string {
  return words.trim().slice(0, SEARCHED)
}
