// What the user said last, read from a request body of any of the protocols, for titles, turns and the search. Runs in the
// worker, only where the sender did not know it. Context that an agent adds in tags of its own is passed over.
import { isObject, type JsonObject, type JsonValue, list, parseJson, text } from '../base/json.js'
import { wholeBody } from './body-bytes.js'
import type { RecordedBody, RequestStarted } from './record.js'

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

/** The body of a turn's request; undefined for side requests and what is no object. */
export function turnBody({ purpose, body }: RequestStarted): JsonObject | undefined {
  return purpose !== 'turn' || body === undefined ? undefined : jsonOf(body)
}

/** A body that is a JSON object. */
export function jsonOf(body: RecordedBody): JsonObject | undefined {
  const bytes = wholeBody(body)
  const value = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
  return isObject(value) ? value : undefined
}

/** What the user of a turn, or the caller of a subagent, said last: its first 8192 characters. */
export function newestPrompt(request: JsonObject): string | undefined {
  if (typeof request['input'] === 'string') return shortened(request['input'])
  const history = [...list(request, 'messages'), ...list(request, 'input'), ...list(request, 'contents')]
  for (const item of history.reverse()) {
    if (!isObject(item) || text(item, 'role') !== 'user') continue
    const said = textsOf(item).findLast((words) => words.trim() !== '' && !isAddedContext(words))
    if (said !== undefined) return shortened(said)
  }
  return undefined
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

function shortened(words: string): string {
  return words.trim().slice(0, SEARCHED)
}
