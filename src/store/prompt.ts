// What the user said last, read from a request body of any of the protocols, for titles and turns. Runs in the
// worker, only where the sender did not know it. Context that an agent adds in tags of its own is passed over.
import { isObject, type JsonObject, type JsonValue, list, parseJson, text } from '../base/json.js'
import { wholeBody } from './body-bytes.js'
import type { RequestStarted } from './record.js'

const LENGTH = 200

/** The message with its prompt, when it tells none and its body does. */
export function withPrompt(started: RequestStarted): RequestStarted {
  const { prompt, purpose, subagent, body } = started
  if (prompt !== undefined || purpose !== 'turn' || subagent !== undefined || body === undefined)
    return started
  const found = newestPrompt(Buffer.from(wholeBody(body)).toString())
  return found === undefined ? started : { ...started, prompt: found }
}

/** The first characters of the newest text of the user, or undefined when there is none. */
export function newestPrompt(body: string): string | undefined {
  const request = parseJson(body)
  if (!isObject(request)) return undefined
  if (typeof request['input'] === 'string') return shortened(request['input'])
  const history = [...list(request, 'messages'), ...list(request, 'input'), ...list(request, 'contents')]
  for (const item of history.reverse()) {
    if (!isObject(item) || text(item, 'role') !== 'user') continue
    const said = textsOf(item).findLast((words) => words.trim() !== '' && !isAdded(words))
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
function isAdded(words: string): boolean {
  const trimmed = words.trim()
  const tag = /^<([a-z][\w -]*)>/i.exec(trimmed)?.[1]
  return (
    (tag !== undefined && trimmed.endsWith(`</${tag}>`)) || trimmed.startsWith('# AGENTS.md instructions')
  )
}

function shortened(words: string): string {
  return words.trim().slice(0, LENGTH)
}
